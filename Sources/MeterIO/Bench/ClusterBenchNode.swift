// One node of a measured cluster: the daemon's `Node` without sockets. Each function does at most
// one slice of the work, so that the caller can time it. The outputs for viewers are dropped.

import MeterModel

/// Datagrams that were sent and that the other nodes must process.
package struct ClusterBenchTraffic {
  /// A datagram: the node that sent it, and its place in the bytes.
  struct Datagram {
    let sender: Int
    let bounds: Range<Int>
  }

  private(set) var datagrams: ContiguousArray<Datagram> = []
  private(set) var bytes: ContiguousArray<UInt8> = []

  /// No datagrams.
  package init() {}

  /// The number of datagrams.
  package var count: Int { datagrams.count }

  /// Removes the datagrams and keeps the storage.
  package mutating func removeAll() {
    datagrams.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func append(_ datagram: Span<UInt8>, from sender: Int) {
    let start = bytes.count
    bytes.append(datagram)
    datagrams.append(Datagram(sender: sender, bounds: start..<bytes.count))
  }
}

/// A node with a viewer in each of its namespaces, and a second viewer in some of them.
package struct ClusterBenchNode {
  private let number: Int
  private let namespaces: Int
  private var node: Node
  private let source: NodeAddress

  /// The names of the namespaces, in the order in which the node creates them.
  private var names: ContiguousArray<[UInt8]> = []

  /// Whether each namespace has its second viewer, and the next namespace to change.
  private var hasSecond: ContiguousArray<Bool>
  private var nextChange = 0

  /// The node with a number in a cluster, with `namespaces` namespaces, whose names are the prefix
  /// and a number each. The seed determines the order in which it creates them. Preconditions: 1 to
  /// 2³⁰ namespaces, a prefix of at most 200 visible ASCII bytes.
  package init(
    number: Int, namespaces: UInt32, prefix: String, seed: UInt64, settings: ClusterSettings,
    secret: ClusterSecret?
  ) {
    precondition((1...1 << 30).contains(namespaces), "\(namespaces) namespaces")
    self.number = number
    self.namespaces = Int(namespaces)
    var random = RandomSource(seed: seed).fork("node \(number)")
    var nodeSettings = NodeSettings(
      hashKey: HashKey(random.next(), random.next()),
      signer: StreamSigner(run: UInt64(number), key: HashKey(random.next(), random.next())))
    nodeSettings.configuration.clusterNodeTimeout = settings.nodeTimeout
    nodeSettings.configuration.decrementDelay = .zero
    nodeSettings.configuration.maximumConnectionDuration = .zero
    nodeSettings.configuration.maximumNamespaces = max(
      nodeSettings.configuration.maximumNamespaces, namespaces)
    let membership = Membership(
      session: SessionID(randomBits: random.next(), random.next()), settings: settings,
      secret: secret, wallStart: Self.wallStart, hashKey: HashKey(random.next(), random.next()))
    node = Node(nodeSettings, membership: membership)
    source = NodeAddress("192.0.2.1:\(3140 + number)")
    hasSecond = ContiguousArray(repeating: false, count: Int(namespaces))
    var order = ContiguousArray(0..<UInt32(namespaces))
    for end in order.indices.dropFirst().reversed() { order.swapAt(end, random.below(end + 1)) }
    names = ContiguousArray(order.map { Array("\(prefix)\($0)".utf8) })
    for place in 0..<self.namespaces { open(UInt32(place), in: place, at: .start) }
  }

  /// The wall clock at the start, in UNIX milliseconds, the same for all nodes: a day in 2026.
  private static let wallStart: UInt64 = 1_795_350_754_000

  /// The instant when `advance` must be called next.
  package var nextDeadline: Instant { node.nextDeadline }

  /// Adds or removes the second viewer of `count` namespaces, in turn. Precondition: instants never
  /// decrease, here and below.
  package mutating func change(_ count: UInt32, at instant: Instant) {
    advanceMeter(to: instant)
    for _ in 0..<count {
      let second = UInt32(nextChange + namespaces)
      if hasSecond[nextChange] {
        var batch = InputBatch(reactor: 0)
        batch.inputs.append(.closed(slot: second))
        apply(batch, at: instant)
      } else {
        open(second, in: nextChange, at: instant)
      }
      hasSecond[nextChange].toggle()
      nextChange = nextChange + 1 == namespaces ? 0 : nextChange + 1
    }
  }

  /// Fires the deadlines of the meter, which are no part of the cost of a cluster.
  package mutating func advanceMeter(to instant: Instant) {
    node.advanceMeter(to: instant)
    _ = node.outputs.take(for: 0)
  }

  /// Performs a slice of the work that is due in the cluster. `takeDatagrams` takes its datagrams.
  package mutating func advance(to instant: Instant) {
    node.advance(to: instant)
  }

  /// Moves the sent datagrams into `traffic`. Returns their number and bytes, and whether the round
  /// is a full one, which nodes send when they meet or have missed something.
  package mutating func takeDatagrams(
    into traffic: inout ClusterBenchTraffic
  ) -> (datagrams: UInt64, bytes: UInt64, isFullRound: Bool) {
    guard let batch = node.outputs.takeDatagrams() else { return (0, 0, false) }
    for datagram in batch.datagrams {
      traffic.append(batch.bytes.span.extracting(datagram.bounds), from: number)
    }
    return (
      UInt64(batch.datagrams.count), UInt64(batch.bytes.count),
      node.membership?.isRoundFull ?? false
    )
  }

  /// Processes datagrams of the other nodes from `place` on, until `slice` bytes (and 64 for each
  /// datagram) are used up; `place` is then the next datagram. Returns the number of datagrams, and
  /// of counts in them.
  package mutating func receive(
    _ traffic: borrowing ClusterBenchTraffic, from place: inout Int, slice: Int, at instant: Instant
  ) -> (datagrams: UInt64, counts: UInt64) {
    var left = slice
    var datagrams: UInt64 = 0
    let counts = node.figures.remoteCounts
    while place < traffic.datagrams.count, left > 0 {
      let datagram = traffic.datagrams[place]
      place += 1
      guard datagram.sender != number else { continue }
      left -= datagram.bounds.count + CarrierLink.datagramCost
      node.receive(
        traffic.bytes.span.extracting(datagram.bounds), from: source, over: .multicast, at: instant)
      datagrams += 1
    }
    _ = node.outputs.take(for: 0)
    return (datagrams, node.figures.remoteCounts - counts)
  }

  /// The total of a namespace; 0 if it is not known.
  package func members(of name: String) -> UInt64 {
    node.namespaces.find(Array(name.utf8).span).map { node.meter.members(of: NamespaceID($0)) } ?? 0
  }

  private mutating func open(_ slot: UInt32, in namespace: Int, at instant: Instant) {
    var batch = InputBatch(reactor: 0)
    let name = names[namespace]
    batch.inputs.append(
      .opened(
        ConnectionHandle(slot: slot, generation: 1),
        namespace: batch.bytes.appendText(name.span), viewer: .none, after: nil,
        as: .viewer))
    apply(batch, at: instant)
  }

  private mutating func apply(_ batch: InputBatch, at instant: Instant) {
    node.apply(batch, at: instant)
    _ = node.outputs.take(for: 0)
  }
}
