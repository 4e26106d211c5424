// Retained messages in a cluster whose network loses half of all datagrams: all nodes end with the
// same texts, also those that start later or were separated.

import MeterModel
import Testing

/// Nodes whose network loses datagrams.
private struct RetainedCluster {
  private struct Flight {
    let at: Instant
    let to: Int
    let bytes: ContiguousArray<UInt8>
  }

  private let seed: UInt64
  private var random: RandomSource
  private(set) var nodes: [NodeDriver?] = []
  private var flights: [Flight] = []
  private(set) var now = Instant.start

  /// The instants at which the nodes started; their clocks begin there.
  private var starts: [Instant] = []

  /// The datagrams of a thousand that are lost.
  var lost: UInt64 = 500

  /// The node whose network is cut; nil if none is.
  var separated: Int?

  /// The messages that streams were sent, by node.
  private(set) var messages: [[String]] = []
  private var lastStream: UInt32 = 0

  init(seed: UInt64) {
    self.seed = seed
    random = RandomSource(seed: seed).fork("retained")
  }

  mutating func start() {
    let number = UInt64(nodes.count + 1)
    var settings = NodeSettings(
      hashKey: HashKey(seed, number), signer: StreamSigner(run: number, key: HashKey(3, number)))
    settings.configuration.notifyMinDelay = .seconds(60)
    settings.configuration.notifyMaxDelay = .seconds(3600)
    nodes.append(
      NodeDriver(
        settings,
        membership: Membership(
          session: SessionID(randomBits: seed, number), settings: ClusterSettings(), secret: nil,
          wallStart: 1_000_000_000 + now.nanoseconds / 1_000_000, hashKey: HashKey(2, number))))
    starts.append(now)
    messages.append([])
  }

  /// Ends a node without a goodbye.
  mutating func kill(_ number: Int) { nodes[number] = nil }

  private func local(_ number: Int) -> Instant { .start + (now - starts[number]) }

  /// Runs all nodes for a time.
  mutating func pass(_ duration: Duration) {
    let end = now + duration
    while true {
      let deadlines = nodes.indices.compactMap { number in
        nodes[number].map { starts[number] + ($0.node.nextDeadline - .start) }
      }
      guard let next = (deadlines + flights.map(\.at)).min(), next <= end else { break }
      now = max(now, next)
      for number in nodes.indices {
        let instant = local(number)
        nodes[number]?.advance(to: instant)
        carry(from: number)
      }
      let arrived = flights.filter { $0.at <= now }
      flights.removeAll { $0.at <= now }
      for flight in arrived {
        let instant = local(flight.to)
        nodes[flight.to]?.receive(flight.bytes, at: instant)
        carry(from: flight.to)
      }
    }
    now = end
  }

  mutating func open(_ number: Int, _ namespace: String = "a") {
    lastStream += 1
    let instant = local(number)
    nodes[number]?.open(lastStream, Array(namespace.utf8), at: instant)
    carry(from: number)
  }

  mutating func retain(_ text: String, _ service: String = "score", at number: Int) {
    let instant = local(number)
    nodes[number]?.retain(
      Array(text.utf8), of: Array(service.utf8), in: Array("a".utf8), at: instant)
    carry(from: number)
  }

  /// The texts that a node keeps, by service.
  func texts(_ number: Int) -> [String: String] {
    guard let node = nodes[number]?.node, let id = node.namespaces.find(Array("a".utf8).span)
    else { return [:] }
    var texts: [String: String] = [:]
    for kept in node.texts[NamespaceID(id)] {
      let service = node.services.name(of: kept.service.number) ?? []
      texts[String(decoding: service, as: UTF8.self)] = String(decoding: kept.text, as: UTF8.self)
    }
    return texts
  }

  private mutating func carry(from number: Int) {
    for occurrence in nodes[number]?.takeOccurrences() ?? [] {
      switch occurrence {
      case .message(_, let frame, _), .sent(_, let frame):
        messages[number].append(String(decoding: frame, as: UTF8.self))
      case .datagram(let bytes):
        for to in nodes.indices where to != number && separated != to && separated != number {
          guard !random.chance(lost, in: 1000) else { continue }
          let delay = Duration(nanoseconds: 1 + random.below(UInt64(20_000_000)))
          flights.append(Flight(at: now + delay, to: to, bytes: bytes))
        }
      case .fed, .fedMessage, .fedRetained, .retired, .greeted, .ended, .refused, .answered: break
      }
    }
  }
}

struct RetainedClusterTests {
  @Test(arguments: 0..<UInt64(20))
  func `with half of all datagrams lost all nodes end with the same texts`(seed: UInt64) {
    var cluster = RetainedCluster(seed: seed)
    for _ in 0..<3 { cluster.start() }
    for number in 0..<3 { cluster.open(number) }
    cluster.pass(.seconds(10))
    let long = String(repeating: "long ", count: 3000)
    cluster.retain("0-0", at: 0)
    cluster.retain(long, "report", at: 1)
    cluster.retain("x", "gone", at: 2)
    cluster.pass(.seconds(1))
    cluster.retain("1-0", at: 1)
    cluster.retain("1-1", at: 2)
    cluster.retain("", "gone", at: 0)
    cluster.pass(.seconds(20))
    let wanted = cluster.texts(2)
    #expect(wanted["score"] == "1-1" && wanted["report"] == long)
    for number in 0..<3 { #expect(cluster.texts(number) == wanted, "node \(number)") }
    // Each text came once at most.
    for messages in cluster.messages {
      #expect(messages.count { $0 == "data: score=1-1\n\n" } == 1)
      #expect(Set(messages).count == messages.count)
    }
  }

  @Test(arguments: 0..<UInt64(20))
  func `a node that starts later has the texts, though their writer is gone`(seed: UInt64) {
    var cluster = RetainedCluster(seed: seed)
    for _ in 0..<2 { cluster.start() }
    for number in 0..<2 { cluster.open(number) }
    cluster.pass(.seconds(10))
    cluster.retain("1-0", at: 0)
    cluster.retain("x", "gone", at: 0)
    cluster.pass(.seconds(30))
    cluster.retain("", "gone", at: 0)
    cluster.pass(.seconds(30))
    cluster.kill(0)
    cluster.start()
    cluster.open(2)
    cluster.pass(.seconds(20))
    #expect(cluster.texts(1) == ["score": "1-0"])
    #expect(cluster.texts(2) == ["score": "1-0"])
    #expect(cluster.messages[2] == ["data: score=1-0\n\n"])
    // Who comes now is sent it after the greeting.
    cluster.open(2)
    #expect(cluster.messages[2] == ["data: score=1-0\n\n", "data: score=1-0\n\n"])
  }

  @Test(arguments: 0..<UInt64(10))
  func `a node that was separated ends with the later text, and so do the others`(seed: UInt64) {
    var cluster = RetainedCluster(seed: seed)
    for _ in 0..<3 { cluster.start() }
    for number in 0..<3 { cluster.open(number) }
    cluster.pass(.seconds(10))
    cluster.separated = 2
    cluster.pass(.seconds(30))
    cluster.retain("old", at: 0)
    cluster.retain("of it", "own", at: 2)
    cluster.pass(.seconds(1))
    cluster.retain("new", at: 2)
    cluster.pass(.seconds(30))
    #expect(cluster.texts(0) == ["score": "old"])
    cluster.separated = nil
    cluster.pass(.seconds(30))
    for number in 0..<3 {
      #expect(cluster.texts(number) == ["score": "new", "own": "of it"], "node \(number)")
    }
  }

  @Test func `two texts of one moment are decided alike on all nodes`() {
    var cluster = RetainedCluster(seed: 1)
    cluster.lost = 0
    for _ in 0..<2 { cluster.start() }
    for number in 0..<2 { cluster.open(number) }
    cluster.pass(.seconds(10))
    cluster.retain("one", at: 0)
    cluster.retain("two", at: 1)
    cluster.pass(.seconds(10))
    #expect(cluster.texts(0).count == 1 && cluster.texts(0) == cluster.texts(1))
  }

  @Test func `a text for which a node has no room is heard of again when it has`() {
    var cluster = RetainedCluster(seed: 2)
    cluster.lost = 0
    for _ in 0..<2 { cluster.start() }
    for number in 0..<2 { cluster.open(number) }
    cluster.pass(.seconds(10))
    cluster.separated = 1
    for service in 1...16 { cluster.retain("x", "s\(service)", at: 0) }
    cluster.retain("y", "t", at: 1)
    cluster.pass(.seconds(10))
    cluster.separated = nil
    cluster.pass(.seconds(20))
    #expect(cluster.texts(0).count == 16 && cluster.texts(0)["t"] == nil)
    #expect(cluster.texts(1).count == 16)
    cluster.retain("", "s1", at: 0)
    cluster.pass(.seconds(20))
    #expect(cluster.texts(0)["t"] == "y")
    #expect(cluster.texts(0) == cluster.texts(1))
  }

  @Test func `texts of namespaces that nobody watches any more are forgotten everywhere`() {
    var cluster = RetainedCluster(seed: 3)
    cluster.lost = 0
    for _ in 0..<2 { cluster.start() }
    cluster.open(0)
    cluster.pass(.seconds(5))
    cluster.retain("1-0", at: 0)
    cluster.pass(.seconds(5))
    #expect(cluster.texts(1) == ["score": "1-0"])
    cluster.closeAll(of: 0)
    cluster.pass(.seconds(120))
    cluster.open(1)
    cluster.pass(.seconds(20))
    #expect(cluster.texts(0) == [:] && cluster.texts(1) == [:])
  }
}

extension RetainedCluster {
  fileprivate mutating func closeAll(of number: Int) {
    let instant = local(number)
    for stream in nodes[number]?.streams.keys.sorted() ?? [] {
      nodes[number]?.close(stream, at: instant)
    }
    carry(from: number)
  }
}
