// The comparison of a meter with the reference on one log.

/// The first place at which a meter is wrong.
package struct Divergence: CustomStringConvertible, Sendable {
  /// The record that was applied; nil at the end of the log.
  package let index: Int?

  /// The expected and the actual effects.
  package let description: String
}

/// A comparison of `Subject` with the reference, and the auditor's judgement of its effects.
package struct Comparison<Subject: MeterProtocol> {
  private let records: [LogRecord]
  private let namespaces: [NamespaceID]
  private let end: Instant
  private var reference: ReferenceMeter
  private var subject: Subject
  private var auditor: Auditor
  private let audit: (Subject) -> Void
  private var expected = EffectBuffer()
  private var actual = EffectBuffer()

  /// The milestones that the log reached.
  package var milestones: MilestoneSet { auditor.milestones }

  /// `audit` crashes if an invariant of the subject is broken.
  package init(
    _ log: RandomLog, makeSubject: (Configuration) -> Subject,
    audit: @escaping (Subject) -> Void = { _ in }
  ) {
    records = log.records
    namespaces = log.namespaces
    end = log.end
    reference = ReferenceMeter(configuration: log.configuration)
    subject = makeSubject(log.configuration)
    auditor = Auditor(log.configuration)
    self.audit = audit
  }

  /// The first place at which the subject is wrong; nil if there is none.
  package mutating func firstDivergence() -> Divergence? {
    for (index, record) in records.enumerated() {
      if let wrong = apply(record) { return Divergence(index: index, description: wrong) }
    }
    advance(to: end)
    audit(subject)
    let wrong = difference ?? auditor.violation(in: actual.effects, upTo: end)
    return wrong.map { Divergence(index: nil, description: $0) }
  }

  /// Applies the record in two halves: the deadlines before it, and the event itself.
  private mutating func apply(_ record: LogRecord) -> String? {
    advance(to: record.instant)
    if expected.effects != actual.effects { return difference }
    if let wrong = auditor.violation(in: actual.effects, upTo: record.instant) { return wrong }

    expected.removeAll()
    actual.removeAll()
    reference.apply(record.event, at: record.instant, into: &expected)
    subject.apply(record.event, at: record.instant, into: &actual)
    audit(subject)
    if let wrong = difference { return wrong }
    return auditor.violation(in: actual.effects, after: [record].span)
  }

  private mutating func advance(to instant: Instant) {
    expected.removeAll()
    actual.removeAll()
    reference.advance(to: instant, into: &expected)
    subject.advance(to: instant, into: &actual)
  }

  /// The difference between the latest effects and the statistics after them; nil if there is none.
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
      guard let deadline = subject.nextDeadline, deadline <= due else {
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
}

extension RandomLog {
  /// Every namespace in the log, once.
  fileprivate var namespaces: [NamespaceID] {
    var found: [NamespaceID] = []
    for step in steps {
      let namespace: NamespaceID? =
        switch step.event {
        case .opened(_, let namespace, _, _, _), .message(let namespace, _),
          .retained(let namespace, _, _, _), .peer(_, let namespace, _, _),
          .external(_, let namespace, _), .pinged(let namespace, _), .left(let namespace, _),
          .transferred(let namespace, _, _):
          namespace
        case .closed, .excluded, .bye, .cut, .restarted, .arrived, .moved: nil
        }
      if let namespace, !found.contains(namespace) { found.append(namespace) }
    }
    return found
  }
}
