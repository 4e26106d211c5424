// The requests that the ports of the operator refuse, because a page of another site in a browser
// on this machine may have sent them (§5).
//
// Such a page can reach 127.0.0.1 in two ways. It can send a request there directly: the browser
// then tells the page's origin. Or it can let its own name resolve to 127.0.0.1 (DNS rebinding):
// the browser then takes the port for the page's own site, but the `Host` is that name.

/// The names, beside addresses and `localhost`, under which the operator's ports are used.
package struct LocalNames: Equatable, Sendable {
  /// In lower case, without a dot at the end.
  private let names: [String]

  /// The maximum number of names of a list.
  package static let maximumCount = 256

  /// No names.
  package init() {
    names = []
  }

  /// A list of names with commas between them; nil if one of them is empty, has over 253 bytes or a
  /// byte that no name of a host has, or if there are more than `maximumCount`.
  package init?(_ list: String) {
    let parts = list.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= Self.maximumCount else { return nil }
    var names: [String] = []
    for part in parts {
      let name = part.hasSuffix(".") ? part.dropLast() : part
      guard (1...253).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte),
        !name.hasPrefix("-")
      else { return nil }
      names.append(name.lowercased())
    }
    self.names = names
  }

  /// The names as a list; nil without names.
  package var list: String? { names.isEmpty ? nil : names.joined(separator: ",") }

  /// Whether the name in `range` is `localhost` or one of these, in upper or lower case, with or
  /// without a dot at its end. O(names)
  private func contains(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    var name = range
    if let last = range.last, bytes[last] == ASCII.dot { name = range.dropLast() }
    return bytes.equalsIgnoringCase("localhost", in: name)
      || names.contains { bytes.equalsIgnoringCase($0, in: name) }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == ASCII.dot || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }
}

extension LocalNames {
  /// The reason why the operator's ports refuse a request whose head was parsed from `bytes`; nil
  /// for a request that they answer. A request without a `Host` (HTTP/1.0) is no browser's. The
  /// paths of health checks may be asked under any `Host`.
  package func refusal(of head: RequestHead, in bytes: Span<UInt8>) -> FailureReason? {
    guard !head.host.isEmpty else { return nil }
    let field = head.host.bounds
    if head.origin != .none, !Self.isOrigin(head.origin.bounds, ofPagesAt: field, in: bytes) {
      return .foreignOrigin
    }
    let path = head.path.bounds
    if bytes.equals("/healthz", in: path) || bytes.equals("/readyz", in: path) { return nil }
    let host = Authority.host(of: bytes, in: field)
    // On Linux and macOS these lead to this machine too, but browsers take them for another one.
    for unspecified in ["0.0.0.0", "[::]", "[::ffff:0:0]"]
    where bytes.equals(unspecified, in: host) {
      return .foreignHost
    }
    return Authority.isAddress(bytes, in: host) || contains(bytes, in: host) ? nil : .foreignHost
  }

  /// Whether an `Origin` (RFC 6454 §7) is that of pages that were loaded under the `Host` in
  /// `field`. A port that is missing on either side is the default of the origin's scheme. No page
  /// has the origin `null` or a scheme other than `http` and `https` here.
  private static func isOrigin(
    _ origin: Range<Int>, ofPagesAt field: Range<Int>, in bytes: Span<UInt8>
  ) -> Bool {
    for (scheme, standardPort) in [("http://", UInt64(80)), ("https://", 443)] {
      let rest = origin.dropFirst(scheme.utf8.count)
      guard !rest.isEmpty, bytes.hasPrefixIgnoringCase(scheme, at: origin.lowerBound) else {
        continue
      }
      guard Authority.isHostField(bytes, in: rest),
        bytes.areEqualIgnoringCase(
          Authority.host(of: bytes, in: rest), Authority.host(of: bytes, in: field)),
        let port = Authority.port(of: bytes, in: rest, default: standardPort)
      else { return false }
      return port == Authority.port(of: bytes, in: field, default: standardPort)
    }
    return false
  }
}

extension Span<UInt8> {
  /// Whether the bytes of two ranges are equal without regard to the case of letters. O(n)
  fileprivate func areEqualIgnoringCase(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { self[$0].lowercased == self[$1].lowercased }
  }
}
