// Why viewers of a namespace were told what they were told, and why nothing else: follows one namespace
// through a replay up to a time.

/// What is known of a namespace at a moment.
package struct Explanation: Equatable, Sendable {
  /// How a count came to be told.
  package enum Cause: Equatable, Sendable {
    /// Rule 3: the first connection was greeted.
    case firstIn

    /// Rule 4 (a): members had changed by `change`, which was at least `threshold`.
    case change(UInt64, threshold: UInt64)

    /// Rule 4 (b): the max delay was over.
    case silence

    /// It was told before the log, or the part of it that can be read, begins.
    case unknown
  }

  /// One telling and what led to it.
  package struct Telling: Equatable, Sendable {
    package var count: UInt64
    package var instant: Instant
    package var cause: Cause

    /// What had been told before, and when; nil if nothing.
    package var formerCount: UInt64?
    package var formerInstant: Instant?

    /// What happened since then.
    package var history: TellingHistory
  }

  /// The section, counted from 1, and when it is over if that is before the time asked for.
  package var section = 0
  package var instant = Instant.start
  package var isEnd = false
  package var configuration = Configuration()

  /// The namespace's counts; nil if it does not exist.
  package var state: NamespaceCounts?

  /// The last telling to those who are there.
  package var telling: Telling?

  /// How many connections were greeted since.
  package var greetings: UInt64 = 0

  /// What happened since.
  package var history = TellingHistory()
}

/// Follows a namespace. Precondition throughout: the replay goes into the detail of instants.
package struct Explainer {
  package let moment: Moment

  /// The explanation for the last section that was asked for and has come; nil if there is none.
  package private(set) var explanation: Explanation?

  /// How many sections have come.
  package var sections: Int { present.section }

  private var present = Explanation()
  private var isFollowing = false

  package init(_ moment: Moment) {
    self.moment = moment
  }

  /// Takes the replay's latest step in.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section(let section):
      present = Explanation(section: present.section + 1, configuration: section.configuration)
      present.configuration = replay.meter.configuration
      isFollowing = moment.section == nil || moment.section == present.section
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

  /// False, with the explanation made, when the time that was asked for is over.
  private mutating func reaches(_ now: Instant) -> Bool {
    if now > moment.instant { conclude(at: moment.instant, isEnd: false) }
    return isFollowing
  }

  private mutating func conclude(at instant: Instant, isEnd: Bool) {
    guard isFollowing else { return }
    isFollowing = false
    // An earlier section that goes on for long enough is worth more than a later one that does not.
    let isShort = isEnd && instant < moment.instant
    if isShort, let explanation, !explanation.isEnd { return }
    present.instant = isShort ? instant : moment.instant
    present.isEnd = isShort
    explanation = present
  }

  private mutating func follow(_ replay: borrowing Replay, restored: Bool) {
    guard let id = replay.reader.find(namespace: moment.namespace) else {
      if restored { forget() }
      return
    }
    let former = present.state
    let state = replay.meter.counts(of: id)
    let step = StepReader(id: id, now: replay.meter.now, former: former, state: state)
    if restored {
      forget()
      if let state, state.open > 0 {
        present.telling = Explanation.Telling(
          count: state.told, instant: state.toldAt, cause: .unknown, history: TellingHistory())
      }
      if state != nil { present.history.append(step.entry(.restored)) }
      present.state = state
      return
    }
    let entries = step.entries(of: replay)
    guard state != former || !entries.isEmpty || !replay.effects.isEmpty else { return }
    for entry in entries {
      present.history.append(entry)
      if case .opened = entry.what { present.greetings += 1 }
    }
    present.state = state
    if let cause = step.cause(of: replay, present.configuration) { tell(state, cause) }
    // Nobody is left who was told anything.
    if state == nil || state?.open == 0 { present.telling = nil }
  }

  private mutating func forget() {
    present.telling = nil
    present.history = TellingHistory()
    present.greetings = 0
    present.state = nil
  }

  private mutating func tell(_ state: NamespaceCounts?, _ cause: Explanation.Cause) {
    guard let state else { return }
    present.telling = Explanation.Telling(
      count: state.told, instant: state.toldAt, cause: cause,
      formerCount: present.telling?.count, formerInstant: present.telling?.instant,
      history: present.history)
    present.history = TellingHistory()
    present.greetings = 0
  }
}

/// Finds out what one step did to a namespace.
private struct StepReader {
  let id: NamespaceID
  let now: Instant
  let former: NamespaceCounts?
  let state: NamespaceCounts?

  func entry(_ what: TellingEntry.What) -> TellingEntry {
    let pending = state.map { $0.open - $0.localMembers } ?? 0
    return TellingEntry(
      instant: now, what: what, members: state?.members ?? 0, pending: pending)
  }

  /// What happened, in order.
  func entries(of replay: borrowing Replay) -> [TellingEntry] {
    var entries: [TellingEntry] = []
    var remoteMayChange = true
    let counted = (state?.counted ?? 0) &- (former?.counted ?? 0)
    if replay.record == nil, state != nil, counted > 0 {
      entries.append(entry(.counted(connections: counted)))
    }
    switch replay.record?.event {
    case .closed(let connection) where replay.meter.namespace(of: connection) == id:
      if state?.open != former?.open {
        entries.append(entry(.closed(connection: replay.reader.number(of: connection))))
      }
    case .peer(let node, id, let members, _):
      remoteMayChange = false
      entries.append(entry(.peer(node: replay.reader.name(of: node), members: members)))
    case .opened, .closed, .excluded, .message, .peer, .bye, nil: break
    }
    for effect in replay.effects {
      switch effect.action {
      case .greet(let connection, _, id, let count):
        let number = replay.reader.number(of: connection)
        entries.append(entry(.opened(connection: number, greeting: count)))
      case .end(let connection, let reason) where replay.meter.namespace(of: connection) == id:
        let number = replay.reader.number(of: connection)
        entries.append(entry(.ended(connection: number, reason)))
      case .refuse(let connection, let reason):
        guard case .opened(_, id, _, _) = replay.record?.event else { continue }
        let number = replay.reader.number(of: connection)
        entries.append(entry(.refused(connection: number, reason)))
      case .retire(id): entries.append(entry(.retired))
      case .greet, .notify, .message, .end, .retire, .reject: break
      }
    }
    if remoteMayChange, remote(state) != remote(former) { entries.append(entry(.remoteChanged)) }
    return entries
  }

  private func remote(_ telling: NamespaceCounts?) -> UInt64 {
    telling.map { $0.members - UInt64($0.localMembers) } ?? 0
  }

  /// The rule by which the step told a count; nil if it told none.
  func cause(
    of replay: borrowing Replay, _ configuration: Configuration
  ) -> Explanation.Cause? {
    for effect in replay.effects {
      switch effect.action {
      case .notify(id, let count):
        guard var before = former else { return .unknown }
        before.members = count
        let threshold = configuration.notificationThreshold(told: before.told)
        let isRipe = now - before.toldAt >= configuration.notifyMinDelay
        return isRipe && before.change >= threshold
          ? .change(before.change, threshold: threshold) : .silence
      case .greet(_, _, id, _) where state?.open == 1: return .firstIn
      case .greet, .notify, .message, .end, .retire, .refuse, .reject: break
      }
    }
    return nil
  }
}
