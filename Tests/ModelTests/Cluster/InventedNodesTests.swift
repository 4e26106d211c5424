// Somebody without a secret invents nodes without end: each is heard once, says that it counts something, and
// leaves. Nothing that a node keeps of them grows without end: not its own tables, not the meter's, and
// not the names in a log that is captured.

import MeterModel
import Testing

struct InventedNodesTests {
  #if DEBUG
    private static let many = 60_000
  #else
    private static let many = 2_000_000
  #endif

  @Test func `nodes without end take no more memory and no more names of a log than a few`() {
    var node = CapturedNode(maximumNodes: 4, rememberedNodes: 12)
    node.openOne()
    var datagrams = InventedDatagrams()
    var bytesAtFirst = 0
    for number in 0..<Self.many {
      let (hello, goodbye, _) = datagrams.next()
      node.hear(hello)
      node.hear(goodbye)
      node.pass(milliseconds: 1)
      if number == 1000 { bytesAtFirst = node.driver.node.meter.tableBytes }
    }
    node.pass(milliseconds: 100)
    #expect(node.membership.drops.total == 0)
    // Those who are there, are remembered and wait to be forgotten, and the one for all who were forgotten.
    #expect(node.namedNodes <= 4 + 12 + 4 + 1)
    #expect(node.driver.node.meter.tableBytes <= bytesAtFirst)
    #expect(node.highestNode < 4 + 12 + 4 + 1)
    // One that is here, and two of each of them: nothing is lost of the total.
    #expect(node.total == (members: 1, connections: 1 + 2 * UInt64(Self.many)))
    node.driver.node.meter.audit()
  }

  @Test
  func `when too many come and go at once, those are not heard who would need one number more`() {
    var node = CapturedNode(maximumNodes: 4, rememberedNodes: 12)
    node.openOne()
    var datagrams = InventedDatagrams()
    var remembered: ContiguousArray<UInt8> = []
    for number in 1...100 {
      let (hello, goodbye, again) = datagrams.next()
      node.hear(hello)
      node.hear(goodbye)
      if number == 16 { remembered = again }
    }
    // Twelve are remembered and four wait to be forgotten, for which there was no time.
    #expect(node.membership.drops[.tooManyNodes] == 2 * (100 - 16))
    #expect(node.total.connections == 1 + 2 * 16)
    // One that is remembered needs no new number.
    node.hear(remembered)
    #expect(node.total == (members: 2, connections: 1 + 2 * 16))
    node.pass(milliseconds: 10)
    node.hear(datagrams.next().hello)
    #expect(node.total.connections == 1 + 2 * 17)
    #expect(node.highestNode < 4 + 12 + 4 + 1)
  }

  @Test
  func `a node that is remembered is not counted twice, and one that is forgotten keeps its part`()
  {
    var node = CapturedNode(maximumNodes: 4, rememberedNodes: 2)
    node.openOne()
    var datagrams = InventedDatagrams()
    let first = datagrams.next()
    node.hear(first.hello)
    node.hear(first.goodbye)
    for _ in 0..<2 {
      let (hello, goodbye, _) = datagrams.next()
      node.hear(hello)
      node.hear(goodbye)
      node.pass(milliseconds: 1)
    }
    #expect(node.total.connections == 1 + 2 * 3)
    // It was forgotten, so it is another node now.
    node.hear(first.hello)
    #expect(node.total == (members: 2, connections: 1 + 2 * 4))
  }

  @Test func `a node under the number of a forgotten one does not hold that one's viewer ids`() {
    var settings = ClusterSettings()
    (settings.maximumNodes, settings.rememberedNodes) = (1, 1)
    var node = LoneNode(settings: settings)
    node.open(1, "b", viewer: "v", at: 1)
    let id = node.id(of: 1)
    _ = node.hear(from: 2, 1, flags: .full, at: 2) {
      $0.tell("a", 1, 1)
      $0.exclude(1, "v", stamp: 9_000_001)
    }
    #expect(node.refuses("v", lastEventID: id))
    #expect(node.hear(from: 2, 2, flags: .goodbye, at: 4) == ["bye 0"])
    var others: [String] = []
    for other in UInt64(3)...9 {
      let at = other * 1000
      _ = node.advance(to: at)
      others += node.hear(from: other, 1, flags: .full, at: at) { $0.tell("a", 1, 1) }
      #expect(!node.refuses("v", lastEventID: id))
      _ = node.hear(from: other, 2, flags: .goodbye, at: at + 1)
    }
    #expect(others.contains("peer 0 a 1 1"), "no node has that number again")
  }
}

/// What each of the invented nodes says: that it has a member and had two connections; that it leaves; and the
/// former again.
private struct InventedDatagrams {
  private var datagrams: [ContiguousArray<UInt8>] = []
  private var number: UInt64 = 0

  init() {
    for sequence in UInt64(1)...3 {
      var encoder = DatagramEncoder(session: SessionID(randomBits: 7, 0), secret: nil)
      encoder.begin(
        sequence: sequence, round: sequence, wall: 1_000_000,
        flags: sequence == 2 ? .goodbye : .full)
      if sequence != 2 { encoder.tell("a", 1, 2) }
      var bytes: ContiguousArray<UInt8> = []
      encoder.finish(into: &bytes)
      datagrams.append(bytes)
    }
  }

  /// Those of the next node. The session is text in the same place of each: its last twelve digits count.
  mutating func next() -> (
    hello: ContiguousArray<UInt8>, goodbye: ContiguousArray<UInt8>, again: ContiguousArray<UInt8>
  ) {
    number += 1
    var rest = number
    for place in (31..<43).reversed() {
      let digit = UInt8(ascii: "a") + UInt8(rest % 16)
      for index in datagrams.indices { datagrams[index][place] = digit }
      rest /= 16
    }
    return (datagrams[0], datagrams[1], datagrams[2])
  }
}

/// A node whose meter is captured.
private struct CapturedNode {
  private(set) var driver: NodeDriver

  /// How many names of nodes the log has, and the largest of their numbers.
  private(set) var namedNodes = 0
  private(set) var highestNode: UInt32 = 0
  private var log = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
  private var clock = Instant.start

  init(maximumNodes: Int, rememberedNodes: Int) {
    var settings = ClusterSettings()
    (settings.maximumNodes, settings.rememberedNodes) = (maximumNodes, rememberedNodes)
    driver = NodeDriver(
      NodeSettings(hashKey: HashKey(1, 2)),
      membership: Membership(
        session: SessionID(randomBits: 0, 1), settings: settings, secret: nil,
        wallStart: 1_000_000, hashKey: HashKey(3, 4)))
  }

  var membership: Membership {
    guard let membership = driver.node.membership else { fatalError("a node without a cluster") }
    return membership
  }

  /// The members of the only namespace, and the connections that were ever counted in it.
  var total: (members: UInt64, connections: UInt64) {
    let statistics = driver.total(of: Array("a".utf8))
    return (statistics?.members ?? 0, statistics?.connections ?? 0)
  }

  mutating func openOne() {
    driver.open(0, Array("a".utf8), at: clock)
    noteNodes()
  }

  mutating func hear(_ bytes: ContiguousArray<UInt8>) {
    driver.receive(bytes, at: clock)
    noteNodes()
  }

  mutating func pass(milliseconds: UInt64) {
    for _ in 0..<milliseconds {
      clock = clock + .milliseconds(1)
      guard driver.node.nextDeadline <= clock else { continue }
      driver.advance(to: clock)
      noteNodes()
    }
  }

  private mutating func noteNodes() {
    for occurrence in driver.takeOccurrences() {
      switch occurrence {
      case .fed(.peer(let node, _, _, _)), .fed(.bye(let node)):
        highestNode = max(highestNode, node.number)
        guard !log.knows(node) else { continue }
        log.name(node, Array("\(node.number)".utf8).span)
        namedNodes += 1
      case .fed, .fedMessage, .retired, .greeted, .ended, .refused, .message, .answered, .datagram:
        break
      }
    }
  }
}
