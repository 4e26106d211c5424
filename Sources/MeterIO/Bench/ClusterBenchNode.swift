// One node of a cluster that is measured: a meter with viewers, the names, and the cluster's node, put together
// as the daemon's sequencer puts them, but without sockets. Each verb does a slice of the work and no more, so
// that who holds the clock can tell what the slice costs. What the meter wants its viewers told is dropped.

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
  private var meter: Meter
  private var names: NameTable
  private var node: ClusterNode
  private var effects = EffectBuffer()
  private var orders = ClusterOrders()
  private let source: NodeAddress

  /// Whether a namespace has its second viewer, and the next one in which that changes.
  private var hasSecond: ContiguousArray<Bool>
  private var nextChange = 0

  /// The node of that number in a cluster, with so many namespaces of the prefix and a number each, which it
  /// comes to know in an order that the seed decides. Preconditions: 1 to 2³⁰ namespaces, a prefix of at most
  /// 200 visible ASCII bytes.
  package init(
    number: Int, namespaces: UInt32, prefix: String, seed: UInt64, settings: ClusterSettings,
    secret: ClusterSecret?
  ) {
    precondition((1...1 << 30).contains(namespaces), "\(namespaces) namespaces")
    self.number = number
    self.namespaces = Int(namespaces)
    var random = RandomSource(seed: seed).fork("node \(number)")
    var configuration = Configuration()
    configuration.clusterNodeTimeout = settings.nodeTimeout
    configuration.maximumConnectionDuration = .zero
    configuration.maximumNamespaces = max(configuration.maximumNamespaces, namespaces)
    meter = Meter(configuration: configuration)
    names = NameTable(key: HashKey(random.next(), random.next()))
    node = ClusterNode(
      session: SessionID(randomBits: random.next(), random.next()), settings: settings,
      secret: secret, wallStart: Self.wallStart, hashKey: HashKey(random.next(), random.next()))
    source = NodeAddress("192.0.2.1:\(3140 + number)")
    hasSecond = ContiguousArray(repeating: false, count: Int(namespaces))
    open(prefix, &random)
  }

  /// UNIX milliseconds, the same for all nodes: some day in 2026.
  private static let wallStart: UInt64 = 1_795_350_754_000

  /// Opens a connection in each namespace.
  private mutating func open(_ prefix: String, _ random: inout RandomSource) {
    var order = ContiguousArray(0..<UInt32(namespaces))
    for end in order.indices.dropFirst().reversed() { order.swapAt(end, random.below(end + 1)) }
    for (place, name) in order.enumerated() {
      let bound = names.bind(Array("\(prefix)\(name)".utf8).span)
      precondition(bound == UInt32(place), "the names of namespaces are not what they should be")
      meter.apply(
        .opened(
          ConnectionID(UInt32(place)), NamespaceID(UInt32(place)), viewer: .none, after: .none),
        at: .start, into: &effects)
      effects.removeAll()
    }
  }

  /// When the node has something to do next.
  package var nextDeadline: Instant { node.nextDeadline }

  /// Lets a second viewer come or leave in so many namespaces, in turn. Precondition: instants never
  /// decrease, here and below.
  package mutating func change(_ count: UInt32, at instant: Instant) {
    advanceMeter(to: instant)
    for _ in 0..<count {
      let place = UInt32(nextChange)
      let second = ConnectionID(place + UInt32(namespaces))
      if hasSecond[nextChange] {
        meter.apply(.closed(second), at: instant, into: &effects)
      } else {
        meter.apply(
          .opened(second, NamespaceID(place), viewer: .none, after: .none), at: instant,
          into: &effects)
      }
      effects.removeAll()
      hasSecond[nextChange].toggle()
      nextChange = nextChange + 1 == namespaces ? 0 : nextChange + 1
    }
  }

  /// Tells viewers what is due, which is no part of what a cluster costs.
  package mutating func advanceMeter(to instant: Instant) {
    meter.advance(to: instant, into: &effects)
    effects.removeAll()
  }

  /// Does a slice of what is due in the cluster; what is sent waits for `post`.
  package mutating func advance(to instant: Instant) {
    node.advance(to: instant, meter: meter, names: names, into: &orders)
  }

  /// Hands over what was sent. The answers are how many datagrams and bytes that is, and whether it is what
  /// nodes only say to one another when they meet or have missed something.
  package mutating func post(
    into post: inout ClusterBenchPost
  ) -> (datagrams: UInt64, bytes: UInt64, isOfMeeting: Bool) {
    var sent = (datagrams: UInt64(0), bytes: UInt64(0), isOfMeeting: false)
    for order in orders.orders {
      guard case .send(let range, _) = order else { continue }
      post.append(orders.bytes.span.extracting(range.bounds), from: number)
      sent.datagrams += 1
      sent.bytes += UInt64(range.count)
    }
    sent.isOfMeeting = sent.datagrams > 0 && node.isRoundFull
    orders.removeAll()
    return sent
  }

  /// Judges what others sent, from a place in the post on, until `slice` bytes (and 64 for each datagram) are
  /// used up; `place` is then where to go on. The answer is how many datagrams that were; what they mean waits
  /// for `obey`.
  package mutating func judge(
    _ post: borrowing ClusterBenchPost, from place: inout Int, slice: Int, at instant: Instant
  ) -> UInt64 {
    var left = slice
    var judged: UInt64 = 0
    while place < post.datagrams.count, left > 0 {
      let datagram = post.datagrams[place]
      place += 1
      guard datagram.sender != number else { continue }
      left -= datagram.bounds.count + 64
      node.receive(
        post.bytes.span.extracting(datagram.bounds), from: source, over: .multicast, at: instant,
        into: &orders)
      judged += 1
    }
    return judged
  }

  /// Feeds the meter what was judged. The answer is how many counts that were.
  package mutating func obey(at instant: Instant) -> UInt64 {
    var taken = ClusterOrders()
    swap(&taken, &orders)
    var counts: UInt64 = 0
    for order in taken.orders {
      guard case .peer(let node, let name, let members, let connections) = order else { continue }
      counts += 1
      meter.advance(to: instant, into: &effects)
      guard let number = names.bind(taken.bytes.span.extracting(name.bounds)) else { continue }
      meter.apply(
        .peer(node, NamespaceID(number), members: members, connections: connections), at: instant,
        into: &effects)
      effects.removeAll()
      if !meter.exists(NamespaceID(number)) { names.unbind(number) }
    }
    taken.removeAll()
    swap(&taken, &orders)
    return counts
  }

  /// The total of a namespace, by its name; 0 if it is not known.
  package func members(of name: String) -> UInt64 {
    names.find(Array(name.utf8).span).map { meter.members(of: NamespaceID($0)) } ?? 0
  }
}
