// The escapes of texts and names in a line of the text form.
//
// A text is the rest of its line, with `\\`, `\n`, `\r`, `\#` and `\xNN` for the bytes that cannot
// be there. A name cannot have blanks and is written without escapes, with one exception: a name
// that begins with `#`, or with backslashes and then `#`, is written with one more `\` in front.
// Without it, a name with `#` would be read as a comment, and two names could have the same form.
// The name of a node may have any bytes, and has `\xNN` for those that are not visible.

/// Writes and reads the escapes of the text form.
enum TextEscape {
  /// The text without its escapes; nil when an escape is unknown or cut off.
  static func unescaped(_ bytes: [UInt8]) -> [UInt8]? {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == ASCII.backslash else {
        text.append(bytes[index])
        index += 1
        continue
      }
      guard index + 1 < bytes.count else { return nil }
      switch bytes[index + 1] {
      case ASCII.backslash: text.append(ASCII.backslash)
      case ASCII.numberSign: text.append(ASCII.numberSign)
      case UInt8(ascii: "n"): text.append(ASCII.lineFeed)
      case UInt8(ascii: "r"): text.append(ASCII.carriageReturn)
      case UInt8(ascii: "x"):
        guard let byte = hexadecimalEscape(bytes, at: index) else { return nil }
        text.append(byte)
        index += 2
      default: return nil
      }
      index += 2
    }
    return text
  }

  /// The text with every escape that it needs and no other.
  static func escaped(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for (index, byte) in text.enumerated() {
      let isAtAnEnd = index == 0 || index == text.count - 1
      switch byte {
      case ASCII.backslash: bytes += [ASCII.backslash, ASCII.backslash]
      case ASCII.lineFeed: bytes += [ASCII.backslash, UInt8(ascii: "n")]
      case ASCII.carriageReturn: bytes += [ASCII.backslash, UInt8(ascii: "r")]
      case ASCII.numberSign where index == 0 || text[index - 1].isBlank:
        bytes += [ASCII.backslash, ASCII.numberSign]
      case 0x09 where !isAtAnEnd, 0x20 where !isAtAnEnd: bytes.append(byte)
      case 0x00...0x20, 0x7F:
        bytes += [
          ASCII.backslash, UInt8(ascii: "x"), .hexadecimalDigit(byte >> 4),
          .hexadecimalDigit(byte & 15),
        ]
      default: bytes.append(byte)
      }
    }
    return bytes
  }

  /// The name that a word of a line stands for.
  static func unescapedName(_ word: [UInt8]) -> [UInt8] {
    beginsLikeComment(word) && word.first == ASCII.backslash ? Array(word.dropFirst()) : word
  }

  /// The word of a line that stands for a name.
  static func escapedName(_ name: [UInt8]) -> [UInt8] {
    beginsLikeComment(name) ? [ASCII.backslash] + name : name
  }

  /// The name of a node, which may have any bytes, in visible ASCII: `\xNN` for each other byte,
  /// and for a backslash that begins what would be read as such an escape.
  static func visible(_ name: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, byte) in name.enumerated() {
      if (0x21...0x7E).contains(byte), hexadecimalEscape(name, at: index) == nil {
        bytes.append(byte)
      } else {
        bytes += [
          ASCII.backslash, UInt8(ascii: "x"), .hexadecimalDigit(byte >> 4),
          .hexadecimalDigit(byte & 15),
        ]
      }
    }
    return bytes
  }

  /// The name that `visible` made visible.
  static func bytes(ofVisible name: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while index < name.count {
      let escaped = hexadecimalEscape(name, at: index)
      bytes.append(escaped ?? name[index])
      index += escaped == nil ? 1 : 4
    }
    return bytes
  }

  /// The byte for which the four bytes from `index` on stand, if they are `\xNN`.
  private static func hexadecimalEscape(_ bytes: [UInt8], at index: Int) -> UInt8? {
    guard index + 3 < bytes.count, bytes[index] == ASCII.backslash,
      bytes[index + 1] == UInt8(ascii: "x"), let high = bytes[index + 2].hexadecimalValue,
      let low = bytes[index + 3].hexadecimalValue
    else { return nil }
    return high << 4 | low
  }

  /// Whether the first byte that is no backslash is `#`.
  private static func beginsLikeComment(_ name: [UInt8]) -> Bool {
    name.first { $0 != ASCII.backslash } == ASCII.numberSign
  }
}
