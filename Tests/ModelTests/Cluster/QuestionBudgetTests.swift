// The number of questions to unknown addresses (§6).

import MeterModel
import Testing

@Suite struct `Questions to addresses that are not known` {
  private var budget = QuestionBudget(key: HashKey(1, 2))

  /// The number of questions to a host that are sent of so many.
  private mutating func questions(
    _ count: Int, to host: String, at milliseconds: UInt64
  ) -> Int {
    let host = Array(host.utf8)
    return (0..<count).count { _ in
      budget.take(for: host.span, at: .start + .milliseconds(milliseconds))
    }
  }

  @Test mutating func `are 8 a second to one host, and leave questions to others`() {
    #expect(questions(7, to: "192.0.2.1", at: 100) == 7)
    #expect(questions(1, to: "192.0.2.1", at: 100) == 1)
    #expect(questions(10_000, to: "192.0.2.1", at: 999) == 0)
    #expect(questions(1, to: "192.0.2.2", at: 999) == 1)
    #expect(questions(10, to: "192.0.2.1", at: 1000) == 8)
  }

  @Test mutating func `are 256 a second to all hosts together`() {
    var sent = 0
    for host in 0..<1000 { sent += questions(8, to: "192.0.2.\(host)", at: 1500) }
    #expect(sent == 256)
    #expect(questions(1, to: "198.51.100.1", at: 2499) == 0)
    #expect(questions(1, to: "198.51.100.1", at: 2500) == 1)
  }
}
