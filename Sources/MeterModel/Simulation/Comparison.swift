// Runs one log through a meter and its judge, side by side, and finds where they part.

/// The first place at which a meter was wrong.
package struct Divergence: CustomStringConvertible, Sendable {
  /// The record that was being applied; nil at the end of the log.
  package let index: Int?

  /// What was expected and what came instead.
  package let description: String
}

/// A comparison of `Subject` with the reference and with the checker of effects.
package struct Comparison<Subject: MeterProtocol> {
  private let records: [LogRecord]
  private let namespaces: [NamespaceID]
  private let end: Instant
  private var reference: ReferenceMeter
  private var subject: Subject
  private var checker: EffectChecker
  private var expected = EffectBuffer()
  private var actual = EffectBuffer()

  /// The kinds of effects that the log led to.
  package private(set) var milestones: Set<Milestone> = []

  package init(_ log: RandomLog, makeSubject: (Configuration) -> Subject) {
    records = log.records
    namespaces = log.namespaces
    end = log.end
    reference = ReferenceMeter(configuration: log.configuration)
    subject = makeSubject(log.configuration)
    checker = EffectChecker(log.configuration)
  }

  /// Where the subject is first wrong; nil when it is right throughout.
  package mutating func firstDivergence() -> Divergence? {
    for (index, record) in records.enumerated() {
      if let wrong = apply(record) { return Divergence(index: index, description: wrong) }
    }
    advance(to: end)
    let wrong = difference ?? checker.complaint(about: actual.effects, after: nil)
    return wrong.map { Divergence(index: nil, description: $0) }
  }

  /// Applies the record in two halves: what was due by then, and the event itself.
  private mutating func apply(_ record: LogRecord) -> String? {
    advance(to: record.instant)
    if expected.effects != actual.effects { return difference }
    note(actual.effects, isAfterEvent: false)
    if let wrong = checker.complaint(about: actual.effects, after: nil) { return wrong }

    expected.removeAll()
    actual.removeAll()
    reference.apply(record.event, at: record.instant, into: &expected)
    subject.apply(record.event, at: record.instant, into: &actual)
    if let wrong = difference { return wrong }
    note(actual.effects, isAfterEvent: true)
    return checker.complaint(about: actual.effects, after: record)
  }

  private mutating func advance(to instant: Instant) {
    expected.removeAll()
    actual.removeAll()
    reference.advance(to: instant, into: &expected)
    subject.advance(to: instant, into: &actual)
  }

  /// How the latest effects and the figures after them differ; nil when they do not.
  private var difference: String? {
    if expected.effects != actual.effects {
      return "expected \(list(expected.effects)), got \(list(actual.effects))"
    }
    if expected.digest != actual.digest { return "equal effects have unequal digests" }
    for namespace in namespaces {
      let right = reference.statistics(of: namespace)
      let shown = subject.statistics(of: namespace)
      if right != shown {
        return "expected statistics \(String(describing: right)) of \(namespace.number), "
          + "got \(String(describing: shown))"
      }
    }
    if let due = reference.nextDeadline {
      guard let said = subject.nextDeadline, said <= due else {
        return "something is due at \(due.decimalSeconds), but the next deadline is later"
      }
    }
    return nil
  }

  private func list(_ effects: ContiguousArray<Effect>) -> String {
    effects.isEmpty
      ? "nothing"
      : effects.map { "\($0.instant.decimalSeconds) \($0.action)" }.joined(separator: "; ")
  }

  private mutating func note(_ effects: ContiguousArray<Effect>, isAfterEvent: Bool) {
    for effect in effects {
      milestones.insert(Milestone(effect.action, isAfterEvent: isAfterEvent))
    }
  }
}

extension RandomLog {
  /// Every namespace that the log names, once.
  fileprivate var namespaces: [NamespaceID] {
    var found: [NamespaceID] = []
    for step in steps {
      let namespace: NamespaceID? =
        switch step.event {
        case .opened(_, let namespace, _, _), .message(let namespace, _),
          .peer(_, let namespace, _, _):
          namespace
        case .closed, .excluded, .bye: nil
        }
      if let namespace, !found.contains(namespace) { found.append(namespace) }
    }
    return found
  }
}

/// What some log must have led to, or the logs test less than they seem to.
package enum Milestone: CaseIterable, Hashable, Sendable {
  case greeted, toldByEvent, toldByDeadline, messaged, expired, excluded, retired, stopped, full
  case rejectedOpen, rejectedClose, rejectedPastLimit, rejectedOutOfRange

  init(_ action: Effect.Action, isAfterEvent: Bool) {
    self =
      switch action {
      case .greet: .greeted
      case .notify: isAfterEvent ? .toldByEvent : .toldByDeadline
      case .message: .messaged
      case .end(_, .expired): .expired
      case .end(_, .excluded): .excluded
      case .retire: .retired
      case .refuse(_, .stopped): .stopped
      case .refuse(_, .full): .full
      case .reject(.open): .rejectedOpen
      case .reject(.close): .rejectedClose
      case .reject(.peerPastLimit): .rejectedPastLimit
      case .reject(.peerOutOfRange): .rejectedOutOfRange
      }
  }
}
