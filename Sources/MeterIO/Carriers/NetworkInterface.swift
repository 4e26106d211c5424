// Network interfaces, on which multicast groups are joined.

import CLinux
import Glibc

/// A network interface, named by its name or by one of its addresses.
struct NetworkInterface: Sendable {
  /// The name or the address.
  let text: String

  /// The system's present number of the interface; nil while it does not exist. It changes when the
  /// interface is made again.
  var index: UInt32? {
    let named = if_nametoindex(text)
    if named > 0 { return named }
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return nil }
    defer { freeifaddrs(list) }
    var next = list
    while let entry = next {
      next = entry.pointee.ifa_next
      guard let address = entry.pointee.ifa_addr, isAddress(address) else { continue }
      let index = if_nametoindex(entry.pointee.ifa_name)
      return index > 0 ? index : nil
    }
    return nil
  }

  private func isAddress(_ address: UnsafePointer<sockaddr>) -> Bool {
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      var wanted = in_addr()
      guard inet_pton(AF_INET, text, &wanted) == 1 else { return false }
      return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        $0.pointee.sin_addr.s_addr == wanted.s_addr
      }
    case AF_INET6:
      var wanted = in6_addr()
      guard inet_pton(AF_INET6, text, &wanted) == 1 else { return false }
      return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { found in
        withUnsafeBytes(of: found.pointee.sin6_addr) { found in
          withUnsafeBytes(of: wanted) { found.elementsEqual($0) }
        }
      }
    default: return false
    }
  }
}
