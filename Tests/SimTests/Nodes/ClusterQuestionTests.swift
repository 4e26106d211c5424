// The canary of questions: if nobody hears them, what was lost is not made good in time, and the judge says so.

import MeterModel
import Testing

struct ClusterQuestionTests {
  @Test func `a cluster in which no question is heard is caught`() throws {
    let plan = try #require(
      (0..<UInt64(50)).lazy.map { NodesPlan(withoutRequests: $0) }.first {
        $0.violation(fault: nil) != nil
      },
      "questions make no difference")
    let shrunk = PlanShrinker(fault: nil).shrunk(plan)
    #expect(shrunk.violation(fault: nil) != nil)
    #expect(shrunk.steps.count <= 12, "\(shrunk.text)")
    var hearing = plan
    hearing.losesRequests = false
    #expect(hearing.violation(fault: nil) == nil, "\(plan.text)")
  }
}
