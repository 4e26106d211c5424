import CLinux
import Glibc

/// The addresses by which a daemon on this machine is reached.
enum Loopback {
  case v4, v6

  /// Opens a blocking socket that is connected to a port of this machine, within
  /// `Deadline.timeout`.
  func connect(to port: UInt16, receiveBuffer: Int32? = nil) throws -> Int32 {
    let family = self == .v4 ? AF_INET : AF_INET6
    let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw HarnessError("socket: errno \(errno)") }
    var timeout = timeval(tv_sec: Int(Deadline.timeout), tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    if var size = receiveBuffer {
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    guard withAddress(of: port, { Glibc.connect(socket, $0, $1) }) == 0 else {
      let code = errno
      close(socket)
      throw HarnessError("connect to port \(port): errno \(code)")
    }
    return socket
  }

  /// Opens a socket that listens on a port of the address; 0 takes any.
  func listen(on port: UInt16 = 0, backlog: Int32 = 1) throws -> (socket: Int32, port: UInt16) {
    let family = self == .v4 ? AF_INET : AF_INET6
    let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard withAddress(of: port, { bind(socket, $0, $1) }) == 0, Glibc.listen(socket, backlog) == 0
    else {
      close(socket)
      throw HarnessError("listen on port \(port): errno \(errno)")
    }
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(socket, $0, &length)
      }
    }
    return (socket, UInt16(bigEndian: address.sin6_port))  // At the same place in both families.
  }

  /// Passes the address with a port to `body`.
  func withAddress<Result>(
    of port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    switch self {
    case .v4:
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      return Self.withPointer(to: address, body)
    case .v6:
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      return Self.withPointer(to: address, body)
    }
  }

  private static func withPointer<Address, Result>(
    to address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
