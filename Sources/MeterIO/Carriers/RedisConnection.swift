// One connection to a Redis or Valkey server: it is made, says who it is, does its work, is watched, and is
// made again when it breaks. Nothing here waits.

import CLinux
import Glibc
import MeterModel

/// Why a connection to Redis is over.
struct RedisFailure: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// One of the two connections.
struct RedisConnection: ~Copyable {
  /// What it is for: one that is subscribed can do nothing else.
  enum Role { case publish, subscribe }

  /// `waiting` becomes `connecting` when its time has come, that `greeting` when the connection is there,
  /// that `ready` when the server has agreed to everything; each becomes `waiting` when something fails.
  enum Phase { case waiting, connecting, greeting, ready }

  let role: Role
  let server: RedisURL
  private(set) var phase = Phase.waiting

  /// Which of the connections so far it is; the upper half of its events' key.
  private(set) var generation: UInt32 = 0

  /// What the poller watches its socket for; empty where it does not yet.
  var watched: Readiness = []

  /// What came, and where in it there are datagrams that are still to be taken.
  private(set) var input: ContiguousArray<UInt8> = []
  private(set) var datagrams: ContiguousArray<Range<Int>> = []

  private var parsed = 0

  /// Why the server did not do what it was last asked to, in its words; nil if it did.
  private(set) var refusal: String?

  /// The socket and its number, while there is one.
  private var socket: Descriptor?
  private(set) var number: Int32?
  private var output: ContiguousArray<UInt8> = []
  private var sent = 0
  private var queue = OutboundQueue(limit: 4 * 1024 * 1024)
  private var parser = RESPParser()
  private var backoff = Backoff()

  /// The next try, of one that is waiting.
  private var connectsAt = Instant.start

  /// How many answers are still to come.
  private var unanswered = 0
  private var heardAt = Instant.start
  private var pingsAt = Instant.start

  /// How long each step of the making of a connection may take.
  private static let patience = Duration.seconds(4)

  /// How long it may be quiet before the server is asked whether it lives, and how long before that is taken
  /// for dead.
  private static let quiet = Duration.seconds(3)
  private static let dead = Duration.seconds(10)

  /// How much is given to the socket at once; what is not can still be forgotten.
  private static let mostOutput = 256 * 1024

  /// How much is read before others have their turn.
  private static let mostInput = 1024 * 1024

  init(_ role: Role, _ server: RedisURL) {
    self.role = role
    self.server = server
  }

  /// What its socket is to be watched for.
  var interest: Readiness {
    sent < output.count || phase == .connecting ? [.readable, .writable] : .readable
  }

  /// How many datagrams were forgotten since the server did not take them.
  var forgotten: UInt64 { queue.forgotten }

  /// Whether everything was sent, and answered, as far as it ever will be.
  var isIdle: Bool { phase != .ready || (output.isEmpty && queue.isEmpty && unanswered == 0) }

  /// Whether its time to be made has come.
  func isDue(at now: Instant) -> Bool { phase == .waiting && connectsAt <= now }

  /// When it has something to do without being spoken to.
  var nextDeadline: Instant {
    switch phase {
    case .waiting: connectsAt
    case .connecting, .greeting: heardAt + Self.patience
    case .ready: min(pingsAt, heardAt + Self.dead)
    }
  }
}

// MARK: - Its life

extension RedisConnection {
  /// Begins a connection to an address.
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

  /// Drops the connection; it is made again after a while.
  mutating func fail(at now: Instant, using random: inout some RandomNumberGenerator) {
    socket = nil
    number = nil
    watched = []
    output = []
    sent = 0
    input = []
    datagrams = []
    parsed = 0
    refusal = nil
    unanswered = 0
    parser = RESPParser()
    queue.removeAll()
    phase = .waiting
    connectsAt = now + backoff.next(using: &random)
  }

  /// Something can be done on the socket.
  mutating func ready(_ seen: Readiness, at now: Instant) throws(RedisFailure) {
    if phase == .connecting, !seen.isDisjoint(with: [.writable, .broken]) { try greet(at: now) }
    if !seen.isDisjoint(with: [.readable, .broken]) { try receive(at: now) }
    try flush()
  }

  /// Does what is due.
  mutating func maintain(at now: Instant) throws(RedisFailure) {
    switch phase {
    case .waiting: return
    case .connecting, .greeting:
      if heardAt + Self.patience <= now { throw RedisFailure("no answer") }
    case .ready:
      if heardAt + Self.dead <= now { throw RedisFailure("silent for 10 seconds") }
      guard pingsAt <= now else { return }
      pingsAt = now + Self.quiet
      command("PING", [])
      try flush()
    }
  }

  /// The connection is there, or failed to be: says who this is and what it wants.
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

// MARK: - What is said

extension RedisConnection {
  /// Publishes a datagram as soon as the server takes it; `flush` is to follow. What is published while there
  /// is no connection is heard by nobody.
  mutating func publish(_ datagram: Span<UInt8>) {
    if phase == .ready { queue.append(datagram) }
  }

  /// Gives the socket what it takes.
  mutating func flush() throws(RedisFailure) {
    guard let number, phase != .connecting else { return }
    let channel = server.channel
    while true {
      while output.count < Self.mostOutput, let datagram = queue.popFirst() {
        RESPCommand.append(publish: datagram.span, on: channel.span, into: &output)
        unanswered += 1
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
    unanswered += 1
  }
}

// MARK: - What is answered

extension RedisConnection {
  /// Forgets what came and was dealt with, the datagrams too.
  mutating func discardInput() {
    datagrams.removeAll(keepingCapacity: true)
    input.removeFirst(parsed)
    parsed = 0
  }

  private mutating func receive(at now: Instant) throws(RedisFailure) {
    guard let number else { return }
    var buffer = ContiguousArray<UInt8>(repeating: 0, count: 65_536)
    while input.count < Self.mostInput {
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
    unanswered -= 1
    if reply.root.kind == .error {
      let reason = "the server says \(text(reply.root, from: start))"
      guard phase == .ready else { throw RedisFailure(reason) }
      refusal = reason
      return
    }
    refusal = nil
    if phase == .greeting, unanswered <= 0 {
      phase = .ready
      pingsAt = now + Self.quiet
      backoff.reset()
    }
  }

  /// A short text of the server, without what would disturb a terminal.
  private func text(_ value: RESPValue, from start: Int) -> String {
    let bytes = input[(start + value.bytes.lowerBound)..<(start + value.bytes.upperBound)]
    let shown = bytes.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: shown, as: UTF8.self)
  }
}
