// Without a secret anybody may say anything, and a bit may be wrong: one datagram that is so harms for a node
// timeout and no longer. Each test has two nodes, tells one of them something wrong, and demands the truth.

import MeterModel
import Testing

struct ForgedDatagramTests {
  private static let interval = Duration.milliseconds(100)
  private static let timeout = Duration.milliseconds(500)

  /// Longer than the timeout.
  private static let silence = Duration.milliseconds(1000)

  /// A node timeout and a few intervals.
  private static let healing = Duration.milliseconds(900)

  /// Two nodes that have told each other so much that their numbers take two bytes, with two members each.
  private static func talked(secret: String? = nil) -> NodePair {
    var pair = NodePair(interval: interval, timeout: timeout, secret: secret)
    pair.speak { node, now in
      node.open(1, "a", at: now)
      node.open(2, "b", at: now)
    }
    pair.act { node, now in
      node.open(1, "a", at: now)
      node.open(2, "c", at: now)
    }
    for number in 1...300 {
      pair.speak { $0.publish("\(number)", at: $1) }
      pair.pass(interval)
    }
    return pair
  }

  /// What is wrong when all should be well again; nil if nothing is.
  private static func complaint(_ pair: NodePair) -> String? {
    var pair = pair
    let truth = pair.speaker.ownMembers + pair.hearer.ownMembers
    guard pair.hearer.members == truth else {
      return "\(pair.hearer.members) members, not \(truth)"
    }
    pair.act { $0.open(50, "a", viewer: "later", at: $1) }
    pair.pass(.milliseconds(50))
    pair.speak { node, now in
      node.publish("later", at: now)
      node.open(51, "a", viewer: "later", at: now)
    }
    pair.pass(.milliseconds(300))
    let received = pair.hearer.messages.count { $0 == "later" }
    guard received == 1 else { return "a later message came \(received) times" }
    guard pair.hearer.excluded == [50] else { return "a later exclusion was not taken" }
    return nil
  }

  /// A datagram as the speaker's next, but for its numbers.
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

  /// The number of the last datagram of the speaker, which is not far from that of the next.
  private static func latest(_ pair: NodePair) throws -> UInt64 {
    var pair = pair
    pair.isHeld = true
    pair.pass(interval)
    let bytes = try #require(pair.held.first)
    return try #require(try ClusterDatagram.decode(bytes.span).get().sequence) - 1
  }

  @Test func `nothing is wrong where nothing was forged`() {
    #expect(Self.complaint(Self.talked()) == nil)
  }

  @Test(arguments: ["before it", "after it", "instead of it"])
  func `one wrong bit in a datagram, whichever it is, harms for a timeout and no longer`(
    place: String
  ) {
    var start = Self.talked()
    start.isHeld = true
    start.speak { node, now in
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
          if index == number, place != "after it" { pair.hear(wrong) }
          if index != number || place != "instead of it" { pair.hear(bytes) }
          if index == number, place == "after it" { pair.hear(wrong) }
        }
        pair.pass(Self.healing)
        // A wrong number takes the place of one of the next events, whose numbers differ from it by one bit.
        for _ in 0..<4 { pair.speak { $0.publish("between", at: $1) } }
        let complaint = Self.complaint(pair)
        guard complaint == nil else {
          Issue.record("bit \(bit) of datagram \(number), \(place): \(complaint ?? "")")
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
  func `a number that leaps silences nobody, whether its round leaps too`(leap: UInt64) throws {
    let start = Self.talked()
    let latest = try Self.latest(start)
    for rnd in [latest, latest + leap] {
      for flags in [[], DatagramEncoder.Flags.goodbye, .full] {
        var pair = start
        pair.hear(Self.forged(pair, seq: latest + leap, rnd: rnd, flags: flags))
        pair.pass(Self.healing)
        #expect(Self.complaint(pair) == nil, "round \(rnd), flags \(flags)")
      }
    }
    var pair = start
    pair.hear(Self.forged(pair, seq: latest + leap))
    #expect(pair.hearer.drops[.badNumber] == (leap > 4096 ? 1 : 0))
  }

  @Test(arguments: leaps)
  func `an event's number that leaps loses no later event, nor if silence follows`(
    leap: UInt64
  )
    throws
  {
    let start = Self.talked()
    let latest = try Self.latest(start)
    for isCut in [false, true] {
      var pair = start
      pair.hear(
        Self.forged(pair, seq: latest + 1, rnd: latest) {
          $0.tell(message: 300 + leap, "nobody", "forged")
          $0.exclude(min(300 + 2 * leap, ClusterDatagram.maximumNumber), "v", stamp: 1)
        })
      if isCut {
        pair.isCut = true
        pair.pass(Self.silence)
        pair.isCut = false
      }
      pair.pass(Self.healing)
      // The forged events take the places of others, at most these two.
      for _ in 0..<2 { pair.speak { $0.publish("between", at: $1) } }
      #expect(Self.complaint(pair) == nil, "cut: \(isCut)")
    }
  }

  @Test func `who is first heard with wrong numbers is heard with the right ones later`() throws {
    let start = Self.talked()
    for number in [400, 9000, ClusterDatagram.maximumNumber] {
      var settings = ClusterSettings()
      (settings.notifyInterval, settings.nodeTimeout) = (Self.interval, Self.timeout)
      var pair = start
      pair.act { node, now in
        // As one that starts now; its clock goes on, so that the pair's instants never decrease.
        node = MeteredNode(2, settings: settings, secret: nil)
        node.advance(to: now)
        _ = node.takeSent()
        node.open(1, "a", at: now)
        node.open(2, "c", at: now)
      }
      pair.hear(
        Self.forged(pair, seq: number, flags: .full) {
          $0.tell("x", 9, 9)
          $0.tell(message: number, "nobody", "forged")
        })
      pair.pass(Self.healing)
      #expect(Self.complaint(pair) == nil, "number \(number)")
    }
  }

  @Test func `a node of the original for which somebody spoke with a number is heard again`() {
    var node = LoneNode()
    var encoder = DatagramEncoder(session: LoneNode.session(7), secret: nil)
    encoder.begin()
    encoder.tell("b", 1, 1)
    var original: ContiguousArray<UInt8> = []
    encoder.finish(into: &original)
    #expect(node.hear(original, at: 1000) == ["peer 0 b 1 1"])
    _ = node.hear(from: 7, 1, at: 1500)
    #expect(node.hear(original, at: 3000) == [])
    #expect(node.hear(original, at: 5000) == [])
    #expect(node.hear(original, at: 7000) == ["peer 0 b 1 1"])
    #expect(node.hear(original, at: 9000) == ["peer 0 b 1 1"])
  }

  @Test func `a parting in which more numbers pass than are kept is over with the second datagram`()
  {
    var node = LoneNode()
    node.open(1, "a", at: 0)
    _ = node.hear(from: 2, 1, flags: .full, at: 10) { $0.tell(message: 1, "a", "one") }
    #expect(node.hear(from: 2, 9001, at: 60_000) { $0.tell("a", 1, 1) } == [])
    let asked = node.advance(to: 60_000)
    #expect(asked.contains { $0.contains("ask") && $0.hasSuffix("2") }, "\(asked)")
    #expect(node.hear(from: 2, 9002, at: 60_001) { $0.tell("a", 1, 1) } == ["peer 0 a 1 1"])
    #expect(node.membership.drops[.badNumber] == 1)
    // Events that are far are told again when they were asked for, and then taken once.
    let far = node.hear(from: 2, 9003, at: 60_002) { $0.tell(message: 8000, "a", "two") }
    #expect(far == [])
    let again = node.hear(from: 2, 9004, at: 60_003) { $0.tell(message: 8000, "a", "two") }
    #expect(again == ["message a two"])
    #expect(node.hear(from: 2, 9005, at: 60_004) { $0.tell(message: 8000, "a", "two") } == [])
  }

  @Test func `datagrams that the network held back do not bring an earlier round back`() {
    var node = LoneNode()
    for number in UInt64(1)...9 where number < 4 || number > 8 {
      _ = node.hear(from: 2, number, at: number * 100) { $0.tell("a", number, number) }
    }
    // After a standstill much comes at once.
    for number in UInt64(4)...8 {
      #expect(node.hear(from: 2, number, at: 20_000) { $0.tell("a", number, number) } == [])
    }
    #expect(node.hear(from: 2, 10, at: 20_000) { $0.tell("a", 10, 10) } == ["peer 0 a 10 10"])
  }

  @Test func `under a secret a run that was recorded is not believed, however long it is repeated`()
    throws
  {
    var pair = Self.talked(secret: "s")
    pair.isHeld = true
    pair.pass(.milliseconds(2000))
    let recorded = pair.held
    pair.isHeld = false
    for bytes in recorded { pair.hear(bytes) }
    let drops = pair.hearer.drops.total
    pair.isCut = true
    pair.pass(Self.silence)
    #expect(pair.hearer.members == 2)
    for bytes in recorded {
      pair.hear(bytes)
      pair.pass(Self.interval)
      #expect(pair.hearer.members == 2)
    }
    #expect(pair.hearer.drops.total == drops + UInt64(recorded.count))
    pair.isCut = false
    pair.pass(Self.healing)
    #expect(Self.complaint(pair) == nil)
  }
}
