// Listening sockets. Each reactor has one of its own for each address (SO_REUSEPORT lets the kernel spread
// newcomers over them). The first is bound without that option, so that a port that any other process has,
// another daemon of this kind too, is an error and not shared.

import CLinux
import Glibc

/// A listening socket. It is open until the process ends or its reactor closes it.
struct Listener: Sendable {
  let descriptor: Int32
  let port: Port

  /// Opens `copies` sockets on each address of `host` (nil: every address, IPv4 and IPv6).
  ///
  /// The answer is the sockets by copy, and the addresses that are listened on. Port number 0 takes any
  /// free port, the same for all addresses.
  static func open(
    _ port: Port, host: String?, number: UInt16, copies: Int
  ) throws(StartError) -> (sockets: [[Listener]], addresses: [SocketAddress]) {
    var sockets = [[Listener]](repeating: [], count: copies)
    var addresses: [SocketAddress] = []
    for var address in try resolve(port, host: host, number: number) {
      if address.port == 0, let first = addresses.first { address.port = first.port }
      for copy in 0..<copies {
        do throws(SystemError) {
          let socket = try listen(on: address, for: port, isFirst: copy == 0)
          sockets[copy].append(Listener(descriptor: socket, port: port))
          address = try SocketAddress(of: socket)
        } catch {
          throw StartError(reason: explain(error, port, address))
        }
      }
      addresses.append(address)
    }
    return (sockets, addresses)
  }

  private static func resolve(
    _ port: Port, host: String?, number: UInt16
  ) throws(StartError) -> [SocketAddress] {
    do throws(ResolutionError) {
      guard let host else { return try SocketAddress.everyAddress(port: number) }
      return try SocketAddress.resolve(host, port: number)
    } catch {
      throw StartError(
        reason: "\(port.hostOption): '\(host ?? "")' is no address of this machine, nor a name "
          + "of one (\(error.description))")
    }
  }

  private static func listen(
    on address: SocketAddress, for port: Port, isFirst: Bool
  ) throws(SystemError) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = try systemCall("socket") { Glibc.socket(address.family, type, 0) }.get()
    do throws(SystemError) {
      try set(socket, SOL_SOCKET, SO_REUSEADDR, 1)
      if address.isIPv6 {
        try set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.isEvery ? 0 : 1)
      }
      if !isFirst { try set(socket, SOL_SOCKET, SO_REUSEPORT, 1) }
      _ = try systemCall("bind") { address.withPointer { bind(socket, $0, $1) } }.get()
      if isFirst { try set(socket, SOL_SOCKET, SO_REUSEPORT, 1) }
      // Accepted sockets inherit these. Data unacknowledged for 30 s means that the peer is gone.
      try set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
      try set(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, 30_000)
      try set(socket, SOL_SOCKET, SO_SNDBUF, port == .statistics ? manyBytes : 16_384)
      if port == .audience {
        try set(socket, Int32(IPPROTO_TCP), TCP_DEFER_ACCEPT, secondsUnaccepted)
      }
      _ = try systemCall("listen") { Glibc.listen(socket, 65_535) }.get()
    } catch {
      close(socket)
      throw error
    }
    return socket
  }

  /// The send buffer of one that reads the statistics: with a single segment in it, each waits 40 ms for the
  /// delayed acknowledgement of the one before.
  private static let manyBytes: Int32 = 262_144

  /// A viewer is accepted when its request has come, so that it wakes its reactor once and not twice; one
  /// that has said nothing for this long is accepted all the same, so that its time runs.
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
    _ error: SystemError, _ port: Port, _ address: SocketAddress
  ) -> String {
    let what = "\(port.option): cannot listen on \(address.description)"
    switch error.code {
    case EADDRINUSE:
      return "\(what): the port is in use; give another one, from 1 to 65535"
    case EACCES, EPERM:
      return "\(what): not permitted; ports below 1024 need root or the capability "
        + "CAP_NET_BIND_SERVICE; or give a port from 1024 to 65535"
    case EADDRNOTAVAIL:
      return "\(port.hostOption): \(address.host) is no address of this machine"
    default:
      return "\(what): \(error.description)"
    }
  }
}
