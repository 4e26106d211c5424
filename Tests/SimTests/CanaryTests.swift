// Meters with a wrong rule, which the seeds must catch and shrink to a few records. They prove that
// the simulation tests the rules.

import MeterModel
import Testing

struct CanaryTests {
  @Test(arguments: MeterFault.allCases)
  func `a wrong rule is caught and shrunk to a few records`(fault: MeterFault) throws {
    let makeSubject = { FaultyMeter(configuration: $0, fault: fault) }
    let log = try #require(firstCaught(makeSubject))
    let shrunk = Shrinker.failing(makeSubject: makeSubject).shrunk(log)
    // The 17th source or service of a namespace needs as many records.
    let needs17 = [MeterFault.admitsSource17, .admitsService17, .sendsRejected].contains(fault)
    let limit = needs17 ? 19 : 10
    #expect(shrunk.steps.count <= limit, "\(shrunk.text)")
  }

  /// The auditor follows members, not the connections that were ever counted.
  @Test(arguments: MeterFault.allCases.filter { $0 != .countsArrivedAnew })
  func `the auditor alone catches a wrong rule, and the swarm reaches it`(fault: MeterFault) {
    let caught = (0..<UInt64(4000)).contains { seed in
      violation(of: fault, on: RandomLog(swarm: seed)) != nil
    }
    #expect(caught)
  }

  private func firstCaught(
    _ makeSubject: @escaping (Configuration) -> FaultyMeter
  ) -> RandomLog? {
    for seed in 0..<UInt64(400) {
      for profile in CrowdProfile.allCases {
        let log = RandomLog(seed: seed, profile: profile)
        var comparison = Comparison(log, makeSubject: makeSubject)
        if comparison.firstDivergence() != nil { return log }
      }
    }
    return nil
  }

  /// The auditor's violation in a faulty meter that applied the whole log at once.
  private func violation(of fault: MeterFault, on log: RandomLog) -> String? {
    var meter = FaultyMeter(configuration: log.configuration, fault: fault)
    var auditor = Auditor(log.configuration)
    var effects = EffectBuffer()
    let records = log.records
    for record in records { meter.apply(record.event, at: record.instant, into: &effects) }
    if let wrong = auditor.violation(in: effects.effects, after: records.span) { return wrong }
    effects.removeAll()
    meter.advance(to: log.end, into: &effects)
    return auditor.violation(in: effects.effects, upTo: log.end)
      ?? auditor.statisticsViolation(in: meter)
  }
}
