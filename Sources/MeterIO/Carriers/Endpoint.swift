// HOST:PORT as the command line has it.

import CLinux
import Glibc

/// A host, by name or by address, and a port.
package struct Endpoint: Equatable, Sendable {
  /// A name, an IPv4 address or an IPv6 address without its brackets, perhaps with a zone.
  package let host: String

  /// 1 to 65535.
  package let port: UInt16

  /// An endpoint of valid parts.
  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `name:port`, `1.2.3.4:port` or `[::1]:port`; nil for anything else.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let port = UInt16(digits), port > 0
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("[") {
      guard host.hasSuffix("]") else { return nil }
      host = host.dropFirst().dropLast()
      guard Self.isIPv6(host) else { return nil }
    } else {
      guard Self.isNameOrIPv4(host) else { return nil }
    }
    self.init(host: String(host), port: port)
  }

  /// The text that `init(_:)` reads.
  package var description: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Whether the host is an address of a multicast group: 224.0.0.0/4 or ff00::/8.
  package var isGroup: Bool {
    var v4 = in_addr()
    if inet_pton(AF_INET, host, &v4) == 1 { return UInt32(bigEndian: v4.s_addr) >> 28 == 0xE }
    return Self.isIPv6(host[...]) && host.lowercased().hasPrefix("ff")
      && host.prefix(5).contains(":") && host.first != ":"
      && host.prefix { $0 != ":" }.count == 4
  }

  /// The name after `%` of an IPv6 address that has one.
  package var zone: String? {
    host.contains(":")
      ? host.split(separator: "%", maxSplits: 1).dropFirst().first.map(String.init) : nil
  }

  private static func isIPv6(_ host: Substring) -> Bool {
    let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    var address = in6_addr()
    guard inet_pton(AF_INET6, String(parts[0]), &address) == 1 else { return false }
    return parts.count == 1 || (!parts[1].isEmpty && isName(parts[1]))
  }

  private static func isNameOrIPv4(_ host: Substring) -> Bool {
    isName(host) && !host.hasPrefix("-") && !host.hasPrefix(".")
  }

  /// Letters, digits, dots, hyphens (RFC 1123) and underscores, which are in use; at most 253.
  private static func isName(_ text: Substring) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
