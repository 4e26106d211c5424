// Redis or Valkey as a carrier (§6): every datagram is published on a channel of the server, to
// which all nodes have subscribed. A node has two connections, because a subscribed connection
// cannot publish.

import MeterModel

/// The two connections, and the server's addresses.
final class RedisCarrier: DatagramCarrier {
  private(set) var figures: CarrierFigures
  let startLine: String
  private let server: RedisURL
  private var publisher: RedisConnection
  private var subscriber: RedisConnection

  /// The source of the datagrams, as it is reported.
  private let source: NodeAddress
  private let console: Console

  private var addresses: [SocketAddress]
  private let isLiteral: Bool

  /// The index of the address that is tried next.
  private var nextAddress = 0

  /// Whether the name is being resolved.
  private var isResolving = false

  /// Whether the carrier worked at the last look.
  private var wasUp = false

  /// The last error of a connection.
  private var failure: String?

  /// The errors that were logged since the carrier last worked, and the time before which no other
  /// one is logged.
  private var logged: [String] = []
  private var logsAgainAt = Instant.start

  /// The number of different errors that are logged until the carrier works again.
  private static let maximumLogged = 8

  /// The carrier of the options' server; nil where they name none.
  init?(_ options: ClusterOptions, console: Console) {
    guard let server = options.redis else { return nil }
    self.server = server
    self.console = console
    let literal = try? SocketAddress.resolve(server.host, port: server.port, literalOnly: true)
    addresses = literal ?? []
    isLiteral = literal != nil
    publisher = RedisConnection(.publish, server)
    subscriber = RedisConnection(.subscribe, server)
    // The password is never shown.
    let name = Endpoint(host: server.host, port: server.port).description
    source = NodeAddress(name)
    let address = "\(name), channel \(String(decoding: server.channel, as: UTF8.self))"
    figures = CarrierFigures(carrier: .redis, address: address, state: "connecting")
    startLine = "cluster by redis at \(address)"
  }

  let maximumDescriptors = 2
  var needsResolver: Bool { !isLiteral }
  let isBroker = true
  var isIdle: Bool { publisher.isIdle }

  /// Whether both connections are ready.
  private var isConnected: Bool { publisher.phase == .ready && subscriber.phase == .ready }

  var nextDeadline: Instant {
    min(deadline(publisher), deadline(subscriber))
  }

  private func deadline(_ connection: borrowing RedisConnection) -> Instant {
    isResolving && connection.phase == .waiting ? .never : connection.nextDeadline
  }

  /// The sockets are made and watched by `maintain`.
  func start(_ host: inout CarrierHost) throws(SystemError) {}
}

// MARK: - Datagrams

extension RedisCarrier {
  func ready(_ key: UInt32, _ seen: Readiness, _ host: inout CarrierHost) {
    let now = host.now
    if key == publisher.key {
      attempt(&publisher, &host) { connection throws(RedisFailure) in
        try connection.ready(seen, at: now)
      }
    } else if key == subscriber.key {
      attempt(&subscriber, &host) { connection throws(RedisFailure) in
        try connection.ready(seen, at: now)
      }
    }
    let input = subscriber.input
    for range in subscriber.datagrams {
      figures.count(
        isKept: host.keep(input.span.extracting(range), from: source, over: .redis))
    }
    publisher.discardInput()
    subscriber.discardInput()
  }

  /// Queues a datagram, if the server is connected; `maintain` follows and sends it.
  func send(_ datagram: Span<UInt8>, _ host: inout CarrierHost) {
    publisher.publish(datagram)
  }
}

// MARK: - Connections

extension RedisCarrier {
  /// Makes the connections whose time has come, and maintains those that exist.
  func maintain(_ host: inout CarrierHost) {
    let now = host.now
    if publisher.isDue(at: now) || subscriber.isDue(at: now) { connect(&host) }
    attempt(&publisher, &host) { connection throws(RedisFailure) in
      try connection.maintain(at: now)
      try connection.flush()
    }
    attempt(&subscriber, &host) { connection throws(RedisFailure) in
      try connection.maintain(at: now)
    }
    watch(&publisher, &host)
    watch(&subscriber, &host)
    noteState(&host)
  }

  private func connect(_ host: inout CarrierHost) {
    let now = host.now
    if let address = takeAddress() {
      attempt(&publisher, &host) { connection throws(RedisFailure) in
        if connection.isDue(at: now) { try connection.connect(to: address, at: now) }
      }
      attempt(&subscriber, &host) { connection throws(RedisFailure) in
        if connection.isDue(at: now) { try connection.connect(to: address, at: now) }
      }
    } else if !isResolving {
      isResolving = true
      host.resolve(Endpoint(host: server.host, port: server.port), target: 0)
    }
  }

  /// The next address to connect to; nil while the name is to be resolved first.
  private func takeAddress() -> SocketAddress? {
    guard !isResolving, nextAddress < addresses.count else { return nil }
    let address = addresses[nextAddress]
    nextAddress += 1
    if isLiteral { nextAddress %= addresses.count }
    return address
  }

  func take(_ resolution: Resolution, _ host: inout CarrierHost) {
    isResolving = false
    nextAddress = 0
    switch resolution.result {
    case .success(let found): addresses = found
    case .failure(let error):
      addresses = []
      attempt(&publisher, &host) { connection throws(RedisFailure) in
        if connection.phase == .waiting { throw RedisFailure(error.description) }
      }
      attempt(&subscriber, &host) { connection throws(RedisFailure) in
        if connection.phase == .waiting { throw RedisFailure(error.description) }
      }
    }
  }

  /// Calls `body`. The connection is dropped if it throws.
  private func attempt(
    _ connection: inout RedisConnection, _ host: inout CarrierHost,
    _ body: (inout RedisConnection) throws(RedisFailure) -> Void
  ) {
    do throws(RedisFailure) {
      try body(&connection)
    } catch {
      connection.fail(at: host.now, using: &host.random)
      failure = error.reason
      log(error.reason, at: host.now)
    }
  }

  private func watch(_ connection: inout RedisConnection, _ host: inout CarrierHost) {
    guard let number = connection.number, connection.watched != connection.interest else { return }
    let interest = connection.interest
    guard connection.watched.isEmpty else {
      connection.watched = interest
      host.change(number, interest, key: connection.key)
      return
    }
    do throws(SystemError) {
      try host.watch(number, interest, key: connection.key)
      connection.watched = interest
    } catch {
      connection.fail(at: host.now, using: &host.random)
      failure = error.description
    }
  }

  /// Updates the figures, and notes whether the carrier works again. After a refusal it works when
  /// the server accepts a datagram.
  private func noteState(_ host: inout CarrierHost) {
    figures.sent = publisher.accepted
    figures.unsent = publisher.unsent
    let isUp = isConnected && publisher.refusal == nil
    if isUp, !wasUp {
      console.debug("redis: connected")
      if !logged.isEmpty { console.log("redis: works again") }
      logged = []
      failure = nil
      host.noteReturn()
    }
    wasUp = isUp
    if isConnected, let refusal = publisher.refusal { log(refusal, at: host.now) }
    figures.state = isConnected ? publisher.refusal ?? "up" : failure ?? "connecting"
  }

  /// Logs an error once until the carrier works again, and at most one a second.
  private func log(_ reason: String, at now: Instant) {
    guard logsAgainAt <= now, logged.count < Self.maximumLogged, !logged.contains(reason) else {
      return
    }
    logged.append(reason)
    logsAgainAt = now + .seconds(1)
    console.log("redis: \(reason); trying again")
  }
}
