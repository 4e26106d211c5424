// Entity tags (RFC 9110 §8.8.3), with which a client asks whether a file has changed.

/// The tag of a file: 16 hexadecimal digits of the SHA-256 of its bytes.
package struct EntityTag: Equatable, Sendable {
  private let digest: UInt64

  /// The tag of a file with these bytes. O(n)
  package init(of bytes: Span<UInt8>) {
    let words = SHA256.digest(bytes).words
    digest = UInt64(words[0]) << 32 | UInt64(words[1])
  }

  /// The tag in its quotes.
  package var text: String {
    let digits = String(digest, radix: 16)
    return "\"" + String(repeating: "0", count: 16 - digits.utf8.count) + digits + "\""
  }

  /// Whether the value of an `If-None-Match` is `*` or has the tag, weak or not (RFC 9110 §13.1.2).
  package func isNamed(by value: Span<UInt8>) -> Bool {
    let tag = text
    var elements = ListElements(0..<value.count)
    while let element = elements.next(in: value) {
      let isWeak = value.extracting(element).hasPrefix("W/")
      let opaque = element.dropFirst(isWeak ? 2 : 0)
      if value.equals(tag, in: opaque) || value.equals("*", in: element) { return true }
    }
    return false
  }
}
