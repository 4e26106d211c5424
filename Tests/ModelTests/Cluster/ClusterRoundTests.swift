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

  @Test func `a changed count is sent in each of the next eight rounds`() {
    var settings = ClusterSettings()
    settings.nodeTimeout = .seconds(60)
    var node = LoneNode(settings: settings)
    _ = node.advance(to: 0)
    node.open(1, "a", at: 500)
    #expect(node.advance(to: 16_000) == (3...10).map { "send \($0)/\($0) a=1/1" })
    #expect(node.advance(to: 18_000) == ["send 11/11"])
    // A change begins the eight rounds anew.
    node.open(2, "a", at: 18_500)
    _ = node.advance(to: 30_000)
    node.close(1, at: 30_500)
    #expect(node.advance(to: 46_000).suffix(8) == (18...25).map { "send \($0)/\($0) a=1/2" })
    #expect(node.advance(to: 48_000) == ["send 26/26"])
  }

  @Test func `unchanged counts are sent twice in each timeout`() {
    var settings = ClusterSettings()
    settings.nodeTimeout = .seconds(20)
    var node = LoneNode(settings: settings)
    _ = node.advance(to: 0)
    node.open(1, "a", at: 500)
    _ = node.advance(to: 16_000)
    for end in stride(from: UInt64(36_000), through: 96_000, by: 20_000) {
      let rounds = node.advance(to: end)
      #expect((2...3).contains(rounds.count { $0.contains("a=1/1") }), "\(rounds)")
    }
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

  @Test func `a node is asked again until a full round comes`() {
    var settings = ClusterSettings()
    settings.nodeTimeout = .seconds(20)
    var node = LoneNode(settings: settings)
    _ = node.advance(to: 0)
    _ = node.receive(from: 2, 1, flags: .full, at: 1900)
    _ = node.advance(to: 2000)
    // The second is lost. So are the first two requests, or the answers to them.
    _ = node.receive(from: 2, 3, at: 2300)
    #expect(node.advance(to: 2300) == ["send 4/3 ask 2"])
    #expect(node.advance(to: 3300) == ["send 5/3 ask 2"])
    // The next round shows whether the answer is whole.
    _ = node.receive(from: 2, 4, flags: .full, at: 3400)
    _ = node.receive(from: 2, 5, at: 4300)
    #expect(node.advance(to: 6300) == ["send 6/6", "send 7/7"])
  }

  @Test func `a node that is silent for longer than an interval is asked until it is forgotten`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    _ = node.receive(from: 2, 1, flags: .full, at: 300)
    _ = node.receive(from: 2, 2, at: 2300)
    #expect(node.advance(to: 4750) == ["send 3/3", "send 4/4"])
    #expect(node.advance(to: 5299) == (5...6).map { "send \($0)/4 ask 2" })
    #expect(node.advance(to: 8000).count { $0.contains("ask 2") } == 11)
    #expect(node.advance(to: 20_000).count { $0.contains("ask 2") } == 0)
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

  @Test func `while a legacy node is heard, a goodbye lists zeros for all that was sent`() {
    var settings = ClusterSettings()
    settings.nodeTimeout = .seconds(20)
    var node = LoneNode(settings: settings)
    for (stream, name) in [(UInt32(1), "a"), (2, "constructor"), (3, "c")] {
      node.open(stream, name, at: 0)
    }
    _ = node.advance(to: 0)
    _ = node.receive(LegacyDatagram.datagram("b", 1, 1), at: 1000)
    _ = node.advance(to: 2000)
    node.close(1, at: 2100)
    node.close(3, at: 2100)
    _ = node.advance(to: 4000)
    node.open(4, "a", at: 4100)
    node.open(5, "not sent", at: 4100)
    let bye = "send 5/5 bye a=0/1 c=0/1"
    #expect(node.act(at: 4200) { $0.stop(at: $1) } == [bye, bye])
  }

  @Test func `each datagram of a long goodbye says goodbye, and comes twice`() {
    var node = LoneNode()
    for number in 0..<UInt32(10_000) { node.open(number, "namespace-\(number)", at: 0) }
    _ = node.advance(to: 100)
    _ = node.receive(LegacyDatagram.datagram("b", 1, 1), at: 200)
    let lines = node.act(at: 300) { $0.stop(at: $1) }
    #expect(lines.count > 200 && lines.allSatisfy { $0.contains(" bye ") })
    for place in stride(from: 0, to: lines.count, by: 2) {
      #expect(lines[place] == lines[place + 1])
    }
    let zeros = Set(lines.joined(separator: " ").split(separator: " ")).filter {
      $0.hasSuffix("=0/1")
    }
    #expect(zeros.count == 10_000)
  }

  @Test func `a goodbye lists the zeros of retired namespaces too`() {
    var node = LoneNode(cleanDelay: .milliseconds(300))
    node.open(1, "a", at: 0)
    _ = node.advance(to: 0)
    _ = node.receive(LegacyDatagram.datagram("b", 1, 1), at: 100)
    node.close(1, at: 200)
    _ = node.advance(to: 600)
    #expect(node.driver.total(of: Array("a".utf8)) == nil)
    let bye = "send 3/3 bye a=0/1"
    #expect(node.act(at: 700) { $0.stop(at: $1) } == [bye, bye])
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
