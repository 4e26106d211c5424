// Repair of text that must be UTF-8: each malformed part is replaced by U+FFFD, as decoders do.

/// A UTF-8 sequence that starts with a byte above 0x7F; or the longest incomplete part of one,
/// which one U+FFFD replaces (Unicode, §3.9).
struct UTF8Sequence {
  let count: Int
  let isValid: Bool

  init(_ text: Span<UInt8>, at start: Int) {
    let lead = text[start]
    let length: Int
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default:
      count = 1
      isValid = false
      return
    }
    var offset = 1
    while offset < length, start + offset < text.count,
      Self.mayFollow(lead, text[start + offset], at: offset)
    {
      offset += 1
    }
    count = offset
    isValid = offset == length
  }

  /// Appends the sequence at `start`, or U+FFFD if it is malformed.
  func append(
    from text: Span<UInt8>, at start: Int, into output: inout ContiguousArray<UInt8>
  ) {
    if isValid {
      for index in start..<start + count { output.append(text[index]) }
    } else {
      output.append(contentsOf: "\u{FFFD}".utf8)
    }
  }

  /// Whether a byte may be at `offset` after a lead byte. The result is false for overlong forms,
  /// surrogates and everything above U+10FFFF.
  private static func mayFollow(_ lead: UInt8, _ byte: UInt8, at offset: Int) -> Bool {
    guard offset == 1 else { return byte & 0xC0 == 0x80 }
    switch lead {
    case 0xE0: return byte >= 0xA0 && byte <= 0xBF
    case 0xED: return byte >= 0x80 && byte <= 0x9F
    case 0xF0: return byte >= 0x90 && byte <= 0xBF
    case 0xF4: return byte >= 0x80 && byte <= 0x8F
    default: return byte & 0xC0 == 0x80
    }
  }
}
