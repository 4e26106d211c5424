// A trigger makes the server send something to a namespace: a URL with places for the namespace and
// the round.

/// A URL in which `{namespace}` and `{round}` are replaced for each round. `http://` sends a GET
/// request; `tcp://` sends the text after the slash of the address as one line.
package struct TriggerTemplate: Equatable, Sendable {
  /// The protocol of a trigger.
  package enum Scheme: Sendable {
    case http
    case tcp
  }

  /// The protocol.
  package let scheme: Scheme

  /// The host, without the brackets of an IPv6 address.
  package let host: String

  /// The port number.
  package let port: UInt16

  /// The path with its slash, or the line without.
  private let parts: [Part]

  private enum Part: Equatable {
    case text(String)
    case namespace
    case round
  }

  /// Nil for another scheme, no port, a text that no request line can have, or a text without
  /// `{round}`, by which deliveries are recognised.
  package init?(_ url: String) {
    guard url.utf8.count <= 4096 else { return nil }
    let rest: Substring
    if url.hasPrefix("http://") {
      (scheme, rest) = (.http, url.dropFirst(7))
    } else if url.hasPrefix("tcp://") {
      (scheme, rest) = (.tcp, url.dropFirst(6))
    } else {
      return nil
    }
    guard let slash = rest.firstIndex(of: "/"),
      let colon = rest[..<slash].lastIndex(of: ":"), colon != rest.startIndex,
      let port = UInt64(digits: String(rest[rest.index(after: colon)..<slash]).utf8.span),
      let port = UInt16(exactly: port), port > 0
    else { return nil }
    var host = rest[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    self.host = String(host)
    self.port = port
    let isHTTP = scheme == .http
    let text = isHTTP ? rest[slash...] : rest[rest.index(after: slash)...]
    parts = Self.parts(of: text)
    guard !self.host.isEmpty, parts.contains(.round),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) || $0 == 0x20 && !isHTTP })
    else { return nil }
  }

  private static func parts(of text: Substring) -> [Part] {
    let pieces = text.split(separator: "{", omittingEmptySubsequences: false)
    return pieces.prefix(1).map { .text(String($0)) }
      + pieces.dropFirst().flatMap { piece -> [Part] in
        for (name, part) in [("namespace}", Part.namespace), ("round}", .round)]
        where piece.hasPrefix(name) {
          return [part, .text(String(piece.dropFirst(name.count)))]
        }
        return [.text("{\(piece)")]
      }
  }

  /// The bytes for a round. `padding` letters follow its number, to make the message larger.
  package func request(namespace: String, round: UInt32, padding: UInt32) -> [UInt8] {
    let number = "\(round)" + String(repeating: "x", count: Int(padding))
    let filled = parts.map { part in
      switch part {
      case .text(let text): text
      case .namespace: namespace
      case .round: number
      }
    }.joined()
    switch scheme {
    case .http:
      let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      return Array(
        "GET \(filled) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n".utf8)
    case .tcp: return Array("\(filled)\n".utf8)
    }
  }
}
