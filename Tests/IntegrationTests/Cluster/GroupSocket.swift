import CLinux
import Glibc
import MeterIO

/// A member of a group on this machine's own network, which sends the bytes of a test.
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
    // As a legacy node binds it: to every address, and so to every group of the port.
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

  /// Sends until the node reports that it dropped one: a busy machine loses some on their way.
  func send(_ bytes: [UInt8], untilDroppedBy node: RunningDaemon) throws {
    let before = try node.cluster().notAccepted
    try eventually("a dropped datagram") {
      try send(bytes)
      return try node.cluster().notAccepted != before
    }
  }

  /// The next datagram of the group, its own ones too.
  func receive(within seconds: Double = Deadline.timeout) throws -> [UInt8] {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, Deadline(within: seconds).milliseconds) > 0 else {
      throw HarnessError("no datagram came")
    }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }

  /// The next datagram for which `isWanted` is true.
  func receive(
    within seconds: Double = Deadline.timeout, until isWanted: ([UInt8]) -> Bool
  ) throws -> [UInt8] {
    let deadline = Deadline(within: seconds)
    while true {
      let bytes = try receive(within: deadline.seconds)
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

/// A sender that sends the same datagram to a group each 100 ms, until its end.
final class RepeatedDatagram {
  private let isOver: Flag
  private let thread: JoinableThread

  init(_ socket: GroupSocket, _ bytes: [UInt8]) throws {
    let isOver = Flag()
    self.isOver = isOver
    thread = try JoinableThread(name: "repeats") {
      while !isOver.isRaised {
        // A datagram that could not be sent is sent again.
        try? socket.send(bytes)
        usleep(100_000)
      }
    }
  }

  /// Ends the sending.
  func end() {
    isOver.raise()
    thread.join()
  }
}

/// Datagrams as legacy nodes write them, byte by byte.
enum LegacyDatagram {
  /// `82 a3"sid" da0024<36 bytes> a4"vals" 9x …` with numbers below 128, or such as −1 (255). A
  /// name of 256 bytes or more comes first, with one member.
  static func bytes(
    _ sid: String, _ counts: [(name: String, members: UInt8, connections: UInt8)],
    longName: String? = nil
  )
    -> [UInt8]
  {
    var bytes: [UInt8] = [0x82, 0xA3] + Array("sid".utf8) + [0xDA, 0, 36] + Array(sid.utf8)
    let number = counts.count + (longName == nil ? 0 : 1)
    bytes += [0xA4] + Array("vals".utf8) + [0x90 + UInt8(number * 3)]
    if let longName {
      let length = longName.utf8.count
      bytes += [0xDA, UInt8(length >> 8), UInt8(length & 0xFF)] + Array(longName.utf8) + [1, 1]
    }
    for count in counts {
      bytes += [0xA0 + UInt8(count.name.utf8.count)] + Array(count.name.utf8)
      bytes += [count.members, count.connections]
    }
    return bytes
  }

  static let session = "5f9d3a70-6b1c-4e0e-9d36-0c7a6f1b2e44"
}
