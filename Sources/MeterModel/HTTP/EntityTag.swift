// Entity tags (RFC 9110 §8.8.3), with which a client asks whether a file has changed.

/// The tag of a file: 16 hexadecimal digits of the SHA-256 of its bytes.
package struct EntityTag: Equatable, Sendable {
  /// The tag in its quotes.
  package let text: String

  /// The tag of a file with these bytes. O(n)
  package init(of bytes: Span<UInt8>) {
    let words = SHA256.digest(bytes).words
    let digits = String(UInt64(words[0]) << 32 | UInt64(words[1]), radix: 16)
    text = "\"" + String(repeating: "0", count: 16 - digits.utf8.count) + digits + "\""
  }

  /// Whether the value of an `If-None-Match` is `*` or has the tag, weak or not (RFC 9110 §13.1.2).
  package func isNamed(by value: Span<UInt8>) -> Bool {
    var elements = ListElements(0..<value.count)
    while let element = elements.next(in: value) {
      let isWeak = value.extracting(element).hasPrefix("W/")
      let opaque = element.dropFirst(isWeak ? 2 : 0)
      if value.equals(text, in: opaque) || value.equals("*", in: element) { return true }
    }
    return false
  }
}
