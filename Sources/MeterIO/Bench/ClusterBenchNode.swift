// One node of a cluster that is measured: the daemon's `Node` without sockets. Each verb does a
// slice of the work and no more, so that whoever holds the clock can tell what the slice costs.
// What viewers are to be sent is dropped.

import MeterModel

/// Datagrams that some nodes have sent and the others are still to hear.
package struct ClusterBenchPost {
  /// A datagram: which node sent it, and where it lies among the bytes.
  struct Datagram {
    let sender: Int
    let bounds: Range<Int>
  }

  private(set) var datagrams: ContiguousArray<Datagram> = []
  private(set) var bytes: ContiguousArray<UInt8> = []

  package init() {}

  /// How many there are.
  package var count: Int { datagrams.count }

  /// Forgets all and keeps the storage.
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

/// A node with a viewer in each of its namespaces, and a second one in some of them.
package struct ClusterBenchNode {
  private let number: Int
  private let namespaces: Int
  private var node: Node
  private let source: NodeAddress

  /// The names of the namespaces, in the order in which the node comes to know them.
  private var names: ContiguousArray<[UInt8]> = []

  /// Whether a namespace has its second viewer, and the next one in which that changes.
  private var hasSecond: ContiguousArray<Bool>
  private var nextChange = 0

  /// The node of that number in a cluster, with `namespaces` namespaces, whose names are the prefix
  /// and a number each, which it comes to know in an order that the seed decides. Preconditions: 1
  /// to 2³⁰ namespaces, a prefix of at most 200 visible ASCII bytes.
  package init(
    number: Int, namespaces: UInt32, prefix: String, seed: UInt64, settings: ClusterSettings,
    secret: ClusterSecret?
  ) {
    precondition((1...1 << 30).contains(namespaces), "\(namespaces) namespaces")
    self.number = number
    self.namespaces = Int(namespaces)
    var random = RandomSource(seed: seed).fork("node \(number)")
    var nodeSettings = NodeSettings(hashKey: HashKey(random.next(), random.next()))
    nodeSettings.configuration.clusterNodeTimeout = settings.nodeTimeout
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

  /// UNIX milliseconds, the same for all nodes: some day in 2026.
  private static let wallStart: UInt64 = 1_795_350_754_000

  /// When the node has something to do next.
  package var nextDeadline: Instant { node.nextDeadline }

  /// Lets a second viewer come or leave in `count` namespaces, in turn. Precondition: instants
  /// never decrease, here and below.
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

  /// Fires the meter's deadlines, which are no part of what a cluster costs.
  package mutating func advanceMeter(to instant: Instant) {
    node.advanceMeter(to: instant)
    _ = node.outputs.take(for: 0)
  }

  /// Does a slice of what is due in the cluster. What is sent waits for `post`.
  package mutating func advance(to instant: Instant) {
    node.advance(to: instant)
  }

  /// Hands over what was sent. Returns how many datagrams and bytes that is, and whether it is what
  /// nodes only say to one another when they meet or have missed something.
  package mutating func post(
    into post: inout ClusterBenchPost
  ) -> (datagrams: UInt64, bytes: UInt64, isOfMeeting: Bool) {
    guard let batch = node.outputs.takeDatagrams() else { return (0, 0, false) }
    for datagram in batch.datagrams {
      post.append(batch.bytes.span.extracting(datagram.bounds), from: number)
    }
    return (
      UInt64(batch.datagrams.count), UInt64(batch.bytes.count),
      node.membership?.isRoundFull ?? false
    )
  }

  /// Takes in what others sent, from a place in the post on, until `slice` bytes (and 64 for each
  /// datagram) are used up; `place` is then where to go on. Returns how many datagrams that were,
  /// and their counts.
  package mutating func hear(
    _ post: borrowing ClusterBenchPost, from place: inout Int, slice: Int, at instant: Instant
  ) -> (datagrams: UInt64, counts: UInt64) {
    var left = slice
    var datagrams: UInt64 = 0
    let counts = node.figures.remoteCounts
    while place < post.datagrams.count, left > 0 {
      let datagram = post.datagrams[place]
      place += 1
      guard datagram.sender != number else { continue }
      left -= datagram.bounds.count + CarrierLink.datagramCost
      node.receive(
        post.bytes.span.extracting(datagram.bounds), from: source, over: .multicast, at: instant)
      datagrams += 1
    }
    _ = node.outputs.take(for: 0)
    return (datagrams, node.figures.remoteCounts - counts)
  }

  /// The total of a namespace, by its name; 0 if it is not known.
  package func members(of name: String) -> UInt64 {
    node.namespaces.find(Array(name.utf8).span).map { node.meter.members(of: NamespaceID($0)) } ?? 0
  }

  private mutating func open(_ slot: UInt32, in namespace: Int, at instant: Instant) {
    var batch = InputBatch(reactor: 0)
    let name = names[namespace]
    batch.inputs.append(
      .opened(
        ConnectionHandle(slot: slot, generation: 1),
        namespace: batch.bytes.appendText(name.span), viewer: .none, after: .none,
        lastEventID: .none))
    apply(batch, at: instant)
  }

  private mutating func apply(_ batch: InputBatch, at instant: Instant) {
    node.apply(batch, at: instant)
    _ = node.outputs.take(for: 0)
  }
}
