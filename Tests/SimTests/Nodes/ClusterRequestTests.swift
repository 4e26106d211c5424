// The canary of requests: if all are lost, losses are not repaired in time, and the judge reports
// it.

import MeterModel
import Testing

struct ClusterRequestTests {
  @Test func `a cluster in which all requests are lost is detected`() throws {
    let plan = try #require(
      (0..<UInt64(50)).lazy.map { NodesPlan(withoutRequests: $0) }.first {
        $0.violation(fault: nil) != nil
      },
      "requests make no difference")
    let shrunk = PlanShrinker(fault: nil).shrunk(plan)
    #expect(shrunk.violation(fault: nil) != nil)
    #expect(shrunk.steps.count <= 12, "\(shrunk.text)")
    var undisturbed = plan
    undisturbed.losesRequests = false
    #expect(undisturbed.violation(fault: nil) == nil, "\(plan.text)")
  }
}
