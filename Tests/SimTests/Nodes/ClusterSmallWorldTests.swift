// Small worlds of clusters: two and three nodes, two viewers, and every sequence up to a length of
// the actions of viewers, of passing time, and of delivery, loss, duplication and overtaking of
// datagrams. After each sequence the network is good, and the properties that hold at rest are
// checked.

import MeterModel
import Testing

struct ClusterSmallWorldTests {
  @Test(arguments: ClusterWorld.all)
  func `every node shows the true total at rest, whatever happened to a few datagrams`(
    world: ClusterWorld
  ) {
    var walk = ClusterWalk(world)
    walk.goOn(from: ClusterState(world), length: world.length)
    #expect(walk.violation == nil)
    // Σ letters^k for k in 1...length: no sequence was left out.
    #expect(walk.steps == walk.sequences(world.length))
    #expect(walk.checked > 0)
  }

  @Test func `a network in which one direction stays cut is detected`() {
    var world = ClusterWorld.all[0]
    world.staysCut = true
    var walk = ClusterWalk(world)
    walk.goOn(from: ClusterState(world), length: 2)
    #expect(walk.violation != nil)
  }
}

/// The settings of a world.
struct ClusterWorld: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var nodes = 2

  /// Whether the nodes know each other at the start, or have just started.
  var isAcquainted = true

  /// Whether both viewers have one viewer id.
  var sharesViewerID = false
  var hasSecret = false

  /// Whether the last node may say goodbye.
  var mayStop = false

  /// A canary: no datagram of the first node reaches the second, even when the network is good.
  var staysCut = false
  private let depth: Int

  static let all = [
    ClusterWorld("two nodes that know each other", depth: 6),
    ClusterWorld("two nodes that have just started", depth: 5) { $0.isAcquainted = false },
    ClusterWorld("two nodes with a secret", depth: 4) { $0.hasSecret = true },
    ClusterWorld("two nodes and one viewer id", depth: 5) { $0.sharesViewerID = true },
    ClusterWorld("two nodes, of which one may leave", depth: 4) { $0.mayStop = true },
    ClusterWorld("three nodes", depth: 4) { $0.nodes = 3 },
    ClusterWorld("three nodes and one viewer id", depth: 4) {
      $0.nodes = 3
      $0.sharesViewerID = true
    },
  ]

  /// `depth` is the length of the sequences in a debug build. A release build adds one step, and
  /// AUDIENCE_METER_DEPTH adds more.
  private init(
    _ description: String, depth: Int, _ change: (inout ClusterWorld) -> Void = { _ in }
  ) {
    testDescription = description
    self.depth = depth
    change(&self)
  }

  var length: Int {
    #if DEBUG
      depth + AddedDepth.ofWorlds
    #else
      depth + 1 + AddedDepth.ofWorlds
    #endif
  }

  /// An action in a step.
  enum Letter: Equatable {
    /// A viewer joins its node, or leaves it.
    case toggle(viewer: Int)

    /// An interval passes.
    case pass

    /// The first or the last datagram in transit arrives; the first is lost; or it arrives and
    /// stays in transit.
    case deliverFirst, deliverLast, loseFirst, duplicateFirst

    /// The last node sends a goodbye and is gone.
    case stop
  }

  var letters: [Letter] {
    let letters: [Letter] = [
      .toggle(viewer: 0), .toggle(viewer: 1), .pass, .deliverFirst, .deliverLast, .loseFirst,
      .duplicateFirst,
    ]
    return mayStop ? letters + [.stop] : letters
  }
}

/// Some nodes, the datagrams in transit, and the actions so far.
struct ClusterState {
  private struct Flight {
    let to: Int
    let datagram: ContiguousArray<UInt8>
  }

  private static let interval = Duration.milliseconds(1000)
  private static let timeout = Duration.milliseconds(2500)
  private static let moment = Duration.milliseconds(10)
  private static let namespace = Array("a".utf8)

  private let world: ClusterWorld
  private var nodes: [NodeDriver?] = []
  private var flights: [Flight] = []
  private var now = Instant.start
  private(set) var path: [ClusterWorld.Letter] = []

  /// The viewer that opened a stream last and has not closed it.
  private var latest: Int?

  init(_ world: ClusterWorld) {
    self.world = world
    var settings = ClusterSettings()
    (settings.notifyInterval, settings.nodeTimeout) = (Self.interval, Self.timeout)
    for number in 0..<world.nodes {
      var node = NodeSettings(
        hashKey: HashKey(1, UInt64(number)),
        signer: StreamSigner(run: UInt64(number + 1), key: HashKey(3, UInt64(number))))
      node.configuration.clusterNodeTimeout = Self.timeout
      node.configuration.notifyMinDelay = .zero
      node.configuration.viewerIDs = .exclusive
      node.configuration.decrementDelay = .zero
      let secret = world.hasSecret ? ClusterSecret(Array("secret".utf8).span) : nil
      nodes.append(
        NodeDriver(
          node,
          membership: Membership(
            session: SessionID(randomBits: 0, UInt64(number + 1)), settings: settings,
            secret: secret, wallStart: 1_000_000_000, hashKey: HashKey(2, UInt64(number)))))
    }
    pass(Self.moment)
    if world.isAcquainted { settle(Self.interval + Self.interval) }
  }

  /// Performs an action. Returns false if it has no effect.
  mutating func perform(_ letter: ClusterWorld.Letter) -> Bool {
    path.append(letter)
    switch letter {
    case .toggle(let viewer):
      guard nodes[home(of: viewer)] != nil else { return false }
      toggle(viewer)
    case .pass: pass(Self.interval)
    case .stop:
      guard nodes[world.nodes - 1] != nil else { return false }
      nodes[world.nodes - 1]?.stop(at: now)
      collect(world.nodes - 1)
      nodes[world.nodes - 1] = nil
      if let viewer = latest, home(of: viewer) == world.nodes - 1 { latest = nil }
    case .deliverFirst:
      guard !flights.isEmpty else { return false }
      deliver(flights.removeFirst())
    case .deliverLast:
      guard let last = flights.popLast() else { return false }
      deliver(last)
    case .loseFirst:
      guard !flights.isEmpty else { return false }
      flights.removeFirst()
    case .duplicateFirst:
      guard let first = flights.first else { return false }
      deliver(first)
    }
    pass(Self.moment)
    return true
  }

  /// Runs a good network until the nodes are at rest. Returns the first violation, or nil.
  mutating func violationAtRest() -> String? {
    // A loss is noticed after an interval, and the request and the answer take 600 ms. A stream
    // that is excluded then changes a count, which takes as long again. A node that left is
    // forgotten after the timeout.
    let repair = Self.interval + .milliseconds(600)
    settle(repair)
    if world.sharesViewerID { settle(repair) }
    if nodes.contains(where: { $0 == nil }) { settle(Self.timeout + Self.interval) }
    let streams = nodes.compactMap { $0 }.flatMap(\.streams.values)
    if world.sharesViewerID, streams.count > 1 {
      return "the viewer id has \(streams.count) streams"
    }
    if let latest, nodes[home(of: latest)]?.streams[UInt32(latest)] == nil {
      return "the latest stream, of viewer \(latest), is gone"
    }
    for (number, node) in nodes.enumerated() {
      guard let node else { continue }
      node.node.meter.audit()
      let total = node.total(of: Self.namespace)?.members ?? 0
      if total != UInt64(streams.count) {
        return "node \(number) counts \(total), not \(streams.count)"
      }
      for stream in node.streams.values where stream.shown != total {
        return "a viewer of node \(number) is shown \(stream.shown ?? 0), not \(total)"
      }
    }
    return nil
  }

  private func home(of viewer: Int) -> Int { viewer % world.nodes }

  private mutating func toggle(_ viewer: Int) {
    let node = home(of: viewer)
    if nodes[node]?.streams[UInt32(viewer)] != nil {
      nodes[node]?.close(UInt32(viewer), at: now)
      if latest == viewer { latest = nil }
    } else {
      let isOpen = nodes[node]?.open(
        UInt32(viewer), Self.namespace, viewer: world.sharesViewerID ? Array("v".utf8) : [],
        at: now)
      if isOpen == true { latest = viewer }
    }
    collect(node)
  }

  private mutating func deliver(_ flight: Flight) {
    nodes[flight.to]?.receive(flight.datagram, at: now)
    collect(flight.to)
  }

  /// Takes the datagrams that a node sent, one for each other node.
  private mutating func collect(_ sender: Int) {
    guard let occurrences = nodes[sender]?.takeOccurrences() else { return }
    for occurrence in occurrences {
      guard case .datagram(let bytes) = occurrence else { continue }
      for to in nodes.indices where to != sender && nodes[to] != nil {
        flights.append(Flight(to: to, datagram: bytes))
      }
    }
  }

  /// Lets time pass without arrivals.
  private mutating func pass(_ duration: Duration) {
    let end = now + duration
    while let next = nextDeadline, next <= end { advance(to: max(now, next)) }
    advance(to: end)
  }

  /// Lets time pass in a good network.
  private mutating func settle(_ duration: Duration) {
    let end = now + duration
    while true {
      while !flights.isEmpty {
        let flight = flights.removeFirst()
        if world.staysCut, flight.to == 1 { continue }
        deliver(flight)
      }
      guard let next = nextDeadline, next <= end else { break }
      advance(to: max(now + .milliseconds(1), next))
    }
    advance(to: end)
  }

  private var nextDeadline: Instant? { nodes.compactMap { $0?.node.nextDeadline }.min() }

  private mutating func advance(to instant: Instant) {
    now = max(now, instant)
    for number in nodes.indices {
      nodes[number]?.advance(to: now)
      collect(number)
    }
  }
}

/// A walk through all sequences, depth first. Each step begins with a copy of the state.
struct ClusterWalk {
  private let world: ClusterWorld

  /// The sequences that were tried or are equal to shorter ones, and those whose end was checked.
  private(set) var steps = 0
  private(set) var checked = 0
  private(set) var violation: String?

  init(_ world: ClusterWorld) { self.world = world }

  mutating func goOn(from state: ClusterState, length: Int) {
    guard length > 0, violation == nil else { return }
    for letter in world.letters {
      var next = state
      steps += 1
      guard next.perform(letter) else {
        // The action had no effect: what follows was tried without it, as part of a shorter
        // sequence.
        steps += sequences(length - 1)
        continue
      }
      check(next)
      goOn(from: next, length: length - 1)
    }
  }

  /// The number of sequences of 1 to `length` letters.
  func sequences(_ length: Int) -> Int {
    var (sequences, power) = (0, 1)
    for _ in 0..<length {
      power *= world.letters.count
      sequences += power
    }
    return sequences
  }

  private mutating func check(_ state: ClusterState) {
    guard violation == nil else { return }
    var state = state
    checked += 1
    violation = state.violationAtRest().map { "\(state.path): \($0)" }
  }
}
