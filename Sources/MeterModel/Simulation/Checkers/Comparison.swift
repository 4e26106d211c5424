// Runs one log through a meter and its judge, side by side, and finds where they part.

/// The first place at which a meter was wrong.
package struct Divergence: CustomStringConvertible, Sendable {
  /// The record that was being applied; nil at the end of the log.
  package let index: Int?

  /// What was expected and what came instead.
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

  /// What the log led to.
  package var milestones: MilestoneSet { auditor.milestones }

  /// `audit` crashes when a subject is not as it must be.
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

  /// Where the subject is first wrong; nil when it is right throughout.
  package mutating func firstDivergence() -> Divergence? {
    for (index, record) in records.enumerated() {
      if let wrong = apply(record) { return Divergence(index: index, description: wrong) }
    }
    advance(to: end)
    audit(subject)
    let wrong = difference ?? auditor.complaint(about: actual.effects, upTo: end)
    return wrong.map { Divergence(index: nil, description: $0) }
  }

  /// Applies the record in two halves: what was due by then, and the event itself.
  private mutating func apply(_ record: LogRecord) -> String? {
    advance(to: record.instant)
    if expected.effects != actual.effects { return difference }
    if let wrong = auditor.complaint(about: actual.effects, upTo: record.instant) { return wrong }

    expected.removeAll()
    actual.removeAll()
    reference.apply(record.event, at: record.instant, into: &expected)
    subject.apply(record.event, at: record.instant, into: &actual)
    audit(subject)
    if let wrong = difference { return wrong }
    return auditor.complaint(about: actual.effects, after: [record].span)
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
