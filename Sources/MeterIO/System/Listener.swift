// Listening sockets. Each reactor has one of its own for each address (SO_REUSEPORT lets the kernel
// spread new connections over them). The first is bound without that option, so that a port that
// another process listens on, another daemon of this kind too, is an error and not shared.

import CLinux
import Glibc

/// Opens listening sockets.
enum Listener {
  /// The properties of a listener, and the options that its errors name.
  struct Settings: Sendable {
    /// The option that sets the port number.
    let option: StaticString

    /// The option that sets the address.
    let hostOption: StaticString

    /// The size of the send buffer of accepted sockets, in bytes.
    let sendBuffer: Int32

    /// Whether a connection is accepted only when its first bytes have arrived, or after a second
    /// without any. The reactor then wakes once for a new connection and not twice.
    let defersAccept: Bool
  }

  /// What errors call the port number and the address: an option, or an environment variable.
  struct Names {
    let number: String
    let host: String
  }

  /// Opens `copies` sockets on each address of `host` (nil: every address, IPv4 and IPv6).
  ///
  /// Returns the descriptors by copy, and the addresses. Port number 0 takes any free port, the
  /// same for all addresses. Throws an error for the operator.
  static func open(
    _ settings: Settings, _ names: Names, host: String?, number: UInt16, copies: Int
  ) throws(StartError) -> (descriptors: [[Int32]], addresses: [SocketAddress]) {
    var descriptors = [[Int32]](repeating: [], count: copies)
    var addresses: [SocketAddress] = []
    for var address in try resolve(names, host: host, number: number) {
      if address.port == 0, let first = addresses.first { address.port = first.port }
      for copy in 0..<copies {
        do throws(SystemError) {
          let socket = try listen(on: address, settings, isFirst: copy == 0)
          descriptors[copy].append(socket)
          address = try SocketAddress(of: socket)
        } catch {
          throw StartError(reason: explain(error, names, address))
        }
      }
      addresses.append(address)
    }
    return (descriptors, addresses)
  }

  private static func resolve(
    _ names: Names, host: String?, number: UInt16
  ) throws(StartError) -> [SocketAddress] {
    do throws(ResolutionError) {
      guard let host else { return try SocketAddress.wildcard(port: number) }
      return try SocketAddress.resolve(host, port: number)
    } catch {
      throw StartError(
        reason: "\(names.host): '\(host ?? "")' is no address of this machine, nor a name "
          + "of one (\(error.description))")
    }
  }

  private static func listen(
    on address: SocketAddress, _ settings: Settings, isFirst: Bool
  ) throws(SystemError) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = try systemCall("socket") { Glibc.socket(address.family, type, 0) }.get()
    do throws(SystemError) {
      try set(socket, SOL_SOCKET, SO_REUSEADDR, 1)
      if address.isIPv6 {
        try set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.isWildcard ? 0 : 1)
      }
      if !isFirst { try set(socket, SOL_SOCKET, SO_REUSEPORT, 1) }
      _ = try systemCall("bind") { address.withPointer { bind(socket, $0, $1) } }.get()
      if isFirst { try set(socket, SOL_SOCKET, SO_REUSEPORT, 1) }
      // Accepted sockets inherit these. A peer that acknowledges nothing for 30 s is gone.
      try set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
      try set(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, 30_000)
      try set(socket, SOL_SOCKET, SO_SNDBUF, settings.sendBuffer)
      if settings.defersAccept {
        try set(socket, Int32(IPPROTO_TCP), TCP_DEFER_ACCEPT, secondsUnaccepted)
      }
      _ = try systemCall("listen") { Glibc.listen(socket, 65_535) }.get()
    } catch {
      close(socket)
      throw error
    }
    return socket
  }

  /// A deferred connection is accepted after this time without a request, so that its timeout
  /// begins.
  private static let secondsUnaccepted: Int32 = 1

  private static func set(
    _ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32
  ) throws(SystemError) {
    var value = value
    _ = try systemCall("setsockopt") {
      setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }.get()
  }

  private static func explain(
    _ error: SystemError, _ names: Names, _ address: SocketAddress
  ) -> String {
    let problem = "\(names.number): cannot listen on \(address.description)"
    switch error.code {
    case EADDRINUSE:
      return "\(problem): the port is in use; give another one, from 1 to 65535"
    case EACCES, EPERM:
      return "\(problem): not permitted; ports below 1024 need root or the capability "
        + "CAP_NET_BIND_SERVICE; or give a port from 1024 to 65535"
    case EADDRNOTAVAIL:
      return "\(names.host): \(address.host) is no address of this machine"
    default:
      return "\(problem): \(error.description)"
    }
  }
}
