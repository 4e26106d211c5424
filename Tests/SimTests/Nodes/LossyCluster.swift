// Nodes in a network that loses datagrams from first to last, and the time until each of them shows
// a count that changed on another one.

import MeterModel
import Testing

/// The conditions of a lossy cluster.
struct LossyWorld: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let interval: Duration
  let timeout: Duration

  /// Whether a lost datagram is lost for all nodes, as on the cable of a sender, or for one.
  let losesForAll: Bool
  var nodes = 4

  /// The datagrams of a thousand that are lost.
  var lost: UInt64 = 500

  /// A canary: a node lists a count that changed in one round, and then as often as any other.
  var listsChangesOnce = false

  /// A canary: no node asks another one.
  var losesRequests = false

  static let all = [
    LossyWorld("0.25 s and 6 s, each node loses others", 250, 6000, losesForAll: false),
    LossyWorld("0.25 s and 6 s, all nodes lose the same", 250, 6000, losesForAll: true),
    LossyWorld("2 s and 5 s, each node loses others", 2000, 5000, losesForAll: false),
    LossyWorld("2 s and 5 s, all nodes lose the same", 2000, 5000, losesForAll: true),
  ]

  private init(_ text: String, _ interval: UInt64, _ timeout: UInt64, losesForAll: Bool) {
    testDescription = text
    self.interval = .milliseconds(interval)
    self.timeout = .milliseconds(timeout)
    self.losesForAll = losesForAll
  }
}

/// What was measured, in one or in many clusters.
struct LossFigures {
  /// For each change of a count and each other node, the time until that node showed the new count,
  /// or until the next change.
  var delays: [Duration] = []

  /// The number of these cases in which the node showed another count at a moment more than ten
  /// intervals after the change, because it had forgotten the right one.
  var forgotten = 0

  /// The delay that `percent` of a hundred do not exceed. Precondition: there are delays.
  func percentile(_ percent: Int) -> Duration {
    delays.sorted()[min(delays.count - 1, delays.count * percent / 100)]
  }
}

/// A cluster in which each node has the viewers of one namespace.
struct LossyCluster {
  private struct Flight {
    let at: Instant
    let to: Int
    let bytes: ContiguousArray<UInt8>
  }

  /// A count that has changed, as one other node sees it.
  private struct Sight {
    var changedAt: Instant
    var isRight = false
    var isForgotten = false
  }

  private let world: LossyWorld
  private let seed: UInt64
  private var random: RandomSource
  private var nodes: [NodeDriver] = []
  private var flights: [Flight] = []
  private var now = Instant.start

  /// By node, the count of its namespace, its streams, and the instant of the next change.
  private var counts: [UInt64]
  private var streams: [[UInt32]]
  private var changes: [Instant]
  private var changesLeft: [Int] = []
  private var lastStream: UInt32 = 0

  /// By node and other node, the last change; nil before the first.
  private var sights: [[Sight?]]
  private var filters: [ChangeFilter]
  private(set) var figures = LossFigures()

  /// The time between two changes of one count, in intervals.
  static let pause = 14

  init(_ world: LossyWorld, seed: UInt64) {
    self.world = world
    self.seed = seed
    random = RandomSource(seed: seed).fork("loss")
    counts = Array(repeating: 0, count: world.nodes)
    streams = Array(repeating: [], count: world.nodes)
    sights = Array(repeating: Array(repeating: nil, count: world.nodes), count: world.nodes)
    changes = []
    filters = []
    for number in 0..<world.nodes {
      nodes.append(node(number))
      filters.append(ChangeFilter(keeps: Duration(nanoseconds: world.timeout.nanoseconds * 2 / 5)))
      changes.append(.start + intervals(20) + .milliseconds(random.below(UInt64(1000))))
    }
  }

  private func node(_ number: Int) -> NodeDriver {
    var settings = ClusterSettings()
    (settings.notifyInterval, settings.nodeTimeout) = (world.interval, world.timeout)
    var node = NodeSettings(
      hashKey: HashKey(seed, UInt64(number)),
      signer: StreamSigner(run: UInt64(number + 1), key: HashKey(3, UInt64(number))))
    node.configuration.clusterNodeTimeout = world.timeout
    // In half of the clusters an empty namespace is forgotten while its zero is still told.
    node.configuration.namespaceCleanDelay = seed % 2 == 0 ? .milliseconds(10) : .seconds(60)
    node.configuration.viewerIDs = .exclusive
    node.configuration.decrementDelay = .zero
    return NodeDriver(
      node,
      membership: Membership(
        session: SessionID(randomBits: seed, UInt64(number + 1)), settings: settings,
        secret: nil, wallStart: 1_000_000_000, hashKey: HashKey(2, UInt64(number))))
  }

  private func intervals(_ count: Int) -> Duration {
    Duration(nanoseconds: world.interval.nanoseconds * UInt64(count))
  }

  private static func namespace(_ node: Int) -> [UInt8] { Array("event-\(node)".utf8) }
}

// MARK: - Running

extension LossyCluster {
  /// Runs the cluster until each count has changed `count` times.
  mutating func run(changes count: Int) {
    changesLeft = Array(repeating: count, count: world.nodes)
    while let next = nextInstant, changesLeft.contains(where: { $0 >= 0 }) {
      now = max(now, next)
      for number in nodes.indices {
        let isDue = nodes[number].node.nextDeadline <= now
        if isDue { nodes[number].advance(to: now) }
        if changes[number] <= now { change(number) }
        send(from: number)
        if isDue { look(at: number) }
      }
      let arrived = flights.filter { $0.at <= now }
      flights.removeAll { $0.at <= now }
      for flight in arrived {
        nodes[flight.to].receive(flight.bytes, at: now)
        send(from: flight.to)
        look(at: flight.to)
      }
    }
  }

  private var nextInstant: Instant? {
    (nodes.map(\.node.nextDeadline) + flights.map(\.at) + changes).min()
  }

  /// Ends the measurement of the last change of a node. Lets one or two viewers join the node or
  /// leave it, or lets all of them leave, unless there were enough changes.
  private mutating func change(_ number: Int) {
    nodes[number].advanceMeter(to: now)
    closeSights(of: number)
    changesLeft[number] -= 1
    guard changesLeft[number] >= 0 else {
      changes[number] = .never
      return
    }
    changes[number] = now + intervals(Self.pause) + .milliseconds(random.below(UInt64(300)))
    let isGrowing = streams[number].isEmpty || random.chance(1, in: 2)
    let moves = 1 + random.below(2)
    if isGrowing {
      for _ in 0..<moves {
        lastStream += 1
        nodes[number].open(lastStream, Self.namespace(number), at: now)
        streams[number].append(lastStream)
      }
    } else {
      let leaving = random.chance(1, in: 2) ? streams[number].count : 1
      for _ in 0..<leaving {
        if let stream = streams[number].popLast() { nodes[number].close(stream, at: now) }
      }
    }
    counts[number] = UInt64(streams[number].count)
    for other in nodes.indices where other != number {
      sights[number][other] = Sight(changedAt: now)
    }
  }

  private mutating func send(from number: Int) {
    for occurrence in nodes[number].takeOccurrences() {
      guard case .datagram(var bytes) = occurrence else { continue }
      if world.listsChangesOnce { bytes = filters[number].filtered(bytes, at: now) }
      if world.losesRequests { bytes = bytes.rewritten(keepsRequest: false) { _ in true } }
      let isLost = world.losesForAll && random.chance(world.lost, in: 1000)
      for to in nodes.indices where to != number {
        guard world.losesForAll ? !isLost : !random.chance(world.lost, in: 1000) else { continue }
        let delay = Duration(nanoseconds: 1 + random.below(UInt64(20_000_000)))
        flights.append(Flight(at: now + delay, to: to, bytes: bytes))
      }
    }
  }
}

// MARK: - Measuring

extension LossyCluster {
  /// Compares what a node shows with the counts of the others.
  private mutating func look(at other: Int) {
    for owner in nodes.indices {
      guard let sight = sights[owner][other] else { continue }
      let total = nodes[other].total(of: Self.namespace(owner))?.members ?? 0
      if total == counts[owner], !sight.isRight {
        sights[owner][other]?.isRight = true
        figures.delays.append(now - sight.changedAt)
      }
      if total != counts[owner], now - sight.changedAt > intervals(10) {
        sights[owner][other]?.isForgotten = sight.isForgotten || sight.isRight
      }
    }
  }

  /// Ends the measurement of the last change of a node's count.
  private mutating func closeSights(of owner: Int) {
    for other in nodes.indices {
      guard let sight = sights[owner][other] else { continue }
      if !sight.isRight { figures.delays.append(now - sight.changedAt) }
      if sight.isForgotten { figures.forgotten += 1 }
      sights[owner][other] = nil
    }
  }
}

// MARK: - Canaries

/// Removes the repetitions of the counts of a node.
private struct ChangeFilter {
  /// A count that has not changed passes once in this time.
  let keeps: Duration
  private var passed: [ContiguousArray<UInt8>: (members: UInt64, at: Instant)] = [:]

  init(keeps: Duration) {
    self.keeps = keeps
  }

  mutating func filtered(
    _ bytes: ContiguousArray<UInt8>, at now: Instant
  ) -> ContiguousArray<UInt8> {
    guard case .success(let datagram) = ClusterDatagram.decode(bytes.span) else { return bytes }
    var isKept: [Bool] = []
    for count in datagram.counts {
      let name = ContiguousArray(bytes[count.name.bounds])
      let last = passed[name]
      let isDue = last.map { $0.members != count.members || now - $0.at >= keeps } ?? true
      isKept.append(isDue || datagram.isFull)
      if isDue { passed[name] = (count.members, now) }
    }
    return bytes.rewritten { isKept[$0] }
  }
}

extension ContiguousArray<UInt8> {
  /// The datagram of these bytes with the counts that `isKept` accepts by their place, and perhaps
  /// without its request. Events are left out.
  fileprivate func rewritten(
    keepsRequest: Bool = true, _ isKept: (Int) -> Bool
  ) -> ContiguousArray<UInt8> {
    guard case .success(let datagram) = ClusterDatagram.decode(span),
      let sequence = datagram.sequence, let round = datagram.round, let wall = datagram.wall
    else { return self }
    var flags: DatagramEncoder.Flags = datagram.isFull ? .full : []
    if keepsRequest, datagram.asked == [] { flags.insert(.asksEverybody) }
    var encoder = DatagramEncoder(session: datagram.session, secret: nil)
    encoder.begin(sequence: sequence, round: round, wall: wall, flags: flags)
    for (place, count) in datagram.counts.enumerated() where isKept(place) {
      _ = encoder.append(
        count: span.extracting(count.name.bounds), members: count.members,
        connections: count.connections)
    }
    if keepsRequest { for session in datagram.asked ?? [] { _ = encoder.append(asked: session) } }
    var output: ContiguousArray<UInt8> = []
    encoder.finish(into: &output)
    return output
  }
}
