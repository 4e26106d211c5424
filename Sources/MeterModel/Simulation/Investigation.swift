// The investigation of a failure: the failing log or plan is shrunk, so that a person can find the
// cause.

/// A failure, ready to be shown.
package struct Investigation: Sendable {
  /// The violation, in one line.
  package let violation: String

  /// The smallest log, or plan of a cluster, that shows it, as text; nil if only a large run shows
  /// it.
  package let log: String?

  /// The number of records of that log, or of steps of that plan.
  package let records: Int

  /// Investigates a log that is small enough for the reference meter.
  package init(of log: RandomLog, violation: String) {
    let shrunk = Shrinker { Self.divergence(in: $0) != nil }.shrunk(log)
    self.violation = Self.divergence(in: shrunk)?.description ?? violation
    self.log = shrunk.text
    records = shrunk.steps.count
  }

  /// Investigates a simulation. It is tried again with fewer connections; the first log of them
  /// that fails is shrunk with the auditor as the judge.
  package init(of options: SimulationOptions, violation: String) {
    for connections: UInt32 in [10, 30, 100, 300, 1000, 3000] {
      var smaller = options
      smaller.connections = connections
      guard let log = Self.failingLog(of: smaller) else { continue }
      let shrunk = Shrinker { Self.audit($0) != nil }.shrunk(log)
      self.violation = Self.audit(shrunk) ?? violation
      self.log = shrunk.text
      records = shrunk.steps.count
      return
    }
    self.violation = violation
    log = nil
    records = 0
  }

  /// Investigates a cluster. Everything that is not needed for the failure is left out of the plan.
  package init(of plan: NodesPlan, fault: NodeFault?, violation: String) {
    let shrunk = PlanShrinker(fault: fault).shrunk(plan)
    self.violation = shrunk.violation(fault: fault) ?? violation
    log = shrunk.text
    records = shrunk.steps.count
  }

  private static func divergence(in log: RandomLog) -> Divergence? {
    var milestones = MilestoneSet()
    return log.divergence(milestones: &milestones)
  }

  /// The log of a run in which the auditor finds a violation and which is short enough to shrink.
  private static func failingLog(of options: SimulationOptions) -> RandomLog? {
    var simulation = Simulation(options)
    var records: ContiguousArray<LogRecord> = []
    var hasMore = true
    while hasMore {
      hasMore = simulation.runBatch()
      records += simulation.records
      if records.count > 100_000 { return nil }
    }
    let end = simulation.finish()
    guard simulation.failure != nil else { return nil }
    let log = RandomLog(configuration: simulation.configuration, records: records, end: end)
    return audit(log) == nil ? nil : log
  }

  /// The auditor's violation in the meter's run over a log; nil if there is none.
  private static func audit(_ log: RandomLog) -> String? {
    var meter = Meter(configuration: log.configuration)
    var auditor = Auditor(log.configuration)
    var effects = EffectBuffer()
    let records = log.records
    meter.apply(records.span, into: &effects)
    if let wrong = auditor.violation(in: effects.effects, after: records.span) { return wrong }
    effects.removeAll()
    meter.advance(to: log.end, into: &effects)
    return auditor.violation(in: effects.effects, upTo: log.end) ?? auditor.verdict(on: meter)
  }
}
