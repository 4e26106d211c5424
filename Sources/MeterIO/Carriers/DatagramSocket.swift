// UDP sockets that never wait.

import CLinux
import Glibc
import MeterModel

/// One UDP socket.
struct DatagramSocket: ~Copyable {
  private let descriptor: Descriptor

  /// The size of the kernel's buffers, in bytes, for times in which the thread is held up.
  private static let bufferSize: Int32 = 4 * 1024 * 1024

  /// Opens a socket and binds it. `isShared`: other sockets may have the same address, if they are
  /// shared too.
  init(boundTo address: SocketAddress, isShared: Bool) throws(SystemError) {
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Descriptor(
      owning: try systemCall("socket") { socket(address.family, type, 0) }.get())
    let number = descriptor.number
    if isShared { try Self.set(number, SOL_SOCKET, SO_REUSEADDR, to: Int32(1)) }
    if address.isIPv6 { try Self.set(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: Int32(1)) }
    for (forced, usual) in [(SO_RCVBUFFORCE, SO_RCVBUF), (SO_SNDBUFFORCE, SO_SNDBUF)] {
      do throws(SystemError) {
        try Self.set(number, SOL_SOCKET, forced, to: Self.bufferSize)
      } catch {
        // Without the privilege the system grants what its limit allows.
        try Self.set(number, SOL_SOCKET, usual, to: Self.bufferSize)
      }
    }
    _ = try systemCall("bind") { address.withPointer { bind(number, $0, $1) } }.get()
    self.descriptor = descriptor
  }

  /// The descriptor's number, for a poller.
  var number: Int32 { descriptor.number }

  /// Sets an option that takes a number.
  func set(_ level: Int32, _ option: Int32, _ value: Int32) throws(SystemError) {
    try set(level, option, to: value)
  }

  /// Sets an option that takes a structure.
  func set<Value>(_ level: Int32, _ option: Int32, to value: Value) throws(SystemError) {
    try Self.set(descriptor.number, level, option, to: value)
  }

  private static func set<Value>(
    _ number: Int32, _ level: Int32, _ option: Int32, to value: Value
  ) throws(SystemError) {
    _ = try systemCall("setsockopt") {
      withUnsafeBytes(of: value) {
        setsockopt(number, level, option, $0.baseAddress, socklen_t($0.count))
      }
    }.get()
  }

  /// Receives the next datagram into `buffer`, and returns its length and source; nil when there is
  /// none now.
  func receive(into buffer: inout ContiguousArray<UInt8>) -> (count: Int, source: SocketAddress)? {
    var source = SocketAddress()
    let result = systemCall("recvfrom") {
      buffer.withUnsafeMutableBytes { buffer in
        source.withMutablePointer {
          recvfrom(descriptor.number, buffer.baseAddress, buffer.count, 0, $0, $1)
        }
      }
    }
    // An error of a network that is down is not reported here: the next send reports it.
    guard case .success(let count) = result else { return nil }
    return (count, source)
  }

  /// Sends a datagram. Returns the error, or nil.
  func send(_ bytes: Span<UInt8>, to address: SocketAddress) -> SystemError? {
    let result = systemCall("sendto") {
      bytes.withUnsafeBytes { bytes in
        address.withPointer { sendto(descriptor.number, bytes.baseAddress, bytes.count, 0, $0, $1) }
      }
    }
    if case .failure(let error) = result { return error }
    return nil
  }
}
