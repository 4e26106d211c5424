// The carriers' thread. It has the carriers and decides nothing: it passes received datagrams to
// the node without reading them, and sends the datagrams of the node.

import MeterModel

/// An input of the carriers' thread.
enum CarrierOrder: Sendable {
  /// Send these datagrams.
  case send(DatagramBatch)

  /// The resolver has an answer.
  case resolved(Resolution)

  /// Send the waiting datagrams, and return.
  case stop
}

/// The body of the carriers' thread.
struct CarrierThread: ~Copyable {
  private let carriers: [any DatagramCarrier]
  private var host: CarrierHost
  private let mailbox: Mailbox<CarrierOrder>
  private let board: CarrierBoard

  /// Datagrams for all carriers that are no brokers, which are sent at a pace.
  private var outbound = OutboundQueue(limit: 32 * 1024 * 1024)

  /// No datagram of `outbound` is sent before this.
  private var sendsAgainAt = Instant.start
  private let hasPacedCarriers: Bool
  private var isStopping = false

  private static let mailboxKey: UInt64 = 0

  /// The number of datagrams that are sent in a millisecond. A hundred thousand namespaces are some
  /// 1,500 datagrams, which would overrun a receiver's socket if all came at once.
  private static let pace = 64

  /// The time for which the last datagrams may be sent at the end.
  private static let maximumEnd = Duration.milliseconds(500)

  /// Takes over the carriers and registers their sockets.
  init(
    _ carriers: [any DatagramCarrier], context: CarrierContext
  ) throws(SystemError) {
    let mailbox = context.mailbox
    let resolver =
      carriers.contains { $0.needsResolver } ? try Resolver { mailbox.post(.resolved($0)) } : nil
    var host = CarrierHost(
      clock: context.clock, console: context.console,
      poller: try Poller(mailbox: (mailbox.descriptor, Self.mailboxKey)), resolver: resolver,
      queue: context.arrivals)
    for index in carriers.indices {
      host.carrier = index
      try carriers[index].start(&host)
    }
    self.carriers = carriers
    self.host = host
    self.mailbox = mailbox
    board = context.board
    hasPacedCarriers = carriers.contains { !$0.isBroker }
  }

  /// Serves until it is stopped.
  mutating func run() {
    while !isStopping {
      let count = host.poller.wait(milliseconds: millisecondsToDeadline())
      host.beginTurn()
      handleEvents(count)
      maintain()
      if sendsAgainAt <= host.now {
        sendSome(Self.pace)
        sendsAgainAt = host.now + .milliseconds(1)
      }
      board.all = carriers.map(\.figures)
      host.endTurn()
    }
    finish()
  }

  private mutating func handleEvents(_ count: Int) {
    for index in 0..<count {
      let event = host.poller.event(at: index)
      if event.key == Self.mailboxKey {
        takeOrders()
      } else {
        call(Int(UInt32(truncatingIfNeeded: event.key)) - 1) { carrier, host in
          carrier.ready(UInt32(event.key >> 32), event.seen, &host)
        }
      }
    }
  }

  private mutating func takeOrders() {
    for order in mailbox.takeAll() {
      switch order {
      case .send(let batch):
        for datagram in batch.datagrams { send(batch.bytes.span.extracting(datagram.bounds)) }
      case .resolved(let resolution):
        call(resolution.carrier) { carrier, host in carrier.take(resolution, &host) }
      case .stop: isStopping = true
      }
    }
  }

  /// Gives a datagram to the brokers, and queues it for the other carriers.
  private mutating func send(_ datagram: Span<UInt8>) {
    if hasPacedCarriers { outbound.append(datagram) }
    for index in carriers.indices where carriers[index].isBroker {
      host.carrier = index
      carriers[index].send(datagram, &host)
    }
  }

  private mutating func maintain() {
    for index in carriers.indices {
      host.carrier = index
      carriers[index].maintain(&host)
    }
  }

  /// Calls a carrier.
  private mutating func call(
    _ index: Int, _ body: (any DatagramCarrier, inout CarrierHost) -> Void
  ) {
    host.carrier = index
    body(carriers[index], &host)
  }

  private func millisecondsToDeadline() -> Int32 {
    if !outbound.isEmpty { return 1 }
    return Poller.milliseconds(
      until: carriers.map(\.nextDeadline).min() ?? .never, by: host.clock)
  }

  /// Sends at most `limit` of the datagrams that wait.
  private mutating func sendSome(_ limit: Int) {
    var sent = 0
    while sent < limit, let datagram = outbound.popFirst() {
      sent += 1
      for index in carriers.indices where !carriers[index].isBroker {
        host.carrier = index
        carriers[index].send(datagram.span, &host)
      }
    }
  }

  /// Sends the last datagrams, a goodbye among them, at the same pace. Waits a moment for brokers
  /// to take theirs.
  private mutating func finish() {
    let deadline = host.clock.now + Self.maximumEnd
    sendsAgainAt = .start
    maintain()
    while host.clock.now < deadline {
      if sendsAgainAt <= host.clock.now {
        sendSome(Self.pace)
        sendsAgainAt = host.clock.now + .milliseconds(1)
      }
      guard !outbound.isEmpty || carriers.contains(where: { !$0.isIdle }) else { return }
      let count = host.poller.wait(milliseconds: outbound.isEmpty ? 10 : 1)
      host.beginTurn()
      handleEvents(count)
      maintain()
    }
    sendSome(.max)
  }
}
