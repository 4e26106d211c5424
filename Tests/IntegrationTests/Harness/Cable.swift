import CLinux
import Foundation
import Synchronization

/// A network between a client and a port of this machine, which a test cuts and mends. It listens
/// on a free port, and ends with its last use.
final class Cable: Sendable {
  /// What its threads share.
  private struct State: Sendable {
    var isCut = false
    var sockets: Set<Int32> = []
  }

  /// The threads of one connection that have ended; the last one closes its sockets.
  private final class EndedThreads: Sendable {
    private let count = Atomic(0)

    func addOne() -> Int { count.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue }
  }

  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  let port: UInt16
  private let listener: Int32
  private let shared = Shared()

  /// A network before a port.
  init(to target: UInt16) throws {
    let (socket, port) = try Loopback.v4.listen(backlog: 64)
    self.port = port
    listener = socket
    Thread.detachNewThread { [shared] in
      while true {
        let accepted = accept4(socket, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        if accepted < 0, errno == EINTR || errno == ECONNABORTED { continue }
        if accepted < 0 { break }
        Self.join(accepted, to: target, shared)
      }
      close(socket)
    }
  }

  // The thread that accepts sees the end, and closes.
  deinit {
    cut()
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Ends all connections, and each that is made until `mend`.
  func cut() {
    shared.state.withLock { state in
      state.isCut = true
      // Their threads see the end, and close.
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
  }

  func mend() {
    shared.state.withLock { $0.isCut = false }
  }

  /// Passes on what comes from either side, until one of them ends.
  private static func join(_ accepted: Int32, to target: UInt16, _ shared: Shared) {
    guard !shared.state.withLock({ $0.isCut }), let other = try? Loopback.v4.connect(to: target)
    else {
      close(accepted)
      return
    }
    let pair = [accepted, other]
    shared.state.withLock { state in
      state.sockets.formUnion(pair)
      if state.isCut { for socket in pair { shutdown(socket, Int32(SHUT_RDWR)) } }
    }
    let ended = EndedThreads()
    for (from, into) in [(accepted, other), (other, accepted)] {
      Thread.detachNewThread {
        pass(from: from, into: into)
        for socket in pair { shutdown(socket, Int32(SHUT_RDWR)) }
        guard ended.addOne() == 2 else { return }
        shared.state.withLock { $0.sockets.subtract(pair) }
        for socket in pair { close(socket) }
      }
    }
  }

  private static func pass(from source: Int32, into target: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(source, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return }
      var sent = 0
      while sent < count {
        let more = buffer[sent..<count].withUnsafeBytes {
          send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if more < 0, errno == EINTR { continue }
        if more <= 0 { return }
        sent += more
      }
    }
  }
}
