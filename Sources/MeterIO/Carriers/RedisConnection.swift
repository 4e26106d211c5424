// One connection to a Redis or Valkey server: it is made, logs in, publishes or subscribes, is
// checked with PING, and is made again when it breaks. No call waits.

import CLinux
import Glibc
import MeterModel

/// The reason why a connection to Redis ended.
struct RedisFailure: Error {
  /// A text for the operator, without the password.
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// One of the two connections of a node.
struct RedisConnection: ~Copyable {
  /// The use of the connection. A subscribed connection can do nothing else.
  enum Role { case publish, subscribe }

  /// The state of the connection. Every state can become `waiting`, on an error.
  enum Phase {
    /// No connection, until the next attempt. Can become `connecting`.
    case waiting
    /// TCP is connecting. Can become `greeting`.
    case connecting
    /// The answers to login and subscription are awaited. Can become `ready`.
    case greeting
    /// Datagrams can be published or received.
    case ready
  }

  let role: Role
  let server: RedisURL
  private(set) var phase = Phase.waiting

  /// The number of connections so far. It is a part of the events' key, so that an event of a
  /// former socket is recognised.
  private var generation: UInt32 = 0

  /// The key of the present socket's events.
  var key: UInt32 { generation << 1 | (role == .publish ? 0 : 1) }

  /// The conditions for which the poller watches the socket; empty before it does.
  var watched: Readiness = []

  /// The received bytes, and the places of datagrams in them that are not yet taken.
  private(set) var input: ContiguousArray<UInt8> = []
  private(set) var datagrams: ContiguousArray<Range<Int>> = []

  private var parsed = 0

  /// The server's error text for the last datagram that was published; nil if the server accepted
  /// it. It stays when the connection is made again.
  private(set) var refusal: String?

  /// The number of datagrams that the server has accepted.
  private(set) var accepted: UInt64 = 0

  /// The number of datagrams that came while there was no connection, that the server refused, or
  /// that were not answered when the connection ended.
  private var lost: UInt64 = 0

  /// The socket and its number; nil without a connection.
  private var socket: Descriptor?
  private(set) var number: Int32?
  private var output: ContiguousArray<UInt8> = []
  private var sent = 0
  private var queue = OutboundQueue(limit: 4 * 1024 * 1024)
  private var parser = RESPParser()
  private var backoff = Backoff()

  /// The time of the next attempt, while waiting.
  private var connectsAt = Instant.start

  /// The requests whose answers are still awaited, oldest first.
  private var awaited = FIFO<Request>()

  /// The kinds of requests whose answers differ in meaning.
  private enum Request { case publish, other }

  private var heardAt = Instant.start
  private var pingsAt = Instant.start

  /// The timeout of each step until the connection is ready.
  private static let timeout = Duration.seconds(4)

  /// The interval of PINGs on a ready connection.
  private static let pingInterval = Duration.seconds(3)

  /// The timeout of a ready connection that nothing arrives on.
  private static let silenceTimeout = Duration.seconds(10)

  /// The maximum number of bytes in `output`. Further datagrams stay in `queue`, from which they
  /// can be dropped.
  private static let maximumOutput = 256 * 1024

  /// The number of bytes that are read before other sockets have their turn.
  private static let maximumInput = 1024 * 1024

  init(_ role: Role, _ server: RedisURL) {
    self.role = role
    self.server = server
  }

  /// The conditions for which the socket is to be watched.
  var interest: Readiness {
    sent < output.count || phase == .connecting ? [.readable, .writable] : .readable
  }

  /// The number of datagrams that the server has not accepted and will not be sent again. Each
  /// datagram is counted here or in `accepted` once its fate is known.
  var unsent: UInt64 { lost + queue.forgotten }

  /// Whether everything was sent and answered, or the connection is not ready.
  var isIdle: Bool { phase != .ready || (output.isEmpty && queue.isEmpty && awaited.isEmpty) }

  /// Whether the time of the next attempt has come.
  func isDue(at now: Instant) -> Bool { phase == .waiting && connectsAt <= now }

  /// The time of the next timeout, PING or attempt.
  var nextDeadline: Instant {
    switch phase {
    case .waiting: connectsAt
    case .connecting, .greeting: heardAt + Self.timeout
    case .ready: min(pingsAt, heardAt + Self.silenceTimeout)
    }
  }
}

// MARK: - Connecting

extension RedisConnection {
  /// Begins to connect to an address.
  mutating func connect(to address: SocketAddress, at now: Instant) throws(RedisFailure) {
    generation &+= 1
    phase = .connecting
    heardAt = now
    do throws(SystemError) {
      let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
      let number = try systemCall("socket") { Glibc.socket(address.family, type, 0) }.get()
      socket = Descriptor(owning: number)
      self.number = number
      var one: Int32 = 1
      let size = socklen_t(MemoryLayout<Int32>.size)
      _ = try systemCall("setsockopt") {
        setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
      }.get()
      let result = systemCall("connect") {
        address.withPointer { Glibc.connect(number, $0, $1) }
      }
      if case .failure(let error) = result, error.code != EINPROGRESS { throw error }
    } catch {
      throw RedisFailure(error.description)
    }
  }

  /// Drops the connection and everything that waits, and counts the datagrams among it. The next
  /// attempt follows after a delay.
  mutating func fail(at now: Instant, using random: inout some RandomNumberGenerator) {
    socket = nil
    number = nil
    watched = []
    output = []
    sent = 0
    input = []
    datagrams = []
    parsed = 0
    while let request = awaited.popFirst() {
      if request == .publish { lost += 1 }
    }
    parser = RESPParser()
    lost += UInt64(queue.count)
    queue.removeAll()
    phase = .waiting
    connectsAt = now + backoff.next(using: &random)
  }

  /// Handles an event of the socket.
  mutating func ready(_ seen: Readiness, at now: Instant) throws(RedisFailure) {
    if phase == .connecting, !seen.isDisjoint(with: [.writable, .broken]) { try greet(at: now) }
    if !seen.isDisjoint(with: [.readable, .broken]) { try receive(at: now) }
    try flush()
  }

  /// Handles timeouts, and sends a PING when it is due.
  mutating func maintain(at now: Instant) throws(RedisFailure) {
    switch phase {
    case .waiting: return
    case .connecting, .greeting:
      if heardAt + Self.timeout <= now { throw RedisFailure("no answer") }
    case .ready:
      if heardAt + Self.silenceTimeout <= now { throw RedisFailure("silent for 10 seconds") }
      guard pingsAt <= now else { return }
      pingsAt = now + Self.pingInterval
      command("PING", [])
      try flush()
    }
  }

  /// Handles the end of connecting: sends login and subscription.
  private mutating func greet(at now: Instant) throws(RedisFailure) {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    if let number { getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length) }
    if code != 0 { throw RedisFailure(SystemError(code: code).description) }
    phase = .greeting
    heardAt = now
    if let password = server.password {
      command("AUTH", server.user.map { [$0, password] } ?? [password])
    }
    switch role {
    case .publish: command("PING", [])
    case .subscribe: command("SUBSCRIBE", [server.channel])
    }
  }
}

// MARK: - Sending

extension RedisConnection {
  /// Queues a datagram, which `flush` sends. Without a ready connection it is lost.
  mutating func publish(_ datagram: Span<UInt8>) {
    if phase == .ready { queue.append(datagram) } else { lost += 1 }
  }

  /// Sends as much as the socket takes.
  mutating func flush() throws(RedisFailure) {
    guard let number, phase != .connecting else { return }
    let channel = server.channel
    while true {
      while output.count < Self.maximumOutput, let datagram = queue.popFirst() {
        RESPCommand.append(publish: datagram.span, on: channel.span, into: &output)
        awaited.append(.publish)
      }
      let (rest, start) = (output, sent)
      guard start < rest.count else { return }
      let result = systemCall("send") {
        rest.span.extracting(droppingFirst: start).withUnsafeBytes {
          Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
      }
      switch result {
      case .success(let count): sent += count
      case .failure(let error) where error.isWouldBlock: return
      case .failure(let error): throw RedisFailure(error.description)
      }
      if sent == output.count {
        output = []
        sent = 0
      }
    }
  }

  private mutating func command(_ name: String, _ arguments: [ContiguousArray<UInt8>]) {
    RESPCommand.append(name, arguments, into: &output)
    awaited.append(.other)
  }
}

// MARK: - Receiving

extension RedisConnection {
  /// Removes the parsed bytes, and the datagrams.
  mutating func discardInput() {
    datagrams.removeAll(keepingCapacity: true)
    input.removeFirst(parsed)
    parsed = 0
  }

  private mutating func receive(at now: Instant) throws(RedisFailure) {
    guard let number else { return }
    var buffer = ContiguousArray<UInt8>(repeating: 0, count: 65_536)
    while input.count < Self.maximumInput {
      let result = systemCall("recv") {
        buffer.withUnsafeMutableBytes { recv(number, $0.baseAddress, $0.count, 0) }
      }
      switch result {
      case .success(0): throw RedisFailure("the server closed the connection")
      case .success(let count):
        heardAt = now
        input.append(contentsOf: buffer[..<count])
        try parse(at: now)
      case .failure(let error) where error.isWouldBlock: return
      case .failure(let error): throw RedisFailure(error.description)
      }
    }
  }

  private mutating func parse(at now: Instant) throws(RedisFailure) {
    while parsed < input.count {
      let (start, input) = (parsed, input)
      switch parser.parse(input.span.extracting(droppingFirst: start)) {
      case .incomplete: return
      case .failed(let fault): throw RedisFailure(fault.reason)
      case .complete(let reply):
        parsed += reply.length
        try take(reply, from: start, at: now)
      }
    }
  }

  private mutating func take(
    _ reply: RESPReply, from start: Int, at now: Instant
  ) throws(RedisFailure) {
    if role == .subscribe, reply.isFlat(ofAtLeast: 3),
      text(reply.values[1], from: start) == "message"
    {
      let payload = reply.values[3].bytes
      datagrams.append(start + payload.lowerBound..<start + payload.upperBound)
      return
    }
    let request = awaited.popFirst()
    if reply.root.kind == .error {
      let reason = "the server says \(text(reply.root, from: start))"
      guard phase == .ready else { throw RedisFailure(reason) }
      if request == .publish {
        lost += 1
        refusal = reason
      }
      return
    }
    if request == .publish {
      accepted += 1
      refusal = nil
    }
    if phase == .greeting, awaited.isEmpty {
      phase = .ready
      pingsAt = now + Self.pingInterval
      backoff.reset()
    }
  }

  /// A text of the server, at most 200 bytes, with visible ASCII only.
  private func text(_ value: RESPValue, from start: Int) -> String {
    let bytes = input[(start + value.bytes.lowerBound)..<(start + value.bytes.upperBound)]
    let shown = bytes.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: shown, as: UTF8.self)
  }
}
