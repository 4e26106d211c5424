// Follows one namespace through a replay up to a time, to explain what its viewers were sent by
// then.

/// Explains a moment of a log. Precondition: the replay has the detail of instants.
package struct Explainer {
  /// What is to be explained.
  package let moment: Moment

  /// The explanation; nil until the moment has come. A later section replaces it if the moment has
  /// no section.
  package private(set) var explanation: Explanation?

  /// The number of sections that were begun.
  package var sections: Int { current.section }

  private var current = Explanation()
  private var isFollowing = false

  package init(_ moment: Moment) {
    self.moment = moment
  }

  /// Takes the latest step of the replay into account.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section(let section):
      current = Explanation(section: current.section + 1)
      current.wallStart = section.wallStart.map { UTCTime(unixNanoseconds: $0) }
      current.configuration = replay.meter.configuration
      isFollowing = moment.section == nil || moment.section == current.section
    case .applied:
      guard isFollowing, reaches(replay.meter.now) else { return }
      follow(replay, restored: false)
    case .restored:
      guard isFollowing, reaches(replay.meter.now) else { return }
      follow(replay, restored: true)
    case .end, .torn, .damage: conclude(at: replay.meter.now, isEnd: true)
    case .read, .gap, .difference: break
    }
  }

  /// Whether the moment has not passed at `now`. If it has, the explanation is made.
  private mutating func reaches(_ now: Instant) -> Bool {
    if now > moment.instant { conclude(at: moment.instant, isEnd: false) }
    return isFollowing
  }

  private mutating func conclude(at instant: Instant, isEnd: Bool) {
    guard isFollowing else { return }
    isFollowing = false
    // An earlier section that lasts until the moment is preferred to a later one that does not.
    let isShort = isEnd && instant < moment.instant
    if isShort, let explanation, !explanation.isEnd { return }
    current.instant = isShort ? instant : moment.instant
    current.isEnd = isShort
    explanation = current
  }

  private mutating func follow(_ replay: borrowing Replay, restored: Bool) {
    guard let id = replay.reader.find(namespace: moment.namespace) else {
      if restored { forget() }
      return
    }
    let former = current.state
    let state = replay.meter.counts(of: id)
    let step = ExplainedStep(id: id, now: replay.meter.now, former: former, state: state)
    if restored {
      forget()
      if let state, state.open > 0 {
        current.notification = Explanation.Notification(
          count: state.told, instant: state.toldAt, cause: .unknown, history: NamespaceHistory())
      }
      if state != nil { current.history.append(step.entry(.restored)) }
      current.state = state
      return
    }
    let entries = step.entries(of: replay)
    guard state != former || !entries.isEmpty || !replay.effects.isEmpty else { return }
    for entry in entries {
      current.history.append(entry)
      if case .opened = entry.kind { current.greetings += 1 }
    }
    current.state = state
    if let state, let cause = step.cause(of: replay, current.configuration) {
      recordNotification(state, cause)
    }
    // No connection is left that was sent the notification.
    if state == nil || state?.open == 0 { current.notification = nil }
  }

  private mutating func forget() {
    current.notification = nil
    current.history = NamespaceHistory()
    current.greetings = 0
    current.state = nil
  }

  private mutating func recordNotification(_ state: NamespaceCounts, _ cause: Explanation.Cause) {
    current.notification = Explanation.Notification(
      count: state.told, instant: state.toldAt, cause: cause,
      previousCount: current.notification?.count,
      previousInstant: current.notification?.instant, history: current.history)
    current.history = NamespaceHistory()
    current.greetings = 0
  }
}
