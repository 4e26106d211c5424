import CLinux
import Glibc

/// A UDP socket on this machine that is no node: it sends what a test says, and receives what a
/// node sends to it.
final class UnicastSocket: Sendable {
  let port: UInt16
  private let descriptor: Int32

  /// Binds it to a free port of 127.0.0.1, or to a given one.
  init(port: UInt16 = 0) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw HarnessError("socket: errno \(errno)") }
    guard Loopback.v4.withAddress(of: port, { bind(descriptor, $0, $1) }) == 0 else {
      let code = errno
      close(descriptor)
      throw HarnessError("bind: errno \(code)")
    }
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    self.descriptor = descriptor
    self.port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8], to port: UInt16) throws {
    let sent = Loopback.v4.withAddress(of: port) {
      sendto(descriptor, bytes, bytes.count, 0, $0, $1)
    }
    guard sent == bytes.count else { throw HarnessError("sendto: errno \(errno)") }
  }

  /// The next datagram; nil when none comes within so many seconds.
  func receive(within seconds: Double = Deadline.timeout) -> [UInt8]? {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, Deadline(within: seconds).milliseconds) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }
}
