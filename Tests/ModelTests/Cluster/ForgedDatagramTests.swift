// Without a secret any datagram may be forged or damaged: one such datagram does harm for a node
// timeout at most. Each test has two nodes, gives one of them a wrong datagram, and then checks
// their counts, a message and a viewer id.

import MeterModel
import Testing

struct ForgedDatagramTests {
  private static let interval = Duration.milliseconds(100)
  private static let timeout = Duration.milliseconds(500)

  /// Longer than the timeout.
  private static let silence = Duration.milliseconds(1000)

  /// A node timeout and a few intervals.
  private static let healing = Duration.milliseconds(900)

  /// Two nodes that have exchanged so many datagrams that their numbers take two bytes, with two
  /// members each.
  private static func acquainted(secret: String? = nil) -> NodePair {
    var pair = NodePair(interval: interval, timeout: timeout, secret: secret)
    pair.actAtSender { node, now in
      node.open(1, "a", at: now)
      node.open(2, "b", at: now)
    }
    pair.actAtReceiver { node, now in
      node.open(1, "a", at: now)
      node.open(2, "c", at: now)
    }
    for number in 1...300 {
      pair.actAtSender { $0.publish("\(number)", at: $1) }
      pair.pass(interval)
    }
    return pair
  }

  /// The first property that does not hold although it should again; nil if all hold.
  private static func violation(_ pair: NodePair) -> String? {
    var pair = pair
    let truth = pair.sender.ownMembers + pair.receiver.ownMembers
    guard pair.receiver.members == truth else {
      return "\(pair.receiver.members) members, not \(truth)"
    }
    pair.actAtReceiver { $0.open(50, "a", viewer: "later", at: $1) }
    pair.pass(.milliseconds(50))
    pair.actAtSender { node, now in
      node.publish("later", at: now)
      node.open(51, "a", viewer: "later", at: now)
    }
    pair.pass(.milliseconds(300))
    let received = pair.receiver.messages.count { $0 == "later" }
    guard received == 1 else { return "a later message came \(received) times" }
    guard pair.receiver.excluded == [50] else { return "a later exclusion was ignored" }
    return nil
  }

  /// A datagram like the sender's next one, except for its numbers.
  private static func forged(
    _ pair: NodePair, seq: UInt64, rnd: UInt64? = nil, flags: DatagramEncoder.Flags = [],
    secret: String? = nil, _ content: (inout DatagramEncoder) -> Void = { _ in }
  ) -> ContiguousArray<UInt8> {
    var encoder = DatagramEncoder(
      session: LoneNode.session(1), secret: secret.flatMap { ClusterSecret(Array($0.utf8).span) })
    let wall = 1_000_000_000 + pair.now.nanoseconds / 1_000_000
    encoder.begin(sequence: seq, round: rnd ?? seq, wall: wall, flags: flags)
    content(&encoder)
    var bytes: ContiguousArray<UInt8> = []
    encoder.finish(into: &bytes)
    return bytes
  }

  /// The number of the sender's last datagram, which is close to that of the next.
  private static func latest(_ pair: NodePair) throws -> UInt64 {
    var pair = pair
    pair.isHeld = true
    pair.pass(interval)
    let bytes = try #require(pair.held.first)
    return try #require(try ClusterDatagram.decode(bytes.span).get().sequence) - 1
  }

  @Test func `two nodes agree where nothing was forged`() {
    #expect(Self.violation(Self.acquainted()) == nil)
  }

  @Test(arguments: ["before it", "after it", "instead of it"])
  func `any one wrong bit in a datagram does harm for a timeout at most`(
    place: String
  ) {
    var start = Self.acquainted()
    start.isHeld = true
    start.actAtSender { node, now in
      node.publish("a message", at: now)
      node.open(10, "a", viewer: "v", at: now)
      node.open(11, "a", viewer: "v", at: now)
    }
    start.pass(Self.interval)
    let datagrams = start.held
    // Events, and the counts of a round.
    #expect(datagrams.count == 2)
    start.release()
    for number in datagrams.indices {
      for bit in 0..<datagrams[number].count * 8 {
        var wrong = datagrams[number]
        wrong[bit / 8] ^= 1 << UInt8(bit % 8)
        var pair = start
        for (index, bytes) in datagrams.enumerated() {
          if index == number, place != "after it" { pair.receive(wrong) }
          if index != number || place != "instead of it" { pair.receive(bytes) }
          if index == number, place == "after it" { pair.receive(wrong) }
        }
        pair.pass(Self.healing)
        // A wrong number takes the place of one of the next events, whose numbers differ from it by
        // one bit.
        for _ in 0..<4 { pair.actAtSender { $0.publish("between", at: $1) } }
        let violation = Self.violation(pair)
        guard violation == nil else {
          Issue.record("bit \(bit) of datagram \(number), \(place): \(violation ?? "")")
          return
        }
      }
    }
  }

  /// How far the forged numbers are above the true ones.
  static let leaps: [UInt64] = [
    1, 100, 2048, 4095, 4096, 4097, 5000, 1 << 20, ClusterDatagram.maximumNumber / 2,
  ]

  @Test(arguments: leaps)
  func `a number that is too high silences no node, whether its round is too high or not`(
    leap: UInt64
  ) throws {
    let start = Self.acquainted()
    let latest = try Self.latest(start)
    for rnd in [latest, latest + leap] {
      for flags in [[], DatagramEncoder.Flags.goodbye, .full] {
        var pair = start
        pair.receive(Self.forged(pair, seq: latest + leap, rnd: rnd, flags: flags))
        pair.pass(Self.healing)
        #expect(Self.violation(pair) == nil, "round \(rnd), flags \(flags)")
      }
    }
    var pair = start
    pair.receive(Self.forged(pair, seq: latest + leap))
    #expect(pair.receiver.drops[.badNumber] == (leap > 4096 ? 1 : 0))
  }

  @Test(arguments: leaps)
  func `the number of an event that is too high loses no later event, with or without a silence`(
    leap: UInt64
  )
    throws
  {
    let start = Self.acquainted()
    let latest = try Self.latest(start)
    for isCut in [false, true] {
      var pair = start
      pair.receive(
        Self.forged(pair, seq: latest + 1, rnd: latest) {
          $0.add(message: 300 + leap, "nobody", "forged")
          $0.exclude(min(300 + 2 * leap, ClusterDatagram.maximumNumber), "v", stamp: 1)
        })
      if isCut {
        pair.isCut = true
        pair.pass(Self.silence)
        pair.isCut = false
      }
      pair.pass(Self.healing)
      // The forged events take the places of at most two others.
      for _ in 0..<2 { pair.actAtSender { $0.publish("between", at: $1) } }
      #expect(Self.violation(pair) == nil, "cut: \(isCut)")
    }
  }

  @Test func `a node that is first heard with wrong numbers is accepted with the right ones later`()
    throws
  {
    let start = Self.acquainted()
    for number in [400, 9000, ClusterDatagram.maximumNumber] {
      var settings = ClusterSettings()
      (settings.notifyInterval, settings.nodeTimeout) = (Self.interval, Self.timeout)
      var pair = start
      pair.actAtReceiver { node, now in
        // A node that starts now; its clock continues, so that the pair's instants never decrease.
        node = MeteredNode(2, settings: settings, secret: nil)
        node.advance(to: now)
        _ = node.takeSent()
        node.open(1, "a", at: now)
        node.open(2, "c", at: now)
      }
      pair.receive(
        Self.forged(pair, seq: number, flags: .full) {
          $0.add("x", 9, 9)
          $0.add(message: number, "nobody", "forged")
        })
      pair.pass(Self.healing)
      #expect(Self.violation(pair) == nil, "number \(number)")
    }
  }

  @Test func `a legacy node in whose name a datagram with a number was forged is accepted again`() {
    var node = LoneNode()
    var encoder = DatagramEncoder(session: LoneNode.session(7), secret: nil)
    encoder.begin()
    encoder.add("b", 1, 1)
    var legacy: ContiguousArray<UInt8> = []
    encoder.finish(into: &legacy)
    #expect(node.receive(legacy, at: 1000) == ["peer 0 b 1 1"])
    _ = node.receive(from: 7, 1, at: 1500)
    #expect(node.receive(legacy, at: 3000) == [])
    #expect(node.receive(legacy, at: 5000) == [])
    #expect(node.receive(legacy, at: 7000) == ["peer 0 b 1 1"])
    #expect(node.receive(legacy, at: 9000) == ["peer 0 b 1 1"])
  }

  @Test
  func `after a separation with more numbers than the window, the second datagram is accepted`() {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    _ = node.receive(from: 2, 1, flags: .full, at: 10) { $0.add(message: 1, "a", "one") }
    #expect(node.receive(from: 2, 9001, at: 60_000) { $0.add("a", 1, 1) } == [])
    let asked = node.advance(to: 60_000)
    #expect(asked.contains { $0.contains("ask") && $0.hasSuffix("2") }, "\(asked)")
    #expect(node.receive(from: 2, 9002, at: 60_001) { $0.add("a", 1, 1) } == ["peer 0 a 1 1"])
    #expect(node.membership.drops[.badNumber] == 1)
    // Events with distant numbers are accepted once when they arrive again.
    let far = node.receive(from: 2, 9003, at: 60_002) { $0.add(message: 8000, "a", "two") }
    #expect(far == [])
    let again = node.receive(from: 2, 9004, at: 60_003) { $0.add(message: 8000, "a", "two") }
    #expect(again == ["message a two"])
    #expect(node.receive(from: 2, 9005, at: 60_004) { $0.add(message: 8000, "a", "two") } == [])
  }

  @Test func `delayed datagrams do not bring an earlier round back`() {
    var node = LoneNode()
    for number in UInt64(1)...9 where number < 4 || number > 8 {
      _ = node.receive(from: 2, number, at: number * 100) { $0.add("a", number, number) }
    }
    // After a pause many datagrams arrive at once.
    for number in UInt64(4)...8 {
      #expect(node.receive(from: 2, number, at: 20_000) { $0.add("a", number, number) } == [])
    }
    #expect(node.receive(from: 2, 10, at: 20_000) { $0.add("a", 10, 10) } == ["peer 0 a 10 10"])
  }

  @Test func `under a secret a recorded run is never accepted`()
    throws
  {
    var pair = Self.acquainted(secret: "s")
    pair.isHeld = true
    pair.pass(.milliseconds(2000))
    let recorded = pair.held
    pair.isHeld = false
    for bytes in recorded { pair.receive(bytes) }
    let drops = pair.receiver.drops.total
    pair.isCut = true
    pair.pass(Self.silence)
    #expect(pair.receiver.members == 2)
    for bytes in recorded {
      pair.receive(bytes)
      pair.pass(Self.interval)
      #expect(pair.receiver.members == 2)
    }
    #expect(pair.receiver.drops.total == drops + UInt64(recorded.count))
    pair.isCut = false
    pair.pass(Self.healing)
    #expect(Self.violation(pair) == nil)
  }
}
