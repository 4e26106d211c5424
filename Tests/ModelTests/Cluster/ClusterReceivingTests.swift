// Received datagrams: which are accepted, which are old, and which nodes are known.

import MeterModel
import Testing

struct ClusterReceivingTests {
  @Test func `all counts of a datagram go to the meter, two of one name in their order`() {
    var node = LoneNode()
    let heard = node.receive(from: 2, 1, flags: .full, at: 10) {
      $0.add("a", 1, 1)
      $0.add("a", 2, 3)
    }
    #expect(heard == ["peer 0 a 1 1", "peer 0 a 2 3"])
  }

  @Test func `a repeated datagram and the counts of an earlier round are ignored`() {
    var node = LoneNode()
    _ = node.receive(from: 2, 1, flags: .full, at: 10)
    #expect(node.receive(from: 2, 1, flags: .full, at: 20) { $0.add("a", 9, 9) } == [])
    #expect(node.membership.figures.duplicates == 1)
    _ = node.receive(from: 2, 4, round: 4, at: 30)
    #expect(node.receive(from: 2, 2, round: 2, at: 40) { $0.add("a", 9, 9) } == [])
    #expect(node.receive(from: 2, 5, round: 4, at: 50) { $0.add("a", 7, 7) } == ["peer 0 a 7 7"])
  }

  @Test func `a node ignores its own datagrams`() {
    var node = LoneNode()
    #expect(node.receive(from: LoneNode.own, 1, at: 10) { $0.add("a", 1, 1) } == [])
    #expect(node.membership.nodeCount == 0)
    #expect(node.membership.drops.total == 0)
  }

  @Test
  func
    `datagrams from before a goodbye do not revive the node, but a message in them is delivered`()
  {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    _ = node.receive(from: 2, 1, flags: .full, at: 10) { $0.add("a", 1, 1) }
    #expect(node.receive(from: 2, 4, flags: .goodbye, at: 20) == ["bye 0"])
    #expect(node.membership.nodeCount == 0)
    let late = node.receive(from: 2, 3, round: 1, at: 30) {
      $0.add("a", 1, 1)
      $0.add(message: 1, "a", "last words")
    }
    #expect(late == ["message a last words"])
    #expect(node.membership.nodeCount == 0)
  }

  @Test func `the first datagram of a long goodbye counts, and the zeros in it change nothing`() {
    for order in [[UInt64(4), 4, 5, 5, 6, 6], [6, 6, 5, 4, 5, 4]] {
      var node = LoneNode()
      node.open(1, "a", at: 0)
      _ = node.receive(from: 2, 3, flags: .full, at: 10) { $0.add("a", 1, 1) }
      let heard = order.flatMap { number in
        node.receive(from: 2, number, round: 4, flags: .goodbye, at: 20) { $0.add("a", 0, 1) }
      }
      #expect(heard == ["bye 0"], "\(order)")
      #expect(node.membership.nodeCount == 0)
      #expect(node.membership.drops.total == 0)
    }
  }

  @Test func `bad counts of a legacy node are skipped and counted, and the rest of it holds`() {
    var node = LoneNode()
    let name = Packed.raw(String(repeating: "n", count: 300))
    let vals = Packed.hex("9f a161 01 01 a162 ff 01") + name + Packed.hex("01 01 a163 02 02")
    let twice = vals + Packed.hex("a164 01 cb4000000000000000")
    for time in [UInt64(10), 20] {
      let heard = node.receive(ContiguousArray(Packed.datagram(vals: twice)), at: time)
      #expect(heard == ["peer 0 a 1 1", "peer 0 c 2 2"])
    }
    #expect(node.membership.nodeCount == 1)
    #expect(node.membership.drops.total == 0)
    #expect(node.membership.skips[.badName] == 2)
    #expect(node.membership.skips[.badNumber] == 4)
    #expect(node.membership.skips.total == 6)
  }

  @Test func `a node that returns after a silence keeps its number`() {
    var node = LoneNode()
    _ = node.receive(from: 2, 1, flags: .full, at: 10)
    _ = node.receive(from: 3, 1, flags: .full, at: 20)
    #expect(node.receive(from: 2, 90, at: 60_000) { $0.add("a", 1, 1) } == ["peer 0 a 1 1"])
    #expect(node.membership.figures.returns == 1)
    #expect(node.receive(from: 2, 80, at: 60_010) { $0.add("a", 5, 5) } == [])
  }

  @Test(arguments: [nil, "s"])
  func `a goodbye after a silence is not undone by earlier datagrams`(
    secret: String?
  ) {
    var node = LoneNode(secret: secret)
    node.open(1, "a", at: 0)
    _ = node.receive(from: 2, 1, flags: .full, at: 10)
    #expect(node.receive(from: 2, 90, flags: .goodbye, at: 20_000) == [])
    #expect(node.receive(from: 2, 90, flags: .goodbye, at: 20_001) == [])
    let late = node.receive(from: 2, 89, at: 20_010) {
      $0.add("a", 1, 1)
      $0.add(message: 1, "a", "last words")
    }
    #expect(late == ["message a last words"])
    #expect(node.membership.nodeCount == 0)
    #expect(node.membership.drops.total == 0)
    #expect(node.receive(from: 2, 91, at: 21_000) { $0.add("a", 2, 2) } == ["peer 0 a 2 2"])
  }

  @Test func `a message is delivered once and whole, with its parts in any order`() {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    #expect(
      node.receive(from: 2, 1, at: 1) { $0.add(message: 1, "a", "llo", part: 1, of: 2) } == [])
    #expect(
      node.receive(from: 2, 2, at: 2) { $0.add(message: 1, "a", "llo", part: 1, of: 2) } == [])
    #expect(
      node.receive(from: 2, 3, at: 3) { $0.add(message: 1, "a", "he", part: 0, of: 2) } == [
        "message a hello"
      ])
    #expect(node.receive(from: 2, 4, at: 4) { $0.add(message: 1, "a", "hello") } == [])
    #expect(node.receive(from: 2, 5, at: 5) { $0.add(message: 2, "a", "x") } == ["message a x"])
  }

  @Test func `a message that was sent before the node started is not delivered`() {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    let heard = node.receive(from: 2, 5, flags: .full, at: 300) {
      $0.add(message: 1, "a", "long before", ago: 9000)
      $0.add(message: 2, "a", "just before", ago: 301)
      $0.add(message: 3, "a", "since", ago: 300)
      $0.add(message: 4, "a", "now", ago: 5)
    }
    #expect(heard == ["message a since", "message a now"])
    // Nor is it delivered later with a wrong age.
    #expect(node.receive(from: 2, 6, at: 9000) { $0.add(message: 2, "a", "again", ago: 300) } == [])
  }

  @Test func `datagrams of one node more than the limit are dropped and counted`() {
    var settings = ClusterSettings()
    settings.maximumNodes = 2
    var node = LoneNode(settings: settings)
    for other in UInt64(2)...4 { _ = node.receive(from: other, 1, at: 10) { $0.add("a", 1, 1) } }
    #expect(node.membership.nodeCount == 2)
    #expect(node.membership.drops[.tooManyNodes] == 1)
    // A timeout later there is room.
    #expect(node.receive(from: 4, 2, at: 6000) { $0.add("a", 1, 1) } == ["peer 2 a 1 1"])
  }

  @Test func `under a secret unsigned, late and repeated datagrams are dropped`() {
    var open = LoneNode()
    var encoder = DatagramEncoder(session: LoneNode.session(2), secret: nil)
    encoder.begin(sequence: 1, round: 1, wall: 1_000_000)
    encoder.add("a", 1, 1)
    var unsigned: ContiguousArray<UInt8> = []
    encoder.finish(into: &unsigned)
    #expect(open.receive(unsigned, at: 1) == ["peer 0 a 1 1"])

    var node = LoneNode(secret: "s")
    #expect(node.receive(unsigned, at: 1) == [])
    #expect(node.membership.drops[.unauthenticated] == 1)
    #expect(node.receive(from: 2, 1, at: 2) { $0.add("a", 1, 1) } == ["peer 0 a 1 1"])
    #expect(node.receive(from: 2, 2, at: 3) == [])
    #expect(node.receive(from: 2, 1, at: 4) { $0.add("a", 1, 1) } == [])
    #expect(node.membership.drops[.replayed] == 1)
    #expect(node.membership.figures.duplicates == 0)
  }

  @Test(arguments: [nil, "s"])
  func
    `second copies of the newest round are duplicates and not replays, as are those of a goodbye`(
      secret: String?
    )
  {
    var node = LoneNode(secret: secret)
    _ = node.receive(from: 2, 1, flags: .full, at: 10)
    _ = node.receive(from: 2, 1, flags: .full, over: .redis, at: 11)
    _ = node.receive(from: 2, 2, at: 20)
    // The slower carrier delivers it when the next round has begun.
    _ = node.receive(from: 2, 3, at: 21)
    _ = node.receive(from: 2, 2, over: .redis, at: 22)
    #expect(node.membership.figures.duplicates == 2)
    #expect(node.receive(from: 2, 4, flags: .goodbye, at: 30) == ["bye 0"])
    for carrier in [Carrier.multicast, .redis, .redis] {
      #expect(node.receive(from: 2, 4, flags: .goodbye, over: carrier, at: 31) == [])
    }
    #expect(node.membership.figures.duplicates == 5)
    #expect(node.membership.drops.total == 0)
  }

  @Test
  func `under a secret a repeated datagram of an earlier round is a replay, over any carrier`() {
    var node = LoneNode(secret: "s")
    for number in UInt64(1)...4 { _ = node.receive(from: 2, number, at: 10 * number) }
    _ = node.receive(from: 2, 3, at: 50)
    _ = node.receive(from: 2, 2, over: .redis, at: 51)
    #expect(node.membership.drops[.replayed] == 2)
    _ = node.receive(from: 2, 5, flags: .goodbye, at: 60)
    _ = node.receive(from: 2, 4, at: 61)
    #expect(node.membership.drops[.replayed] == 3)
    // When its node has long departed, a second goodbye is a replay.
    _ = node.advance(to: 20_000)
    #expect(node.membership.drops[.replayed] == 3)
    _ = node.receive(from: 2, 5, flags: .goodbye, at: 20_001)
    #expect(node.membership.drops[.replayed] == 4)
  }

  @Test func `under a secret clocks may differ by a node timeout and no more`() throws {
    for (milliseconds, isHeard) in [(UInt64(5000), true), (5001, false)] {
      let text = Array("s".utf8)
      let readable = ClusterSecret(text.span)
      let secret = try #require(readable)
      var encoder = DatagramEncoder(session: LoneNode.session(2), secret: secret)
      encoder.begin(sequence: 1, round: 1, wall: 1_000_000)
      encoder.add("a", 1, 1)
      var bytes: ContiguousArray<UInt8> = []
      encoder.finish(into: &bytes)
      var node = LoneNode(secret: "s")
      #expect(node.receive(bytes, at: milliseconds).isEmpty == !isHeard)
      #expect(node.membership.drops[.late] == (isHeard ? 0 : 1))
    }
  }

  @Test func `the report of the cluster names the nodes, the drops and the carriers, in JSON`() {
    var node = LoneNode()
    _ = node.receive(from: 2, 1, flags: .full, at: 1250)
    _ = node.receive([0xC0], at: 1300)
    let odd = Packed.datagram(vals: Packed.hex("93 a0 01 01"))
    _ = node.receive(ContiguousArray(odd), at: 1750)
    var driver = node.driver
    driver.node.carriers = [
      CarrierFigures(carrier: .multicast, address: "239.0.0.1:314", state: "up")
    ]
    driver.advanceMeter(to: .start + .seconds(2))
    _ = driver.takeOccurrences()
    driver.ask(at: .start + .seconds(2)) { _ in .cluster }
    let own = LoneNode.session(LoneNode.own).text
    let other = LoneNode.session(2).text
    let json = """
      {"id":"\(own)","nodes":[{"id":"\(other)","address":"192.0.2.7:314","carrier":"multicast",\
      "last_heard":1001.250,"namespaces":0,"members":0,"old":false,"dropped":{},\
      "skipped":{}},{"id":"\(Packed.sid)","address":"192.0.2.7:314","carrier":"multicast",\
      "last_heard":1001.750,"namespaces":0,"members":0,"old":true,"dropped":{},\
      "skipped":{"bad name":1}}],\
      "duplicates":0,"lost_events":0,"dropped":{"not a map":1},"skipped":{"bad name":1},\
      "carriers":[{"carrier":"multicast","address":"239.0.0.1:314","state":"up","sent":0,\
      "unsent":0,"received":0,"overrun":0}]}
      """
    #expect(driver.takeOccurrences() == [.answered(.ok, body: Array(json.utf8))])
  }

  @Test func `a count of 0 creates no namespace, and is accepted where the namespace exists`() {
    var node = LoneNode()
    #expect(node.receive(from: 2, 1, flags: .full, at: 10) { $0.add("a", 0, 3) } == [])
    #expect(node.driver.total(of: Array("a".utf8)) == nil)
    node.open(1, "a", at: 20)
    #expect(node.receive(from: 2, 2, at: 30) { $0.add("a", 0, 3) } == ["peer 0 a 0 3"])
    #expect(node.driver.total(of: Array("a".utf8))?.connections == 4)
  }
}
