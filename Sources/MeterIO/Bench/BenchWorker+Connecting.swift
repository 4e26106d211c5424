// Opens the connections of a load.

import CLinux
import Glibc
import MeterModel

extension BenchWorker {
  /// The number of connections that are opened before received bytes are read.
  private static let maximumBatch = 64

  /// Opens the connections of the crowd that are due. Returns the time to wait then, in
  /// milliseconds.
  mutating func startCrowd() -> Int32 {
    let due = pace.due(after: control.microseconds - control.began.load(ordering: .relaxed))
    var batch = 0
    while started < UInt64(connections.count), started < due, inFlight < window,
      batch < Self.maximumBatch
    {
      let place = Int(started)
      begin(place, number: place * crowdThreads + index)
      batch += 1
    }
    guard started < UInt64(connections.count), inFlight < window else { return -1 }
    return started < due ? 0 : 1
  }

  /// Opens the passing connections that are due. Returns the time to wait then, in milliseconds.
  mutating func startPassers() -> Int32 {
    let due = pace.due(after: control.microseconds - control.began.load(ordering: .relaxed))
    var batch = 0
    while started < due, batch < Self.maximumBatch, let place = free.popLast() {
      let target = control.target.load(ordering: .relaxed)
      connections[Int(place)].namespace = choices.map { UInt32(random.below(UInt64($0))) } ?? target
      begin(Int(place), number: Int(truncatingIfNeeded: started))
      batch += 1
    }
    // Without a free place, or a connection that is due, the next event is awaited.
    guard !free.isEmpty else { return -1 }
    return started < due ? 0 : 1
  }

  /// Opens a connection. `number` chooses the source address.
  private mutating func begin(_ place: Int, number: Int) {
    started += 1
    inFlight += 1
    connections[place].startedAt = UInt32(truncatingIfNeeded: control.microseconds)
    connections[place].reader = StreamReader()
    connections[place].round = 0
    connections[place].state = .connecting
    do throws(SystemError) {
      try open(place, number: number)
    } catch {
      end(place, error.code)
    }
  }

  private mutating func open(_ place: Int, number: Int) throws(SystemError) {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = try systemCall("socket") { socket(target.address.family, type, 0) }.get()
    connections[place].descriptor = descriptor
    if connections[place].isSlow { try set(descriptor, SOL_SOCKET, SO_RCVBUF, 4096) }
    if !target.sources.isEmpty {
      // The port is chosen at the connect, where it must be free for this server only.
      try set(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
      _ = try systemCall("bind") {
        target.sources[number % target.sources.count].withPointer { bind(descriptor, $0, $1) }
      }.get()
    }
    let result = systemCall("connect") {
      target.address.withPointer { connect(descriptor, $0, $1) }
    }
    switch result {
    case .success:
      try ask(place)
      try poller.add(descriptor, .readable, key: UInt64(place))
    case .failure(let error) where error.code == EINPROGRESS:
      try poller.add(descriptor, .writable, key: UInt64(place))
    case .failure(let error): throw error
    }
  }

  /// Handles the end of a handshake.
  mutating func finishConnecting(_ place: Int) {
    let descriptor = connections[place].descriptor
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { return end(place, code) }
    do throws(SystemError) {
      try ask(place)
    } catch {
      return end(place, error.code)
    }
    poller.change(descriptor, .readable, key: UInt64(place))
  }

  /// Sends the request, which fits into the buffer of a new socket.
  private mutating func ask(_ place: Int) throws(SystemError) {
    let connection = connections[place]
    target.write(requestFor: connection.namespace, into: &request)
    let count = try systemCall("send") {
      request.withUnsafeBytes {
        send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
    }.get()
    guard count == request.count else { throw SystemError(code: EMSGSIZE) }
    connections[place].state = .waiting
  }

  private func set(
    _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32
  ) throws(SystemError) {
    var value = value
    _ = try systemCall("setsockopt") {
      setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }.get()
  }
}
