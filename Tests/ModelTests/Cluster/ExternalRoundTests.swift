// What a node tells the others of its external counts (§2 rule 11).

import MeterModel
import Testing

struct ExternalRoundTests {
  @Test func `external counts are part of the members that others are told, and of no connections`()
  {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.report("youtube", "a", members: 1200, at: 500)
    #expect(node.advance(to: 2000) == ["send 3/3 a=1200/0"])
    node.open(1, "a", at: 2500)
    node.report("twitch", "a", members: 7, at: 2600)
    #expect(node.advance(to: 4000) == ["send 4/4 a=1208/1"])
  }

  @Test func `other nodes are told at most 2^53 - 1`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.report("s", "a", members: 9_007_199_254_740_991, at: 500)
    node.report("t", "a", members: 9_007_199_254_740_991, at: 600)
    #expect(node.advance(to: 2000) == ["send 3/3 a=9007199254740991/0"])
  }

  @Test func `a count that has ended is told as zero for longer than the node timeout`() {
    var node = LoneNode(cleanDelay: .zero)
    _ = node.advance(to: 0)
    node.report("s", "a", members: 3, at: 500)
    #expect(node.advance(to: 2000) == ["send 3/3 a=3/0"])
    node.report("s", "a", members: 0, at: 2500)
    let rounds = node.advance(to: 60_000)
    #expect(Array(rounds.prefix(4)) == (4...7).map { "send \($0)/\($0) a=0/0" })
    #expect(rounds.last?.contains("a=") == false)
  }

  @Test func `a report that was never sent is told to nobody after its end`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.report("s", "a", members: 3, at: 500)
    node.report("s", "a", members: 0, at: 600)
    #expect(node.advance(to: 2000) == ["send 3/3"])
  }
}
