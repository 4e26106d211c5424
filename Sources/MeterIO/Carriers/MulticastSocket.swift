// The socket of a multicast group (§6). It is bound to the group's own address, so that it gets no
// datagram of another group on the same port. The port is shared, so that several nodes can run on
// one machine.

import CLinux
import Glibc

/// A socket that is a member of one group.
struct MulticastSocket: ~Copyable {
  let socket: DatagramSocket

  /// The address to which datagrams are sent.
  let group: SocketAddress
  private let interface: NetworkInterface?

  /// The number of the interface of the last join; 0 for one that the system chose; nil before the
  /// first.
  private var joined: UInt32?

  /// Opens the socket. It is a member of the group after `join`.
  init(group: SocketAddress, interface: NetworkInterface?) throws(SystemError) {
    var group = group
    if let index = interface?.index { group.scope = index }
    let socket = try DatagramSocket(boundTo: group, isShared: true)
    if group.isIPv6 {
      let level = Int32(IPPROTO_IPV6)
      try socket.set(level, IPV6_MULTICAST_HOPS, 1)
      try socket.set(level, IPV6_MULTICAST_LOOP, 1)
      try socket.set(level, IPV6_MULTICAST_ALL, 0)
    } else {
      let level = Int32(IPPROTO_IP)
      try socket.set(level, IP_MULTICAST_TTL, 1)
      try socket.set(level, IP_MULTICAST_LOOP, 1)
      try socket.set(level, IP_MULTICAST_ALL, 0)
    }
    self.socket = socket
    self.group = group
    self.interface = interface
  }

  /// A new socket for the same group if the number of the interface has changed since the last
  /// join; else nil. Only IPv6 sockets are bound to the number.
  func renewed() throws(SystemError) -> MulticastSocket? {
    guard group.isIPv6, let joined, let index = interface?.index, index != joined else {
      return nil
    }
    return try MulticastSocket(group: group, interface: interface)
  }

  /// Joins the group, or makes sure that the membership still exists: an interface that was removed
  /// and made again has another number and no members. To be called repeatedly.
  mutating func join() throws(SystemError) {
    let index: UInt32
    if let interface {
      guard let found = interface.index else { throw SystemError(code: ENODEV) }
      index = found
    } else {
      index = 0
    }
    do throws(SystemError) {
      if group.isIPv6 {
        try joinIPv6(on: index)
      } else {
        try joinIPv4(on: index)
      }
    } catch {
      // The socket is a member already.
      guard error.code == EADDRINUSE else { throw error }
    }
    joined = index
  }

  private func joinIPv4(on index: UInt32) throws(SystemError) {
    var request = ip_mreqn()
    request.imr_ifindex = Int32(index)
    let level = Int32(IPPROTO_IP)
    // An interface that the operator names by an address sends from that address.
    if let interface { inet_pton(AF_INET, interface.text, &request.imr_address) }
    if index > 0, index != joined { try socket.set(level, IP_MULTICAST_IF, to: request) }
    group.withPointer { address, _ in
      address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        request.imr_multiaddr = $0.pointee.sin_addr
      }
    }
    try socket.set(level, IP_ADD_MEMBERSHIP, to: request)
  }

  private func joinIPv6(on index: UInt32) throws(SystemError) {
    var request = ipv6_mreq()
    request.ipv6mr_interface = index
    let level = Int32(IPPROTO_IPV6)
    if index > 0, index != joined { try socket.set(level, IPV6_MULTICAST_IF, Int32(index)) }
    group.withPointer { address, _ in
      address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
        request.ipv6mr_multiaddr = $0.pointee.sin6_addr
      }
    }
    try socket.set(level, IPV6_ADD_MEMBERSHIP, to: request)
  }
}
