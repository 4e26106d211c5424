// What a node makes of datagrams: what is believed, what is old, whom it knows.

import MeterModel
import Testing

struct ClusterHearingTests {
  @Test func `counts are told to the meter, of one name twice the last`() {
    var node = LoneNode()
    let heard = node.hear(from: 2, 1, flags: .full, at: 10) {
      $0.tell("a", 1, 1)
      $0.tell("a", 2, 3)
    }
    #expect(heard == ["peer 0 a 1 1", "peer 0 a 2 3"])
  }

  @Test func `a datagram that comes again means nothing, nor do the counts of a former round`() {
    var node = LoneNode()
    _ = node.hear(from: 2, 1, flags: .full, at: 10)
    #expect(node.hear(from: 2, 1, flags: .full, at: 20) { $0.tell("a", 9, 9) } == [])
    #expect(node.membership.figures.duplicates == 1)
    _ = node.hear(from: 2, 4, round: 4, at: 30)
    #expect(node.hear(from: 2, 2, round: 2, at: 40) { $0.tell("a", 9, 9) } == [])
    #expect(node.hear(from: 2, 5, round: 4, at: 50) { $0.tell("a", 7, 7) } == ["peer 0 a 7 7"])
  }

  @Test func `its own datagrams are no other node's`() {
    var node = LoneNode()
    #expect(node.hear(from: LoneNode.own, 1, at: 10) { $0.tell("a", 1, 1) } == [])
    #expect(node.membership.nodeCount == 0)
    #expect(node.membership.drops.total == 0)
  }

  @Test
  func `a goodbye cannot be undone by what was sent before, except that a message is still told`() {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    _ = node.hear(from: 2, 1, flags: .full, at: 10) { $0.tell("a", 1, 1) }
    #expect(node.hear(from: 2, 4, flags: .goodbye, at: 20) == ["bye 0"])
    #expect(node.membership.nodeCount == 0)
    let late = node.hear(from: 2, 3, round: 1, at: 30) {
      $0.tell("a", 1, 1)
      $0.tell(message: 1, "a", "last words")
    }
    #expect(late == ["message a last words"])
    #expect(node.membership.nodeCount == 0)
  }

  @Test func `a node that was silent comes back under the number that it had`() {
    var node = LoneNode()
    _ = node.hear(from: 2, 1, flags: .full, at: 10)
    _ = node.hear(from: 3, 1, flags: .full, at: 20)
    #expect(node.hear(from: 2, 90, at: 60_000) { $0.tell("a", 1, 1) } == ["peer 0 a 1 1"])
    #expect(node.membership.figures.returns == 1)
    #expect(node.hear(from: 2, 80, at: 60_010) { $0.tell("a", 5, 5) } == [])
  }

  @Test(arguments: [nil, "s"])
  func `a node that was silent and says goodbye is not brought back by what it sent before`(
    secret: String?
  ) {
    var node = LoneNode(secret: secret)
    node.open(1, "a", at: 0)
    _ = node.hear(from: 2, 1, flags: .full, at: 10)
    #expect(node.hear(from: 2, 90, flags: .goodbye, at: 20_000) == [])
    #expect(node.hear(from: 2, 90, flags: .goodbye, at: 20_001) == [])
    let late = node.hear(from: 2, 89, at: 20_010) {
      $0.tell("a", 1, 1)
      $0.tell(message: 1, "a", "last words")
    }
    #expect(late == ["message a last words"])
    #expect(node.membership.nodeCount == 0)
    #expect(node.membership.drops.total == 0)
    #expect(node.hear(from: 2, 91, at: 21_000) { $0.tell("a", 2, 2) } == ["peer 0 a 2 2"])
  }

  @Test func `a message is told once and whole, its parts in any order`() {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    #expect(node.hear(from: 2, 1, at: 1) { $0.tell(message: 1, "a", "llo", part: 1, of: 2) } == [])
    #expect(node.hear(from: 2, 2, at: 2) { $0.tell(message: 1, "a", "llo", part: 1, of: 2) } == [])
    #expect(
      node.hear(from: 2, 3, at: 3) { $0.tell(message: 1, "a", "he", part: 0, of: 2) } == [
        "message a hello"
      ])
    #expect(node.hear(from: 2, 4, at: 4) { $0.tell(message: 1, "a", "hello") } == [])
    #expect(node.hear(from: 2, 5, at: 5) { $0.tell(message: 2, "a", "x") } == ["message a x"])
  }

  @Test func `a message that was said before the node started is not told, whoever asked for it`() {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    let heard = node.hear(from: 2, 5, flags: .full, at: 300) {
      $0.tell(message: 1, "a", "long before", ago: 9000)
      $0.tell(message: 2, "a", "just before", ago: 301)
      $0.tell(message: 3, "a", "since", ago: 300)
      $0.tell(message: 4, "a", "now", ago: 5)
    }
    #expect(heard == ["message a since", "message a now"])
    // Nor is it later, by whatever mistake.
    #expect(node.hear(from: 2, 6, at: 9000) { $0.tell(message: 2, "a", "again", ago: 300) } == [])
  }

  @Test func `one node more than the limit is dropped, and counted`() {
    var settings = ClusterSettings()
    settings.maximumNodes = 2
    var node = LoneNode(settings: settings)
    for other in UInt64(2)...4 { _ = node.hear(from: other, 1, at: 10) { $0.tell("a", 1, 1) } }
    #expect(node.membership.nodeCount == 2)
    #expect(node.membership.drops[.tooManyNodes] == 1)
    // A timeout later there is room.
    #expect(node.hear(from: 4, 2, at: 6000) { $0.tell("a", 1, 1) } == ["peer 2 a 1 1"])
  }

  @Test func `under a secret what is unsigned, old or repeated is dropped`() {
    var open = LoneNode()
    var encoder = DatagramEncoder(session: LoneNode.session(2), secret: nil)
    encoder.begin(sequence: 1, round: 1, wall: 1_000_000)
    encoder.tell("a", 1, 1)
    var unsigned: ContiguousArray<UInt8> = []
    encoder.finish(into: &unsigned)
    #expect(open.hear(unsigned, at: 1) == ["peer 0 a 1 1"])

    var node = LoneNode(secret: "s")
    #expect(node.hear(unsigned, at: 1) == [])
    #expect(node.membership.drops[.unauthenticated] == 1)
    #expect(node.hear(from: 2, 1, at: 2) { $0.tell("a", 1, 1) } == ["peer 0 a 1 1"])
    #expect(node.hear(from: 2, 2, at: 3) == [])
    #expect(node.hear(from: 2, 1, at: 4) { $0.tell("a", 1, 1) } == [])
    #expect(node.membership.drops[.replayed] == 1)
    #expect(node.membership.figures.duplicates == 0)
  }

  @Test(arguments: [nil, "s"])
  func `second copies of the newest round are duplicates and no replay, a goodbye's too`(
    secret: String?
  ) {
    var node = LoneNode(secret: secret)
    _ = node.hear(from: 2, 1, flags: .full, at: 10)
    _ = node.hear(from: 2, 1, flags: .full, over: .redis, at: 11)
    _ = node.hear(from: 2, 2, at: 20)
    // The slower carrier brings it when the next round has begun.
    _ = node.hear(from: 2, 3, at: 21)
    _ = node.hear(from: 2, 2, over: .redis, at: 22)
    #expect(node.membership.figures.duplicates == 2)
    #expect(node.hear(from: 2, 4, flags: .goodbye, at: 30) == ["bye 0"])
    for carrier in [Carrier.multicast, .redis, .redis] {
      #expect(node.hear(from: 2, 4, flags: .goodbye, over: carrier, at: 31) == [])
    }
    #expect(node.membership.figures.duplicates == 5)
    #expect(node.membership.drops.total == 0)
  }

  @Test func `under a secret what is repeated of a former round is a replay, by any carrier`() {
    var node = LoneNode(secret: "s")
    for number in UInt64(1)...4 { _ = node.hear(from: 2, number, at: 10 * number) }
    _ = node.hear(from: 2, 3, at: 50)
    _ = node.hear(from: 2, 2, over: .redis, at: 51)
    #expect(node.membership.drops[.replayed] == 2)
    _ = node.hear(from: 2, 5, flags: .goodbye, at: 60)
    _ = node.hear(from: 2, 4, at: 61)
    #expect(node.membership.drops[.replayed] == 3)
    // When its node is long gone, a goodbye is none of its copies either.
    _ = node.advance(to: 20_000)
    #expect(node.membership.drops[.replayed] == 3)
    _ = node.hear(from: 2, 5, flags: .goodbye, at: 20_001)
    #expect(node.membership.drops[.replayed] == 4)
  }

  @Test func `under a secret a clock may be a node timeout away and no more`() {
    for (milliseconds, isHeard) in [(UInt64(5000), true), (5001, false)] {
      guard let secret = ClusterSecret(Array("s".utf8).span) else { return }
      var encoder = DatagramEncoder(session: LoneNode.session(2), secret: secret)
      encoder.begin(sequence: 1, round: 1, wall: 1_000_000)
      encoder.tell("a", 1, 1)
      var bytes: ContiguousArray<UInt8> = []
      encoder.finish(into: &bytes)
      var node = LoneNode(secret: "s")
      #expect(node.hear(bytes, at: milliseconds).isEmpty == !isHeard)
      #expect(node.membership.drops[.late] == (isHeard ? 0 : 1))
    }
  }

  @Test func `the answer about the cluster names the nodes, the drops and the carriers, in JSON`() {
    var node = LoneNode()
    _ = node.hear(from: 2, 1, flags: .full, at: 1250)
    _ = node.hear([0xC0], at: 1300)
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
      "last_heard":1001.250,"namespaces":0,"members":0,"old":false,"dropped":{}}],\
      "duplicates":0,"lost_events":0,"dropped":{"not a map":1},\
      "carriers":[{"carrier":"multicast","address":"239.0.0.1:314","state":"up","sent":0,\
      "unsent":0,"received":0,"overrun":0}]}
      """
    #expect(driver.takeOccurrences() == [.answered(.ok, body: Array(json.utf8))])
  }

  @Test func `a count of 0 creates no namespace, and is taken where the namespace exists`() {
    var node = LoneNode()
    #expect(node.hear(from: 2, 1, flags: .full, at: 10) { $0.tell("a", 0, 3) } == [])
    #expect(node.driver.total(of: Array("a".utf8)) == nil)
    node.open(1, "a", at: 20)
    #expect(node.hear(from: 2, 2, at: 30) { $0.tell("a", 0, 3) } == ["peer 0 a 0 3"])
    #expect(node.driver.total(of: Array("a".utf8))?.connections == 4)
  }
}
