// The cluster's thread: it has the sockets that carry datagrams between nodes, and decides nothing. What
// arrives goes to the sequencer as it came; what the sequencer hands over is sent.

import CLinux
import Glibc
import MeterModel

/// What the thread is told.
enum CarrierOrder: Sendable {
  /// Send these.
  case send(DatagramBatch)

  /// A name was resolved, or not.
  case resolved(Resolution)

  /// Send what is still to be sent, and return.
  case stop
}

/// The sockets of one node.
struct Carriers: ~Copyable {
  let clock: Clock
  let console: Console
  let mailbox: Mailbox<CarrierOrder>
  let arrivalQueue: ArrivalQueue
  let board: CarrierBoard

  /// For how long a peer must be silent to be resolved anew.
  let nodeTimeout: Duration

  var poller: Poller
  var multicast: MulticastSocket?
  var unicast: UnicastSockets?
  var redis: RedisCarrier?
  let resolver: Resolver?

  var figures: CarrierList
  var now = Instant.start
  var random = SystemRandomNumberGenerator()
  var arrivals = Arrivals()

  /// What more the sequencer's queue takes, as it was at the beginning of the turn.
  var room = (datagrams: 0, bytes: 0)
  var scratch = ContiguousArray<UInt8>.untouched(count: 65_536)

  /// Datagrams for multicast and unicast.
  private var outbound = OutboundQueue(limit: 32 * 1024 * 1024)

  /// Before this, no more are sent.
  private var sendsAgainAt = Instant.start

  /// When the group is joined again, to make sure.
  var joinsAt = Instant.start
  var joinError: SystemError?
  var sendError: SystemError?
  private var isStopping = false

  /// What went wrong last with Redis, and when the next of it is said.
  var redisFailure: String?
  var redisComplainsAt = Instant.start

  /// The last addresses that something came from, as text, and how many datagrams each got into the
  /// sequencer's queue since that was last half empty.
  private var sources: ContiguousArray<Source> = []

  private struct Source {
    let address: SocketAddress
    let text: NodeAddress
    var taken = 0
  }

  /// How many datagrams a sender may get into the fuller half of the queue, so that one who floods leaves
  /// room for the others.
  private static let share = 64

  let multicastNotice: RecurringNotice
  let unicastNotice: RecurringNotice
  let overrunNotice: RecurringNotice

  /// Keys of events. Those of the Redis connections have their generation above them.
  static let mailboxKey: UInt64 = 0
  static let multicastKey: UInt64 = 1
  static let unicastKeys = (v4: UInt64(2), v6: UInt64(3))

  /// How many datagrams are taken from a socket before another has its turn.
  private static let mostAtOnce = 256

  /// How many are sent in a millisecond: a hundred thousand namespaces are some 1,500 datagrams, which
  /// would overrun a receiver's socket if they came all at once.
  private static let pace = 64

  /// How often the group is joined again. A member need not do anything; one whose interface was gone must.
  static let joinInterval = Duration.milliseconds(500)

  init(
    _ sockets: consuming ClusterSockets, context: CarrierContext
  ) throws(SystemError) {
    let poller = try Poller(
      mailbox: (context.mailbox.descriptor, Self.mailboxKey), watching: [])
    if let number = sockets.multicast?.socket.number {
      try poller.add(number, .readable, key: Self.multicastKey)
    }
    if let numbers = sockets.unicast?.numbers {
      try poller.add(numbers.v4, .readable, key: Self.unicastKeys.v4)
      if let v6 = numbers.v6 { try poller.add(v6, .readable, key: Self.unicastKeys.v6) }
    }
    let mailbox = context.mailbox
    resolver = sockets.needsResolver ? try Resolver { mailbox.post(.resolved($0)) } : nil
    clock = context.clock
    console = context.console
    self.mailbox = mailbox
    arrivalQueue = context.arrivals
    board = context.board
    nodeTimeout = context.nodeTimeout
    self.poller = poller
    figures = sockets.figures
    redis = sockets.redis.map { RedisCarrier($0) }
    multicast = sockets.multicast.take()
    unicast = sockets.unicast.take()
    multicastNotice = RecurringNotice("multicast: datagrams could not be sent", on: console)
    unicastNotice = RecurringNotice("unicast: datagrams could not be sent", on: console)
    overrunNotice = RecurringNotice(
      "datagrams of other nodes dropped: more came than can be judged", on: console)
  }

  /// Serves until it is told to stop.
  mutating func run() {
    while !isStopping {
      let count = poller.wait(milliseconds: millisecondsToDeadline())
      now = clock.now
      room = arrivalQueue.room
      if !isHalfFull { for index in sources.indices { sources[index].taken = 0 } }
      for index in 0..<count {
        let event = poller.event(at: index)
        handle(event.key, event.seen)
      }
      maintain()
      if sendsAgainAt <= now {
        sendSome(Self.pace)
        sendsAgainAt = now + .milliseconds(1)
      }
      handOver()
    }
    finish()
  }

  private mutating func handle(_ key: UInt64, _ seen: Readiness) {
    switch key {
    case Self.mailboxKey: obey()
    case Self.multicastKey:
      for _ in 0..<Self.mostAtOnce {
        guard let (count, source) = multicast?.socket.receive(into: &scratch) else { return }
        arrived(count, from: source, over: .multicast)
      }
    case Self.unicastKeys.v4, Self.unicastKeys.v6:
      let isIPv6 = key == Self.unicastKeys.v6
      for _ in 0..<Self.mostAtOnce {
        guard let (count, source) = unicast?.receive(isIPv6: isIPv6, into: &scratch) else {
          return
        }
        arrived(count, from: source, over: .unicast)
      }
    default: redisReady(key, seen)
    }
  }

  private mutating func obey() {
    for order in mailbox.takeAll() {
      switch order {
      case .send(let batch):
        for datagram in batch.datagrams {
          let bytes = batch.bytes.span.extracting(datagram.bounds)
          if multicast != nil || unicast != nil { outbound.append(bytes) }
          publish(bytes)
        }
      case .resolved(let resolution): take(resolution)
      case .stop: isStopping = true
      }
    }
  }

  private mutating func millisecondsToDeadline() -> Int32 {
    if !outbound.isEmpty { return 1 }
    let deadlines = [
      multicast == nil ? nil : joinsAt, unicast?.nextDeadline, redis?.nextDeadline,
    ].compactMap { $0 }
    guard let deadline = deadlines.min() else { return -1 }
    let now = clock.now
    guard deadline > now else { return 0 }
    return Int32(clamping: ((deadline - now).nanoseconds + 999_999) / 1_000_000)
  }

  /// Tells the sequencer what arrived, and the operator how it goes.
  private mutating func handOver() {
    board.all = figures.all
    guard !arrivals.isEmpty else { return }
    let batch = arrivals
    arrivals = Arrivals()
    arrivalQueue.post(batch)
  }

  /// The last datagrams, a goodbye among them, go out without waiting for anything long.
  private mutating func finish() {
    sendSome(.max)
    finishRedis()
  }
}

// MARK: - Datagrams

extension Carriers {
  /// A datagram lies at the beginning of `scratch`.
  private mutating func arrived(
    _ count: Int, from source: SocketAddress, over carrier: Carrier
  ) {
    if carrier == .unicast { unicast?.heard(from: source, at: now) }
    let place = place(of: source)
    if isHalfFull {
      sources[place].taken += 1
      guard sources[place].taken <= Self.share else { return overrun(carrier) }
    }
    let bytes = scratch
    arrived(bytes.span.extracting(first: count), from: sources[place].text, over: carrier)
  }

  /// Where an address is among the latest. They are remembered: to write one as text takes longer than to
  /// receive.
  private mutating func place(of source: SocketAddress) -> Int {
    if let place = sources.firstIndex(where: { $0.address == source }) { return place }
    if sources.count == 64 { sources.removeFirst() }
    sources.append(Source(address: source, text: NodeAddress(source.description)))
    return sources.count - 1
  }

  /// Whether half of the sequencer's queue is taken.
  private var isHalfFull: Bool {
    room.datagrams - arrivals.datagrams.count < ArrivalQueue.mostDatagrams / 2
      || room.bytes - arrivals.bytes.count < ArrivalQueue.mostBytes / 2
  }

  private mutating func overrun(_ carrier: Carrier) {
    figures[carrier].received += 1
    figures[carrier].overrun += 1
    overrunNotice.note(at: now)
  }

  /// Keeps what arrived for the sequencer, if that is not too far behind.
  mutating func arrived(
    _ bytes: Span<UInt8>, from source: NodeAddress, over carrier: Carrier
  ) {
    guard arrivals.datagrams.count < room.datagrams,
      arrivals.bytes.count + bytes.count <= room.bytes
    else { return overrun(carrier) }
    figures[carrier].received += 1
    arrivals.datagrams.append(
      Arrivals.Datagram(bytes: arrivals.bytes.appendText(bytes), source: source, carrier: carrier))
  }

  /// Sends at most that many of the datagrams that wait.
  private mutating func sendSome(_ most: Int) {
    var sent = 0
    while sent < most, let datagram = outbound.popFirst() {
      sent += 1
      sendToGroup(datagram.span)
      sendToPeers(datagram.span)
    }
  }

  private mutating func sendToGroup(_ datagram: Span<UInt8>) {
    guard let group = multicast?.group else { return }
    let former = sendError
    sendError = multicast?.socket.send(datagram, to: group)
    if let sendError {
      figures[.multicast].unsent += 1
      multicastNotice.note(at: now)
      if former == nil { console.debug("multicast: \(sendError.description)") }
      // The membership may have gone with the interface.
      joinsAt = min(joinsAt, now + .milliseconds(100))
    } else {
      figures[.multicast].sent += 1
    }
    noteMulticast(wasWorking: former == nil && joinError == nil)
  }

  private mutating func sendToPeers(_ datagram: Span<UInt8>) {
    guard let (error, hasReturned) = unicast?.send(datagram),
      let peers = unicast?.knownPeers
    else { return }
    if peers.known == 0 {
      figures[.unicast].unsent += 1
      describePeers()
    } else if let error {
      figures[.unicast].unsent += 1
      unicastNotice.note(at: now)
      figures[.unicast].state = error.description
    } else {
      figures[.unicast].sent += 1
      describePeers()
    }
    if hasReturned { arrivals.hasReturned = true }
  }

  /// Says of the peers how many can be reached.
  mutating func describePeers() {
    guard let (known, all) = unicast?.knownPeers else { return }
    figures[.unicast].state = known == all ? "up" : "\(known) of \(all) peers resolved"
  }
}
