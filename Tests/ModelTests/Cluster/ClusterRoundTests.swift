// What a node tells, and when: rounds, questions, answers, goodbyes. In a transcript `send 3/2` is its third
// datagram, of the round that began with the second.

import MeterModel
import Testing

struct ClusterRoundTests {
  @Test func `a node that starts tells all and asks everybody at once, then speaks every interval`()
  {
    var node = LoneNode()
    #expect(node.advance(to: 0) == ["send 1/1 full ask all", "send 2/1 full"])
    node.open(1, "a", at: 500)
    #expect(node.advance(to: 1999) == [])
    #expect(node.advance(to: 4000) == ["send 3/3 a=1/1", "send 4/4 a=1/1"])
  }

  @Test func `what has not changed is told twice in each timeout, and what has at once`() {
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

  @Test func `an original node is told every count each interval`() {
    var settings = ClusterSettings()
    settings.nodeTimeout = .seconds(20)
    var node = LoneNode(settings: settings)
    _ = node.advance(to: 0)
    node.open(1, "a", at: 500)
    for second in stride(from: UInt64(2), through: 12, by: 2) {
      var encoder = DatagramEncoder(session: LoneNode.session(7), secret: nil)
      encoder.begin()
      encoder.tell("b", 1, 1)
      var bytes: ContiguousArray<UInt8> = []
      encoder.finish(into: &bytes)
      #expect(node.hear(bytes, at: second * 1000 - 100) == ["peer 0 b 1 1"])
      #expect(node.advance(to: second * 1000).last?.contains("a=1/1") == true)
    }
  }

  @Test func `a fall to zero is told for the timeout at least, then the namespace is not listed`() {
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

  @Test func `who is asked tells all at once, and not again within 200 ms`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.open(1, "a", at: 100)
    _ = node.hear(from: 2, 1, flags: [.full, .asksEverybody], at: 600)
    #expect(node.advance(to: 600) == ["send 3/3 full a=1/1"])
    _ = node.hear(from: 2, 2, flags: .asksEverybody, at: 650)
    #expect(node.advance(to: 799) == [])
    #expect(node.advance(to: 900) == ["send 4/4 full a=1/1"])
  }

  @Test func `a node that was not known, or of which something was lost, is asked`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    _ = node.hear(from: 2, 8, at: 300)
    #expect(node.advance(to: 300) == ["send 3/1 full ask 2"])
    _ = node.hear(from: 2, 9, flags: .full, at: 310)
    _ = node.hear(from: 2, 10, at: 900)
    #expect(node.advance(to: 900) == [])
    // The eleventh is lost.
    _ = node.hear(from: 2, 12, at: 1100)
    #expect(node.advance(to: 1100) == ["send 4/1 full ask 2"])
  }

  @Test func `a name that ends legacy nodes is told until one is heard, and again an hour later`() {
    var node = LoneNode()
    node.open(1, "constructor", at: 0)
    node.open(2, "a", at: 0)
    #expect(
      node.advance(to: 0) == [
        "send 1/1 full ask all", "send 2/1 full constructor=1/1 a=1/1",
      ])
    _ = node.hear(HandmadeLegacy.datagram("b", 1, 1), at: 1000)
    var told = node.advance(to: 3_600_000).joined(separator: " ")
    #expect(told.contains("a=1/1") && !told.contains("constructor"))
    node.open(3, "constructor", at: 3_602_000)
    told = node.advance(to: 3_610_000).joined(separator: " ")
    #expect(told.contains("constructor=1/"))
  }

  @Test func `a name that ends legacy nodes is told under a secret, whatever is heard`() {
    var node = LoneNode(secret: "s")
    _ = node.hear(HandmadeLegacy.datagram("b", 1, 1), at: 0)
    node.open(1, "constructor", at: 0)
    #expect(node.advance(to: 0).last == "send 2/1 full constructor=1/1")
  }

  @Test func `what happened lately is told again with its age`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.publish("x", to: "a", at: 100)
    #expect(node.advance(to: 150) == ["send 3/1 full msg#1 0/1 a"])
    _ = node.hear(from: 2, 1, flags: .asksEverybody, at: 600)
    let again = ["send 4/4 full ask 2", "send 5/4 full msg#1 0/1 a 500 ms ago", "send 6/4 full"]
    #expect(node.advance(to: 610) == again)
  }

  @Test func `when a carrier returns, what may have been missed is told before what is new`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    for (milliseconds, text) in [(UInt64(50), "x"), (60, "y")] {
      node.publish(text, to: "a", at: milliseconds)
      _ = node.advance(to: milliseconds + 5)
    }
    // The full round that is due comes later, as one was told just now.
    node.act(at: 100) { $0.carrierReturned(at: $1) }
    node.publish("z", to: "a", at: 101)
    #expect(
      node.advance(to: 199) == [
        "send 5/1 full ask all",
        "send 6/1 full msg#1 0/1 a 51 ms ago msg#2 0/1 a 41 ms ago msg#3 0/1 a",
      ])
    #expect(node.advance(to: 200).count { $0.contains("msg#1 0/1 a 150 ms ago msg#2") } == 1)
  }

  @Test func `who was cut off and asks everybody is told what it missed before what is new`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.publish("x", to: "a", at: 50)
    _ = node.advance(to: 55)
    // Not more often than it tells all.
    for milliseconds in [UInt64(100), 110] {
      _ = node.hear(from: 2, milliseconds, flags: [.full, .asksEverybody], at: milliseconds)
      node.publish("y", to: "a", at: milliseconds + 1)
      let told = node.advance(to: milliseconds + 6)
      #expect(told.contains { $0.contains("msg#1") } == (milliseconds == 100), "\(told)")
      #expect(told.contains { $0.contains(milliseconds == 100 ? "msg#2" : "msg#3") }, "\(told)")
    }
  }

  @Test func `a goodbye tells the messages that wait, and nothing follows`() {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.publish("x", to: "a", at: 0)
    let last = node.act(at: 0) { $0.stop(at: $1) }
    #expect(last == ["send 3/1 full msg#1 0/1 a", "send 4/4 bye", "send 4/4 bye"])
    #expect(node.advance(to: 10_000) == [])
    #expect(node.hear(from: 2, 1, at: 10_000) { $0.tell("a", 1, 1) } == [])
  }

  @Test func `ten thousand namespaces are all told in one round`() {
    var node = LoneNode()
    for number in 0..<UInt32(10_000) { node.open(number, "namespace-\(number)", at: 0) }
    let all = node.advance(to: 100)
    #expect(all.count > 100)
    #expect(all.allSatisfy { $0.contains("/1 ") })
    #expect(
      all.joined(separator: " ").split(separator: " ").count { $0.contains("=1/1") } == 10_000)
  }
}

/// What a legacy node sends.
private enum HandmadeLegacy {
  static func datagram(
    _ name: String, _ members: UInt64, _ connections: UInt64
  ) -> ContiguousArray<UInt8> {
    var encoder = DatagramEncoder(session: LoneNode.session(9), secret: nil)
    encoder.begin()
    encoder.tell(name, members, connections)
    var bytes: ContiguousArray<UInt8> = []
    encoder.finish(into: &bytes)
    return bytes
  }
}
