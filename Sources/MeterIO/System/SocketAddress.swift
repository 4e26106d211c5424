// The addresses of sockets, and their resolution by the system.

import CLinux
import Glibc

/// An IPv4 or IPv6 address with a port.
struct SocketAddress: Sendable {
  private var storage = sockaddr_storage()
  private var length = socklen_t(0)

  /// Storage for an address that a system call will fill.
  init() {}

  /// The wildcard address: `::`, which stands for IPv4 too, or `0.0.0.0` on a system without IPv6.
  static func wildcard(port: UInt16) throws(ResolutionError) -> [SocketAddress] {
    let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    if probe >= 0 { close(probe) }
    return try resolve(probe >= 0 ? "::" : "0.0.0.0", port: port)
  }

  /// The addresses of a literal or a name, in the system's order.
  ///
  /// A literal is resolved at once. A name may need a question to a name server, which may take
  /// seconds.
  static func resolve(
    _ host: String, port: UInt16, literalOnly: Bool = false
  ) throws(ResolutionError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | (literalOnly ? AI_NUMERICHOST : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &list)
    guard code == 0 else { throw ResolutionError(code: code) }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = entry.pointee.ai_addr {
        addresses.append(SocketAddress(copying: address, length: entry.pointee.ai_addrlen))
      }
      next = entry.pointee.ai_next
    }
    return addresses
  }

  /// The local address of a socket.
  init(of descriptor: Int32) throws(SystemError) {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) { [descriptor, length] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        var length = length
        return getsockname(descriptor, address, &length)
      }
    }
    guard code == 0 else { throw SystemError(code: errno) }
    length = socklen_t(
      isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
  }

  private init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
    self.length = length
    withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
    }
  }

  /// `AF_INET` or `AF_INET6`.
  var family: Int32 { Int32(storage.ss_family) }
  /// Whether the address is of IPv6.
  var isIPv6: Bool { family == AF_INET6 }

  /// Whether it is the IPv6 wildcard address, which stands for every address of both families.
  var isWildcard: Bool {
    isIPv6 && withUnsafeBytes(of: storage) { $0[8..<24].allSatisfy { $0 == 0 } }
  }

  /// The port number; 0 for any free port.
  var port: UInt16 {
    get {
      let bytes = withUnsafeBytes(of: storage) { $0.load(fromByteOffset: 2, as: UInt16.self) }
      return UInt16(bigEndian: bytes)
    }
    set {
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: newValue.bigEndian, toByteOffset: 2, as: UInt16.self)
      }
    }
  }

  /// The number of the network interface of an IPv6 link-local address; 0 for none.
  var scope: UInt32 {
    get {
      isIPv6 ? withUnsafeBytes(of: storage) { $0.load(fromByteOffset: 24, as: UInt32.self) } : 0
    }
    set {
      guard isIPv6 else { return }
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: newValue, toByteOffset: 24, as: UInt32.self)
      }
    }
  }

  /// The address as text: `127.0.0.1:80` or `[::1]:80`.
  var description: String {
    isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// The address without its port, as text: `127.0.0.1` or `::1`.
  var host: String {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let code = withPointer { address, length in
      getnameinfo(address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
    }
    let bytes = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return code == 0 ? String(decoding: bytes, as: UTF8.self) : "?"
  }

  /// Calls `body` with the bytes that stand for the owner of the address: all of an IPv4 address,
  /// and the first 64 bits of an IPv6 address, since one network has the others.
  func withNetworkBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    withUnsafeBytes(of: storage) { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[isIPv6 ? 8..<16 : 4..<8])
      return body(part.assumingMemoryBound(to: UInt8.self).span)
    }
  }

  /// Calls `body` with the address as system calls take it.
  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}

extension SocketAddress {
  /// Calls `body` with the storage, for a system call that fills it.
  mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
  ) -> Result {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
    }
  }
}

extension SocketAddress: Equatable {
  /// Whether family, port and host are the same. The zone of an IPv6 address is not compared.
  static func == (left: SocketAddress, right: SocketAddress) -> Bool {
    guard left.family == right.family, left.port == right.port else { return false }
    let host = left.isIPv6 ? 8..<24 : 4..<8
    return withUnsafeBytes(of: left.storage) { left in
      withUnsafeBytes(of: right.storage) { right in left[host].elementsEqual(right[host]) }
    }
  }
}

/// The reason why a host could not be resolved.
struct ResolutionError: Error {
  /// The value that `getaddrinfo` returned.
  let code: Int32

  /// The system's text for the error.
  var description: String {
    guard let text = gai_strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}
