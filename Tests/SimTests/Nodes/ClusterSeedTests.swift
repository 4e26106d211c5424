// Random clusters: the plan of every seed is run and checked, all milestones are reached, and nodes
// with a wrong rule are detected.

import MeterModel
import Testing

struct ClusterSeedTests {
  @Test func `no cluster violates a property, and together they reach every milestone`() {
    var milestones = NodeMilestoneSet()
    for seed in NodeSeeds.all {
      let plan = NodesPlan(seed: seed)
      var simulation = ClusterSimulation(plan)
      if let violation = simulation.firstViolation() {
        Issue.record(Comment(rawValue: report(plan, violation)))
        return
      }
      milestones.formUnion(simulation.milestones)
    }
    if NodeSeeds.all.count > 1 { #expect(milestones.missing == []) }
  }

  @Test(arguments: [UInt64(3), 7, 11])
  func `a seed makes the same datagrams each time, and another seed makes others`(seed: UInt64) {
    let digest = digest(seed)
    #expect(self.digest(seed) == digest)
    #expect(self.digest(seed + 1) != digest)
  }

  @Test(arguments: NodeFault.allCases)
  func `a node with a wrong rule is detected, and its plan is made small`(fault: NodeFault) throws {
    let plan = try #require(
      (0..<UInt64(300)).lazy.map { NodesPlan(seed: $0) }.first {
        $0.violation(fault: fault) != nil
      },
      "\(fault.rawValue) lives")
    let shrunk = PlanShrinker(fault: fault).shrunk(plan)
    #expect(shrunk.violation(fault: fault) != nil)
    #expect(shrunk.violation(fault: nil) == nil, "the plan is wrong without \(fault.rawValue)")
    #expect(shrunk.steps.count <= 12, "\(shrunk.text)")
  }

  private func digest(_ seed: UInt64) -> Digest {
    var simulation = ClusterSimulation(NodesPlan(seed: seed))
    _ = simulation.firstViolation()
    return simulation.digest
  }

  private func report(_ plan: NodesPlan, _ violation: String) -> String {
    let shrunk = PlanShrinker(fault: nil).shrunk(plan)
    return """
      AUDIENCE_METER_SEED=nodes:\(plan.seed) swift test --filter SimTests
      \(violation)
      \(shrunk.text)
      \(shrunk.violation(fault: nil) ?? "the shrunk plan does not fail")
      """
  }
}
