// Bytes from outside are escaped for JSON and HTML.

/// Writes bytes into JSON strings.
package enum JSONString {
  /// Appends the bytes as a JSON string with its quotes (RFC 8259 §7). Bytes that are no UTF-8
  /// become U+FFFD. O(n)
  package static func append(_ bytes: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
    output.append(ASCII.quote)
    var index = 0
    while index < bytes.count {
      let start = index
      while index < bytes.count, isPlain(bytes[index]) { index += 1 }
      output.append(addingCapacity: index - start) { output in
        for plain in start..<index { output.append(bytes[plain]) }
      }
      guard index < bytes.count else { break }
      let byte = bytes[index]
      if byte >= 0x80 {
        let sequence = UTF8Sequence(bytes, at: index)
        sequence.append(from: bytes, at: index, into: &output)
        index += sequence.count
      } else {
        appendEscaped(byte, into: &output)
        index += 1
      }
    }
    output.append(ASCII.quote)
  }

  /// Whether a byte needs no escape.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && byte != ASCII.quote && byte != ASCII.backslash
  }

  private static func appendEscaped(_ byte: UInt8, into output: inout ContiguousArray<UInt8>) {
    output.append(ASCII.backslash)
    if byte == ASCII.quote || byte == ASCII.backslash {
      output.append(byte)
    } else {
      output.append(contentsOf: "u00".utf8)
      output.append(.hexadecimalDigit(byte >> 4))
      output.append(.hexadecimalDigit(byte & 15))
    }
  }
}

/// Writes bytes into HTML.
package enum HTMLText {
  /// Appends the bytes as text, or as the value of an attribute in quotes of either kind. O(n)
  package static func append(_ bytes: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): output.append(contentsOf: "&quot;".utf8)
      case UInt8(ascii: "'"): output.append(contentsOf: "&#39;".utf8)
      default: output.append(bytes[index])
      }
    }
  }
}
