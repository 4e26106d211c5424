import CLinux
import Glibc
import MeterIO

/// A member of a group on this machine's own network, which sends whatever bytes a test wants.
final class GroupSocket: Sendable {
  private let descriptor: Int32
  private let address: sockaddr_in

  init(_ group: TestGroup) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw HarnessError("socket: errno \(errno)") }
    var one: Int32 = 1
    var address = sockaddr_in()
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = group.port.bigEndian
    // As the original binds it: every address, and so every group of the port.
    guard Self.with(address, { bind(descriptor, $0, $1) }) == 0 else {
      throw HarnessError("bind: errno \(errno)")
    }
    var request = ip_mreqn()
    inet_pton(AF_INET, group.address, &request.imr_multiaddr)
    inet_pton(AF_INET, "127.0.0.1", &request.imr_address)
    let size = socklen_t(MemoryLayout<ip_mreqn>.size)
    let level = Int32(IPPROTO_IP)
    guard setsockopt(descriptor, level, IP_ADD_MEMBERSHIP, &request, size) == 0,
      setsockopt(descriptor, level, IP_MULTICAST_IF, &request, size) == 0
    else { throw HarnessError("joining: errno \(errno)") }
    address.sin_addr = request.imr_multiaddr
    self.descriptor = descriptor
    self.address = address
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) throws {
    let sent = Self.with(address) { sendto(descriptor, bytes, bytes.count, 0, $0, $1) }
    guard sent == bytes.count else { throw HarnessError("sendto: errno \(errno)") }
  }

  /// Sends until the node says that it dropped one: a busy machine loses some before they come there.
  func send(_ bytes: [UInt8], untilDroppedBy node: RunningDaemon) throws {
    let before = try node.cluster().unbelieved
    let deadline = Deadline()
    repeat {
      try send(bytes)
      guard !deadline.hasPassed else { throw HarnessError("no datagram was dropped") }
    } while try node.cluster().unbelieved == before
  }

  /// The next datagram, its own too.
  func receive(within seconds: Double = Deadline.patience) throws -> [UInt8] {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, Deadline(within: seconds).milliseconds) > 0 else {
      throw HarnessError("no datagram came")
    }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }

  /// Reads until a datagram is as wanted.
  func receive(
    within seconds: Double = Deadline.patience, until isWanted: ([UInt8]) -> Bool
  ) throws -> [UInt8] {
    let deadline = Deadline(within: seconds)
    while true {
      let bytes = try receive(within: Double(deadline.milliseconds) / 1000)
      if isWanted(bytes) { return bytes }
    }
  }

  private static func with<Result>(
    _ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

/// Somebody who says the same in a group each 100 ms, until it ends.
final class Voice {
  private let isOver: Flag
  private let thread: JoinableThread

  init(_ socket: GroupSocket, _ bytes: [UInt8]) throws {
    let isOver = Flag()
    self.isOver = isOver
    thread = try JoinableThread(name: "voice") {
      while !isOver.isRaised {
        // What could not be sent is said again.
        try? socket.send(bytes)
        usleep(100_000)
      }
    }
  }

  /// Says nothing any more.
  func end() {
    isOver.raise()
    thread.join()
  }
}

/// Datagrams as the original's nodes write them, byte by byte as ORIGINAL.md D has it.
enum OriginalDatagram {
  /// `82 a3"sid" da0024<36 bytes> a4"vals" 9x …` with numbers below 128.
  static func bytes(
    _ sid: String, _ counts: [(name: String, members: UInt8, connections: UInt8)]
  )
    -> [UInt8]
  {
    var bytes: [UInt8] = [0x82, 0xA3] + Array("sid".utf8) + [0xDA, 0, 36] + Array(sid.utf8)
    bytes += [0xA4] + Array("vals".utf8) + [0x90 + UInt8(counts.count * 3)]
    for count in counts {
      bytes += [0xA0 + UInt8(count.name.utf8.count)] + Array(count.name.utf8)
      bytes += [count.members, count.connections]
    }
    return bytes
  }

  static let session = "5f9d3a70-6b1c-4e0e-9d36-0c7a6f1b2e44"
}
