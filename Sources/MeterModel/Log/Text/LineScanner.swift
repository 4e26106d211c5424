// Splits a line of a log in text into words, without its comment.

/// Reads a line from left to right. Blanks are spaces and tabs.
struct LineScanner {
  private let bytes: [UInt8]

  /// The end of the content. The comment, the blanks before it, and a carriage return at the end of
  /// the line are not part of the content.
  private let end: Int
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var end = bytes.endIndex
    for index in bytes.indices where bytes[index] == ASCII.numberSign {
      if index > 0 && !bytes[index - 1].isBlank { continue }
      end = index
      break
    }
    if end == bytes.endIndex && bytes.last == ASCII.carriageReturn { end -= 1 }
    while end > 0 && bytes[end - 1].isBlank { end -= 1 }
    self.end = end
  }

  /// The next word; nil at the end of the line.
  mutating func nextWord() -> [UInt8]? {
    skipBlanks()
    let start = index
    while index < end && !bytes[index].isBlank { index += 1 }
    return start == index ? nil : Array(bytes[start..<index])
  }

  /// The rest of the line, without blanks at either end.
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
