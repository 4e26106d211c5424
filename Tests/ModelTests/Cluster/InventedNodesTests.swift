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
      if number == 1000 { bytesAtFirst = node.meter.tableBytes }
    }
    node.pass(milliseconds: 100)
    #expect(node.node.drops.total == 0)
    // Those who are there, are remembered and wait to be forgotten, and the one for all who were forgotten.
    #expect(node.namedNodes <= 4 + 12 + 4 + 1)
    #expect(node.meter.tableBytes <= bytesAtFirst)
    #expect(node.highestNode < 4 + 12 + 4 + 1)
    // One that is here, and two of each of them: nothing is lost of the total.
    #expect(node.total == (members: 1, connections: 1 + 2 * UInt64(Self.many)))
    node.meter.audit()
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
    #expect(node.node.drops[.tooManyNodes] == 2 * (100 - 16))
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
    let (viewer, stream) = (Array("v".utf8), Array("s-1".utf8))
    _ = node.act(at: 1) { node, now, _ in node.viewerOpened(viewer.span, at: now) }
    _ = node.hear(from: 2, 1, flags: .full, at: 2) {
      $0.tell("a", 1, 1)
      $0.exclude(1, "v", stamp: 9_000_001)
    }
    _ = node.act(at: 3) { node, now, _ in
      node.ended(viewer.span, streamID: stream.span, at: now)
    }
    var isStopped = node.node.isStopped(viewer.span, streamID: stream.span)
    #expect(isStopped)
    #expect(node.hear(from: 2, 2, flags: .goodbye, at: 4) == ["bye 0"])
    var others: [String] = []
    for other in UInt64(3)...9 {
      let at = other * 1000
      _ = node.advance(to: at)
      others += node.hear(from: other, 1, flags: .full, at: at) { $0.tell("a", 1, 1) }
      isStopped = node.node.isStopped(viewer.span, streamID: stream.span)
      #expect(!isStopped)
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

/// A node whose meter is captured, put together as the daemon does.
private struct CapturedNode {
  private(set) var node: Membership
  private(set) var meter = Meter(configuration: Configuration())

  /// How many names of nodes the log has, and the largest of their numbers.
  private(set) var namedNodes = 0
  private(set) var highestNode: UInt32 = 0
  private var names = NameTable(key: HashKey(1, 2))
  private var effects = EffectBuffer()
  private var directives = ClusterDirectives()
  private var log = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
  private var clock = Instant.start

  init(maximumNodes: Int, rememberedNodes: Int) {
    var settings = ClusterSettings()
    (settings.maximumNodes, settings.rememberedNodes) = (maximumNodes, rememberedNodes)
    node = Membership(
      session: SessionID(randomBits: 0, 1), settings: settings, secret: nil, wallStart: 1_000_000,
      hashKey: HashKey(3, 4))
  }

  /// What viewers of the only namespace are told, and how many were ever counted in it.
  var total: (members: UInt64, connections: UInt64) {
    let statistics = meter.statistics(of: NamespaceID(0))
    return (statistics?.members ?? 0, statistics?.connections ?? 0)
  }

  mutating func openOne() {
    let name = Array("a".utf8)
    guard let number = names.bind(name.span) else { return }
    log.name(NamespaceID(number), name.span)
    feed(.opened(ConnectionID(0), NamespaceID(number), viewer: .none, after: .none))
  }

  mutating func hear(_ bytes: ContiguousArray<UInt8>) {
    node.receive(
      bytes.span, from: NodeAddress("192.0.2.7:314"), over: .multicast, at: clock, into: &directives
    )
    obey()
  }

  mutating func pass(milliseconds: UInt64) {
    for _ in 0..<milliseconds {
      clock = clock + .milliseconds(1)
      guard node.nextDeadline <= clock else { continue }
      meter.advance(to: clock, into: &effects)
      node.advance(to: clock, meter: meter, names: names, into: &directives)
      obey()
    }
  }

  private mutating func obey() {
    for directive in directives.directives {
      switch directive {
      case .peer(let node, let name, let members, let connections):
        guard let number = names.find(directives.bytes.span.extracting(name.bounds)) else {
          continue
        }
        feed(.peer(node, NamespaceID(number), members: members, connections: connections))
      case .bye(let node): feed(.bye(node))
      case .send, .message, .exclude: break
      }
    }
    directives.removeAll()
  }

  private mutating func feed(_ event: Event) {
    switch event {
    case .peer(let node, _, _, _), .bye(let node):
      highestNode = max(highestNode, node.number)
      if !log.knows(node) {
        log.name(node, Array("\(node.number)".utf8).span)
        namedNodes += 1
      }
    case .opened, .closed, .excluded, .message: break
    }
    log.append(event, at: clock)
    meter.apply(event, at: clock, into: &effects)
    if log.isFull {
      log.endBlock(at: clock, digest: effects.digest)
      _ = log.take()
    }
    effects.removeAll()
  }
}
