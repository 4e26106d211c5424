// Splits one line of a text log into words, and leaves out its comment.

/// Goes through a line from left to right. Blanks are spaces and tabs.
struct LineScanner {
  private let bytes: [UInt8]

  /// Where the line's meaning ends: before the comment, the blanks before that, and a carriage return.
  private let end: Int
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var end = bytes.endIndex
    for index in bytes.indices where bytes[index] == .numberSign {
      if index > 0 && !bytes[index - 1].isBlank { continue }
      end = index
      break
    }
    if end == bytes.endIndex && bytes.last == .carriageReturn { end -= 1 }
    while end > 0 && bytes[end - 1].isBlank { end -= 1 }
    self.end = end
  }

  /// The next word; nil when none is left.
  mutating func nextWord() -> [UInt8]? {
    skipBlanks()
    let start = index
    while index < end && !bytes[index].isBlank { index += 1 }
    return start == index ? nil : Array(bytes[start..<index])
  }

  /// All that is left, without blanks at either end.
  mutating func rest() -> [UInt8] {
    skipBlanks()
    let start = index
    index = end
    return Array(bytes[start..<max(start, end)])
  }

  private mutating func skipBlanks() {
    while index < end && bytes[index].isBlank { index += 1 }
  }
}

extension UInt8 {
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let numberSign = UInt8(ascii: "#")
  static let backslash = UInt8(ascii: "\\")
}
