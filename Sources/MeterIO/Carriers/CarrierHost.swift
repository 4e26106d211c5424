// The part of the carriers' thread that its carriers use: the poller, the clock, the resolver, and
// the queue of datagrams for the node.

import MeterModel

/// The surroundings of a carrier. The thread passes them to each call.
struct CarrierHost: ~Copyable {
  let clock: Clock

  /// The instant of the present turn of the loop.
  var now = Instant.start
  var random = SystemRandomNumberGenerator()

  /// A buffer to receive a datagram into, of the largest size that UDP has.
  var scratch = ContiguousArray<UInt8>.untouched(count: 65_536)

  /// The index of the carrier that is called. The thread sets it before the call.
  var carrier = 0

  var poller: Poller
  let resolver: Resolver?

  /// The arrivals of this turn.
  private var arrivals = Arrivals()
  private let queue: ArrivalQueue

  /// The room in the node's queue at the beginning of the turn.
  private var room = (datagrams: 0, bytes: 0)

  /// The latest source addresses as text. `taken` is the number of datagrams that came from an
  /// address since the node's queue was last less than half full.
  private var sources: ContiguousArray<Source> = []

  private struct Source {
    let address: SocketAddress
    let text: NodeAddress
    var taken = 0
  }

  /// The number of datagrams of one sender that may lie in the fuller half of the queue, so that a
  /// sender who floods leaves room for the others.
  private static let maximumShare = 64

  /// The number of addresses that are remembered.
  private static let maximumSources = 64

  private let overrunNotice: RecurringNotice

  init(
    clock: Clock, console: Console, poller: consuming Poller, resolver: Resolver?,
    queue: ArrivalQueue
  ) {
    self.clock = clock
    self.poller = poller
    self.resolver = resolver
    self.queue = queue
    overrunNotice = RecurringNotice(
      "datagrams of other nodes dropped: more came than can be judged", on: console)
  }

  /// Begins a turn of the loop.
  mutating func beginTurn() {
    now = clock.now
    room = queue.room
    if !isHalfFull { for index in sources.indices { sources[index].taken = 0 } }
  }

  /// Hands the arrivals of the turn to the node.
  mutating func endTurn() {
    guard !arrivals.isEmpty else { return }
    let batch = arrivals
    arrivals = Arrivals()
    queue.post(batch)
  }
}

// MARK: - Sockets and names

extension CarrierHost {
  /// Watches a socket of the present carrier. Its events come with `key`.
  mutating func watch(
    _ socket: Int32, _ readiness: Readiness = .readable, key: UInt32
  ) throws(SystemError) {
    try poller.add(socket, readiness, key: eventKey(key))
  }

  /// Changes the conditions for which a socket of the present carrier is watched.
  mutating func change(_ socket: Int32, _ readiness: Readiness, key: UInt32) {
    poller.change(socket, readiness, key: eventKey(key))
  }

  /// The poller's key: the carrier's index, from 1 on, below the carrier's own key. 0 is the
  /// mailbox.
  private func eventKey(_ key: UInt32) -> UInt64 { UInt64(key) << 32 | UInt64(carrier + 1) }

  /// Asks the resolver for the addresses of a name; `take` of the present carrier gets the answer.
  func resolve(_ endpoint: Endpoint, target: Int) {
    resolver?.ask(ResolutionRequest(carrier: carrier, target: target, endpoint: endpoint))
  }
}

// MARK: - Arrivals

extension CarrierHost {
  /// Notes that a carrier works for the first time or again, or reaches a further address. Other
  /// nodes may have missed what this node sent before.
  mutating func noteReturn() { arrivals.hasReturned = true }

  /// Keeps the datagram in the first `count` bytes of `scratch` for the node. Returns whether it
  /// was kept: the queue is bounded, and so is each sender's part of its fuller half.
  mutating func keep(_ count: Int, from source: SocketAddress, over carrier: Carrier) -> Bool {
    let place = place(of: source)
    if isHalfFull {
      sources[place].taken += 1
      guard sources[place].taken <= Self.maximumShare else { return overrun() }
    }
    let bytes = scratch
    return keep(bytes.span.extracting(first: count), from: sources[place].text, over: carrier)
  }

  /// Keeps a datagram for the node. Returns whether there was room for it in the queue.
  mutating func keep(
    _ datagram: Span<UInt8>, from source: NodeAddress, over carrier: Carrier
  ) -> Bool {
    guard arrivals.datagrams.count < room.datagrams,
      arrivals.bytes.count + datagram.count <= room.bytes
    else { return overrun() }
    arrivals.datagrams.append(
      Arrivals.Datagram(
        bytes: arrivals.bytes.appendText(datagram), source: source, carrier: carrier))
    return true
  }

  private func overrun() -> Bool {
    overrunNotice.note(at: now)
    return false
  }

  /// The place of an address among the last ones. Addresses are remembered because making the text
  /// takes longer than receiving a datagram.
  private mutating func place(of source: SocketAddress) -> Int {
    if let place = sources.firstIndex(where: { $0.address == source }) { return place }
    if sources.count == Self.maximumSources { sources.removeFirst() }
    sources.append(Source(address: source, text: NodeAddress(source.description)))
    return sources.count - 1
  }

  /// Whether half of the node's queue is taken.
  private var isHalfFull: Bool {
    room.datagrams - arrivals.datagrams.count < ArrivalQueue.maximumDatagrams / 2
      || room.bytes - arrivals.bytes.count < ArrivalQueue.maximumBytes / 2
  }
}
