// Wrong meters that the seeds must catch, each in a few records: the guard against a simulation that
// tests nothing.

import MeterModel
import Testing

struct CanaryTests {
  @Test(arguments: Fault.allCases)
  func `a wrong rule is caught and shrunk to at most ten records`(fault: Fault) throws {
    let makeSubject = { FaultyMeter(configuration: $0, fault: fault) }
    let log = try #require(firstCaught(makeSubject))
    let shrunk = Shrinker.failing(makeSubject: makeSubject).shrunk(log)
    #expect(shrunk.steps.count <= 10, "\(shrunk.text)")
  }

  private func firstCaught(
    _ makeSubject: @escaping (Configuration) -> FaultyMeter
  ) -> RandomLog? {
    for seed in 0..<UInt64(50) {
      for profile in CrowdProfile.allCases {
        let log = RandomLog(seed: seed, profile: profile)
        var comparison = Comparison(log, makeSubject: makeSubject)
        if comparison.firstDivergence() != nil { return log }
      }
    }
    return nil
  }
}
