// Random logs, each judged by the reference meter and by the auditor.

import MeterModel
import Testing

struct ComparisonTests {
  @Test(arguments: SeedRange.all)
  func `the meter agrees with the reference and the auditor`(range: SeedRange) {
    expectNoDivergence(range, audit: { $0.audit() }) { Meter(configuration: $0) }
  }

  @Test(arguments: SeedRange.all)
  func `the auditor finds no violation in the reference`(range: SeedRange) {
    expectNoDivergence(range) { ReferenceMeter(configuration: $0) }
  }

  @Test func `the seeds reach every milestone`() {
    var reached = MilestoneSet()
    for profile in CrowdProfile.allCases {
      for seed in 0..<UInt64(40) {
        let log = RandomLog(seed: seed, profile: profile)
        var comparison = Comparison(log) { ReferenceMeter(configuration: $0) }
        _ = comparison.firstDivergence()
        reached.formUnion(comparison.milestones)
      }
    }
    #expect(reached.missing == [])
  }

  @Test func `a seed always makes the same log`() {
    let log = RandomLog(seed: 7, profile: .nonsense)
    #expect(log.text == RandomLog(seed: 7, profile: .nonsense).text)
    #expect(log.text != RandomLog(seed: 8, profile: .nonsense).text)
    #expect(log.text != RandomLog(seed: 7, profile: .churn).text)
  }
}

/// Compares a meter on a range of seeds. A failing log is shrunk and reported.
func expectNoDivergence<Subject: MeterProtocol>(
  _ range: SeedRange, audit: @escaping (Subject) -> Void = { _ in },
  makeSubject: @escaping (Configuration) -> Subject
) {
  for seed in range.seeds {
    let log = RandomLog(seed: seed, profile: range.profile)
    var comparison = Comparison(log, makeSubject: makeSubject, audit: audit)
    guard comparison.firstDivergence() != nil else { continue }
    let shrunk = Shrinker.failing(makeSubject: makeSubject).shrunk(log)
    var small = Comparison(shrunk, makeSubject: makeSubject)
    guard let divergence = small.firstDivergence() else { continue }
    Issue.record("\(report(range.profile, seed, divergence, shrunk))")
    return
  }
}

extension Shrinker {
  /// A shrinker of logs on which a meter diverges.
  static func failing<Subject: MeterProtocol>(
    makeSubject: @escaping (Configuration) -> Subject
  ) -> Shrinker {
    Shrinker { log in
      var comparison = Comparison(log, makeSubject: makeSubject)
      return comparison.firstDivergence() != nil
    }
  }
}
