// The datagrams that a node sends, and when: rounds, requests, answers, goodbyes. In a transcript
// `send 3/2` is its third datagram, of the round that began with the second.

import MeterModel
import Testing

struct ClusterRoundTests {
  @Test
  func `a node that starts requests all and sends all at once, then sends a round every interval`()
  {
    var node = LoneNode()
    #expect(node.advance(to: 0) == ["send 1/1 full ask all", "send 2/1 full"])
    node.open(1, "a", at: 500)
    #expect(node.advance(to: 1999) == [])
    #expect(node.advance(to: 4000) == ["send 3/3 a=1/1", "send 4/4 a=1/1"])
  }

  @Test func `unchanged counts are sent twice in each timeout, and changed ones in the next round`()
  {
    var settings = ClusterSettings()
    settings.nodeTimeout = .seconds(20)
    var node = LoneNode(settings: settings)
    _ = node.advance(to: 0)
    node.open(1, "a", at: 500)
    let rounds = node.advance(to: 20_000)
    #expect(rounds.first == "send 3/3 a=1/1")
    #expect(rounds.count { $0.contains("a=1/1") } == 3)
    node.open(2, "a", at: 20_500)
    #expect(node.advance(to: 22_000).last?.contains("a=2/2") == true)
  }

  @Test func `while a legacy node is heard, each round has every count`() {
    var settings = ClusterSettings()
    settings.nodeTimeout = .seconds(20)
    var node = LoneNode(settings: settings)
    _ = node.advance(to: 0)
    node.open(1, "a", at: 500)
    for second in stride(from: UInt64(2), through: 12, by: 2) {
      var encoder = DatagramEncoder(session: LoneNode.session(7), secret: nil)
      encoder.begin()
      encoder.add("b", 1, 1)
      var bytes: ContiguousArray<UInt8> = []
      encoder.finish(into: &bytes)
      #expect(node.receive(bytes, at: second * 1000 - 100) == ["peer 0 b 1 1"])
      #expect(node.advance(to: second * 1000).last?.contains("a=1/1") == true)
    }
  }

  @Test func `a count of zero is sent for at least the timeout, then the namespace is not listed`()
  {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.open(1, "a", at: 100)
    _ = node.advance(to: 2000)
    node.close(1, at: 2500)
    let rounds = node.advance(to: 30_000)
    let zeros = rounds.count { $0.contains("a=0/1") }
    #expect((4...8).contains(zeros), "\(rounds)")
    #expect(rounds.last?.contains("a=") == false)
  }

  @Test func `a node that is asked sends a full round at once, and not again within 200 ms`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.open(1, "a", at: 100)
    _ = node.receive(from: 2, 1, flags: [.full, .asksEverybody], at: 600)
    #expect(node.advance(to: 600) == ["send 3/3 full a=1/1"])
    _ = node.receive(from: 2, 2, flags: .asksEverybody, at: 650)
    #expect(node.advance(to: 799) == [])
    #expect(node.advance(to: 900) == ["send 4/4 full a=1/1"])
  }

  @Test func `a full round is requested from a new node, and after a loss`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    _ = node.receive(from: 2, 8, at: 300)
    #expect(node.advance(to: 300) == ["send 3/1 full ask 2"])
    _ = node.receive(from: 2, 9, flags: .full, at: 310)
    _ = node.receive(from: 2, 10, at: 900)
    #expect(node.advance(to: 900) == [])
    // The eleventh is lost.
    _ = node.receive(from: 2, 12, at: 1100)
    #expect(node.advance(to: 1100) == ["send 4/1 full ask 2"])
  }

  @Test func `an unsafe name is sent until a legacy node is heard, and again an hour later`() {
    var node = LoneNode()
    node.open(1, "constructor", at: 0)
    node.open(2, "a", at: 0)
    #expect(
      node.advance(to: 0) == [
        "send 1/1 full ask all", "send 2/1 full constructor=1/1 a=1/1",
      ])
    _ = node.receive(LegacyDatagram.datagram("b", 1, 1), at: 1000)
    var told = node.advance(to: 3_600_000).joined(separator: " ")
    #expect(told.contains("a=1/1") && !told.contains("constructor"))
    node.open(3, "constructor", at: 3_602_000)
    told = node.advance(to: 3_610_000).joined(separator: " ")
    #expect(told.contains("constructor=1/"))
  }

  @Test func `under a secret an unsafe name is sent, whatever is received`() {
    var node = LoneNode(secret: "s")
    _ = node.receive(LegacyDatagram.datagram("b", 1, 1), at: 0)
    node.open(1, "constructor", at: 0)
    #expect(node.advance(to: 0).last == "send 2/1 full constructor=1/1")
  }

  @Test func `recent events are repeated with their age`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.publish("x", to: "a", at: 100)
    #expect(node.advance(to: 150) == ["send 3/1 full msg#1 0/1 a"])
    _ = node.receive(from: 2, 1, flags: .asksEverybody, at: 600)
    let again = ["send 4/4 full ask 2", "send 5/4 full msg#1 0/1 a 500 ms ago", "send 6/4 full"]
    #expect(node.advance(to: 610) == again)
  }

  @Test func `when a carrier returns, earlier events are repeated before new ones`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    for (milliseconds, text) in [(UInt64(50), "x"), (60, "y")] {
      node.publish(text, to: "a", at: milliseconds)
      _ = node.advance(to: milliseconds + 5)
    }
    // The full round comes later, because one was sent just now.
    node.act(at: 100) { $0.carrierReturned(at: $1) }
    node.publish("z", to: "a", at: 101)
    #expect(
      node.advance(to: 199) == [
        "send 5/1 full ask all",
        "send 6/1 full msg#1 0/1 a 51 ms ago msg#2 0/1 a 41 ms ago msg#3 0/1 a",
      ])
    #expect(node.advance(to: 200).count { $0.contains("msg#1 0/1 a 150 ms ago msg#2") } == 1)
  }

  @Test func `a node that asks all nodes is sent earlier events before new ones`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.publish("x", to: "a", at: 50)
    _ = node.advance(to: 55)
    // Events are not repeated more often than full rounds are sent.
    for milliseconds in [UInt64(100), 110] {
      _ = node.receive(from: 2, milliseconds, flags: [.full, .asksEverybody], at: milliseconds)
      node.publish("y", to: "a", at: milliseconds + 1)
      let told = node.advance(to: milliseconds + 6)
      #expect(told.contains { $0.contains("msg#1") } == (milliseconds == 100), "\(told)")
      #expect(told.contains { $0.contains(milliseconds == 100 ? "msg#2" : "msg#3") }, "\(told)")
    }
  }

  @Test func `a goodbye follows the waiting messages, and nothing is sent after it`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.publish("x", to: "a", at: 0)
    let last = node.act(at: 0) { $0.stop(at: $1) }
    #expect(last == ["send 3/1 full msg#1 0/1 a", "send 4/4 bye", "send 4/4 bye"])
    #expect(node.advance(to: 10_000) == [])
    #expect(node.receive(from: 2, 1, at: 10_000) { $0.add("a", 1, 1) } == [])
  }

  @Test func `ten thousand namespaces are all sent in one round`() {
    var node = LoneNode()
    for number in 0..<UInt32(10_000) { node.open(number, "namespace-\(number)", at: 0) }
    let all = node.advance(to: 100)
    #expect(all.count > 100)
    #expect(all.allSatisfy { $0.contains("/1 ") })
    #expect(
      all.joined(separator: " ").split(separator: " ").count { $0.contains("=1/1") } == 10_000)
  }
}

/// The datagrams of a legacy node.
private enum LegacyDatagram {
  static func datagram(
    _ name: String, _ members: UInt64, _ connections: UInt64
  ) -> ContiguousArray<UInt8> {
    var encoder = DatagramEncoder(session: LoneNode.session(9), secret: nil)
    encoder.begin()
    encoder.add(name, members, connections)
    var bytes: ContiguousArray<UInt8> = []
    encoder.finish(into: &bytes)
    return bytes
  }
}
