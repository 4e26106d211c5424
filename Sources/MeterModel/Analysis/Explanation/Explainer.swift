// Follows one namespace through a replay up to a time, to explain what its viewers were sent by
// then.

/// Explains a moment of a log, and lists what happened in a span around it. Precondition: the
/// replay has the detail of changes.
package struct Explainer {
  /// What is to be explained.
  package let moment: Moment

  /// The explanation; nil until the moment has come. A later section replaces it if the moment has
  /// no section.
  package private(set) var explanation: Explanation?

  /// The number of sections that were begun.
  package var sections: Int { current.section }

  /// The place of the replay relative to the span.
  package private(set) var follower: SpanFollower

  private var current = Explanation()
  private var kept = KeptViewers()

  /// The moment in the section.
  private var target = Instant.start
  private var stage = Stage.over

  /// The stages of a section.
  private enum Stage {
    /// The moment has not passed. Can become `after` or `over`.
    case before
    /// The moment has passed, and the span has not. Can become `over`.
    case after
    /// The section does not have the moment, or all that concerns it has passed. Can become
    /// `before` in the next section.
    case over
  }

  /// Whether records of the section, or its state, were applied.
  private var hasBegun = false

  /// An explainer of a moment, which is within the span.
  package init(_ moment: Moment, in span: LogSpan = LogSpan()) {
    self.moment = moment
    follower = SpanFollower(span)
  }

  /// Takes the latest step of the replay into account.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section(let section):
      follower.begin(section)
      current = Explanation(section: current.section + 1)
      kept = KeptViewers()
      current.wallStart = section.wallStart.map { UTCTime(unixNanoseconds: $0) }
      current.configuration = replay.meter.configuration
      if follower.span.from != nil, follower.mayEnter {
        current.before = SpanHistory(bound: follower.part.lowerBound)
      }
      let instant = moment.instant(inSection: current.section, wallStart: section.wallStart)
      stage = instant == nil ? .over : .before
      target = instant ?? .start
      hasBegun = false
    case .applied:
      hasBegun = true
      if replay.record == nil, replay.changed.isEmpty {
        followNotifications(replay)
      } else if reaches(replay.meter.now) {
        follow(replay, restored: false)
      }
      _ = reaches(replay.meter.now)
    case .restored:
      // A section of a rotated log may begin after the moment, which is then in an earlier one.
      follower.skip(to: replay.meter.now)
      if !hasBegun, replay.meter.now > target { stage = .over }
      hasBegun = true
      if reaches(replay.meter.now) { follow(replay, restored: true) }
    case .end, .torn, .damage: conclude(at: replay.meter.now, isEnd: true)
    case .read, .gap, .difference: break
    }
  }

  /// Goes on to an instant, at which changes may follow. Makes the explanation if the moment has
  /// passed. Returns whether the changes concern the explanation.
  private mutating func reaches(_ now: Instant) -> Bool {
    _ = follower.enters(by: now)
    if now > target { conclude(at: target, isEnd: false) }
    if follower.leaves(by: now), stage == .after { stage = .over }
    return stage != .over
  }

  private mutating func conclude(at instant: Instant, isEnd: Bool) {
    guard stage == .before else { return }
    stage = .over
    // An earlier section that lasts until the moment is preferred to a later one that does not.
    let isShort = isEnd && instant < target
    if isShort, let explanation, !explanation.isEnd { return }
    current.instant = isShort ? instant : target
    current.kept = kept.summary(after: current.instant)
    current.isEnd = isShort
    if follower.span.to != nil, follower.mayEnter, !isShort {
      stage = .after
      current.after = SpanHistory(bound: follower.part.upperBound)
    }
    explanation = current
  }

  /// Adds an entry to the lists.
  private mutating func list(_ entry: HistoryEntry) {
    switch stage {
    case .before:
      if follower.isWithin { current.before?.history.append(entry) }
      if case .notified = entry.kind { return }
      current.history.append(entry)
      if case .opened = entry.kind { current.greetings += 1 }
    case .after: explanation?.after?.history.append(entry)
    case .over: break
    }
  }

  /// Follows deadlines that only notify and retire namespaces, each at its own instant.
  private mutating func followNotifications(_ replay: borrowing Replay) {
    guard let id = replay.reader.find(namespace: moment.namespace) else { return }
    for effect in replay.effects {
      switch effect.action {
      case .notify(id, let count):
        guard reaches(effect.instant) else { return }
        let former = current.state
        current.state?.told = count
        current.state?.toldAt = effect.instant
        current.state?.greeted = count...count
        let step = ExplainedStep(
          id: id, now: effect.instant, former: former, state: current.state, given: [:])
        recordNotification(step, step.cause(ofNotification: count, current.configuration))
      case .retire(id):
        guard reaches(effect.instant) else { return }
        let step = ExplainedStep(
          id: id, now: effect.instant, former: current.state, state: nil, given: [:])
        list(step.entry(.retired))
        current.state = nil
        current.notification = nil
      case .greet, .notify, .message, .send, .pong, .end, .retire, .refuse, .reject: break
      }
    }
  }

  private mutating func follow(_ replay: borrowing Replay, restored: Bool) {
    guard let id = replay.reader.find(namespace: moment.namespace) else {
      if restored { forget() }
      return
    }
    let former = current.state
    let state = replay.meter.counts(of: id)
    let given = restored ? [:] : kept.note(replay, in: id)
    let step = ExplainedStep(
      id: id, now: replay.meter.now, former: former, state: state, given: given)
    if restored {
      forget()
      kept.restore(replay.meter, id)
      if let state, state.open > 0 {
        current.notification = Explanation.Notification(
          count: state.told, instant: state.toldAt, cause: .unknown, history: NamespaceHistory())
      }
      if state != nil { list(step.entry(.restored)) }
      current.state = state
      return
    }
    let entries = step.entries(of: replay)
    guard state != former || !entries.isEmpty || !replay.effects.isEmpty else { return }
    for entry in entries { list(entry) }
    current.state = state
    if let cause = step.cause(of: replay, current.configuration) {
      recordNotification(step, cause)
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

  private mutating func recordNotification(_ step: ExplainedStep, _ cause: Explanation.Cause) {
    guard let state = step.state else { return }
    // The greeting of the first connection is in the lists already.
    if cause != .firstIn { list(step.entry(.notified(count: state.told, cause))) }
    current.notification = Explanation.Notification(
      count: state.told, instant: state.toldAt, cause: cause,
      previousCount: current.notification?.count,
      previousInstant: current.notification?.instant, history: current.history)
    current.history = NamespaceHistory()
    current.greetings = 0
  }
}
