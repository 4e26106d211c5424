// A sender without a secret invents nodes without end: each is heard once, reports a count, and
// leaves. Nothing that a node keeps of them grows without end: not its own tables, not those of the
// meter, and not the names in a captured log.

import MeterModel
import Testing

struct InventedNodesTests {
  #if DEBUG
    private static let many = 60_000
  #else
    private static let many = 2_000_000
  #endif

  @Test func `nodes without end use no more memory and no more names in a log than a few nodes`() {
    var node = CapturedNode(maximumNodes: 4, rememberedNodes: 12)
    node.openOne()
    var datagrams = InventedDatagrams()
    var bytesAtFirst = 0
    for number in 0..<Self.many {
      let (hello, goodbye, _) = datagrams.next()
      node.receive(hello)
      node.receive(goodbye)
      node.pass(milliseconds: 1)
      if number == 1000 { bytesAtFirst = node.driver.node.meter.tableBytes }
    }
    node.pass(milliseconds: 100)
    #expect(node.membership.drops.total == 0)
    // The nodes that are present, remembered, and about to be forgotten, and one for all forgotten
    // nodes.
    #expect(node.namedNodes <= 4 + 12 + 4 + 1)
    #expect(node.driver.node.meter.tableBytes <= bytesAtFirst)
    #expect(node.highestNode < 4 + 12 + 4 + 1)
    // One of this node, and two of each invented one: nothing of the total is lost.
    #expect(node.total == (members: 1, connections: 1 + 2 * UInt64(Self.many)))
    node.driver.node.meter.audit()
  }

  @Test
  func
    `when too many nodes come and go at once, those that would need one more number are ignored`()
  {
    var node = CapturedNode(maximumNodes: 4, rememberedNodes: 12)
    node.openOne()
    var datagrams = InventedDatagrams()
    var remembered: ContiguousArray<UInt8> = []
    for number in 1...100 {
      let (hello, goodbye, again) = datagrams.next()
      node.receive(hello)
      node.receive(goodbye)
      if number == 16 { remembered = again }
    }
    // Twelve are remembered, and four are about to be forgotten, for which there was no time.
    #expect(node.membership.drops[.tooManyNodes] == 2 * (100 - 16))
    #expect(node.total.connections == 1 + 2 * 16)
    // A remembered node needs no new number.
    node.receive(remembered)
    #expect(node.total == (members: 2, connections: 1 + 2 * 16))
    node.pass(milliseconds: 10)
    node.receive(datagrams.next().hello)
    #expect(node.total.connections == 1 + 2 * 17)
    #expect(node.highestNode < 4 + 12 + 4 + 1)
  }

  @Test
  func `a remembered node is not counted twice, and the connections of a forgotten one remain`() {
    var node = CapturedNode(maximumNodes: 4, rememberedNodes: 2)
    node.openOne()
    var datagrams = InventedDatagrams()
    let first = datagrams.next()
    node.receive(first.hello)
    node.receive(first.goodbye)
    for _ in 0..<2 {
      let (hello, goodbye, _) = datagrams.next()
      node.receive(hello)
      node.receive(goodbye)
      node.pass(milliseconds: 1)
    }
    #expect(node.total.connections == 1 + 2 * 3)
    // It was forgotten, so it is a new node now.
    node.receive(first.hello)
    #expect(node.total == (members: 2, connections: 1 + 2 * 4))
  }

  @Test func `a node with the number of a forgotten node does not hold its viewer ids`() {
    var settings = ClusterSettings()
    (settings.maximumNodes, settings.rememberedNodes) = (1, 1)
    var node = LoneNode(settings: settings)
    node.open(1, "b", viewer: "v", at: 1)
    let id = node.id(of: 1)
    _ = node.receive(from: 2, 1, flags: .full, at: 2) {
      $0.add("a", 1, 1)
      $0.exclude(1, "v", stamp: 9_000_001)
    }
    #expect(node.refuses("v", lastEventID: id))
    #expect(node.receive(from: 2, 2, flags: .goodbye, at: 4) == ["bye 0"])
    var others: [String] = []
    for other in UInt64(3)...9 {
      let at = other * 1000
      _ = node.advance(to: at)
      others += node.receive(from: other, 1, flags: .full, at: at) { $0.add("a", 1, 1) }
      #expect(!node.refuses("v", lastEventID: id))
      _ = node.receive(from: other, 2, flags: .goodbye, at: at + 1)
    }
    #expect(others.contains("peer 0 a 1 1"), "no node has that number again")
  }
}

/// The datagrams of an invented node: one member and two connections; a goodbye; the first again.
private struct InventedDatagrams {
  private var datagrams: [ContiguousArray<UInt8>] = []
  private var number: UInt64 = 0

  init() {
    for sequence in UInt64(1)...3 {
      var encoder = DatagramEncoder(session: SessionID(randomBits: 7, 0), secret: nil)
      encoder.begin(
        sequence: sequence, round: sequence, wall: 1_000_000,
        flags: sequence == 2 ? .goodbye : .full)
      if sequence != 2 { encoder.add("a", 1, 2) }
      var bytes: ContiguousArray<UInt8> = []
      encoder.finish(into: &bytes)
      datagrams.append(bytes)
    }
  }

  /// The datagrams of the next node. The session is text at the same place in each; its last twelve
  /// digits count.
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

  /// The number of names of nodes in the log, and the largest of their numbers.
  private(set) var namedNodes = 0
  private(set) var highestNode: UInt32 = 0
  private var log = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
  private var clock = Instant.start

  init(maximumNodes: Int, rememberedNodes: Int) {
    var settings = ClusterSettings()
    (settings.maximumNodes, settings.rememberedNodes) = (maximumNodes, rememberedNodes)
    driver = NodeDriver(
      NodeSettings(
        hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6))),
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
    recordNodes()
  }

  mutating func receive(_ bytes: ContiguousArray<UInt8>) {
    driver.receive(bytes, at: clock)
    recordNodes()
  }

  mutating func pass(milliseconds: UInt64) {
    for _ in 0..<milliseconds {
      clock = clock + .milliseconds(1)
      guard driver.node.nextDeadline <= clock else { continue }
      driver.advance(to: clock)
      recordNodes()
    }
  }

  private mutating func recordNodes() {
    for occurrence in driver.takeOccurrences() {
      switch occurrence {
      case .fed(.peer(let node, _, _, _)), .fed(.bye(let node)):
        highestNode = max(highestNode, node.number)
        guard !log.knows(node) else { continue }
        log.name(node, Array("\(node.number)".utf8).span)
        namedNodes += 1
      case .fed, .fedMessage, .fedRetained, .retired, .greeted, .sent, .ended, .refused, .message,
        .answered, .datagram:
        break
      }
    }
  }
}
