// What is done about a failure: it is made small, so that a person can see what is wrong.

/// A failure, ready to be told.
package struct Investigation: Sendable {
  /// What is wrong, in one line.
  package let complaint: String

  /// The smallest log, or plan of a cluster, in text that shows it; nil where only a large run does.
  package let log: String?

  /// How many records that log has, or steps that plan.
  package let records: Int

  /// A log that is small enough for the reference meter.
  package init(of log: RandomLog, complaint: String) {
    let shrunk = Shrinker { Self.divergence(in: $0) != nil }.shrunk(log)
    self.complaint = Self.divergence(in: shrunk)?.description ?? complaint
    self.log = shrunk.text
    records = shrunk.steps.count
  }

  /// A simulation that failed: it is tried again with fewer connections, and what fails then is made small
  /// by the auditor's judgement.
  package init(of options: SimulationOptions, complaint: String) {
    for connections: UInt32 in [10, 30, 100, 300, 1000, 3000] {
      var smaller = options
      smaller.connections = connections
      guard let log = Self.failingLog(of: smaller) else { continue }
      let shrunk = Shrinker { Self.audit($0) != nil }.shrunk(log)
      self.complaint = Self.audit(shrunk) ?? complaint
      self.log = shrunk.text
      records = shrunk.steps.count
      return
    }
    self.complaint = complaint
    log = nil
    records = 0
  }

  /// A cluster that failed, of whose plan all is left out that can be.
  package init(of plan: NodesPlan, fault: NodeFault?, complaint: String) {
    let shrunk = PlanShrinker(fault: fault).shrunk(plan)
    self.complaint = shrunk.complaint(fault: fault) ?? complaint
    log = shrunk.text
    records = shrunk.steps.count
  }

  private static func divergence(in log: RandomLog) -> Divergence? {
    var milestones = MilestoneSet()
    return log.divergence(milestones: &milestones)
  }

  /// The log of a run of which the auditor complains and which is not too long to be made small.
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

  /// What the auditor says of the meter's run over a log.
  private static func audit(_ log: RandomLog) -> String? {
    var meter = Meter(configuration: log.configuration)
    var auditor = Auditor(log.configuration)
    var effects = EffectBuffer()
    let records = log.records
    meter.apply(records.span, into: &effects)
    if let wrong = auditor.complaint(about: effects.effects, after: records.span) { return wrong }
    effects.removeAll()
    meter.advance(to: log.end, into: &effects)
    return auditor.complaint(about: effects.effects, upTo: log.end) ?? auditor.verdict(on: meter)
  }
}
