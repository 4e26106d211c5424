// What an explanation is about: a namespace and a time in a log.

/// A namespace and an instant of a section. Written `football@4.5`, or `football@2:4.5` for section
/// 2.
package struct Moment: Equatable, Sendable {
  /// The name of the namespace.
  package var namespace: [UInt8]

  /// The number of the section, from 1; nil for the last section that lasts until the instant.
  package var section: Int?

  /// The instant of the section.
  package var instant: Instant

  /// Reads a moment; nil when the text is malformed. The namespace ends at the last `@`.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let end = bytes.lastIndex(of: UInt8(ascii: "@")), (1...255).contains(end) else {
      return nil
    }
    namespace = Array(bytes[..<end])
    guard namespace.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    var time = bytes[(end + 1)...]
    if let colon = time.firstIndex(of: UInt8(ascii: ":")) {
      guard let number = UInt64(digits: Array(time[..<colon]).span), (1...999_999).contains(number)
      else { return nil }
      section = Int(number)
      time = time[(colon + 1)...]
    }
    guard let instant = Instant(decimal: Array(time).span) else { return nil }
    self.instant = instant
  }
}
