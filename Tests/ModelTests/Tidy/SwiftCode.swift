/// Swift code without its comments and the contents of its string literals, line by line, and the
/// names in it. It knows enough of the language for the code of this project: line comments, plain
/// and raw literals, and literals of several lines. What stands in an interpolation is left out.
struct SwiftCode {
  /// The lines of the code. Each line of the text has one, which may be empty.
  private(set) var lines: [[UInt8]] = []

  init(_ text: SourceText) {
    var isInLongLiteral = false
    for line in text.lines {
      let bytes = [UInt8](line.utf8)
      if isInLongLiteral {
        isInLongLiteral = !bytes.contains(threeQuotes)
        lines.append([])
      } else {
        lines.append(Self.code(of: bytes, &isInLongLiteral))
      }
    }
  }

  /// The code of a line that does not begin within a literal.
  private static func code(of bytes: [UInt8], _ isInLongLiteral: inout Bool) -> [UInt8] {
    var code: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == slash, index + 1 < bytes.count, bytes[index + 1] == slash { break }
      let isRaw = byte == numberSign && index + 1 < bytes.count && bytes[index + 1] == quote
      guard byte == quote || isRaw else {
        code.append(byte)
        index += 1
        continue
      }
      if isRaw { index += 1 }
      if bytes[index...].starts(with: threeQuotes) {
        isInLongLiteral = !bytes[(index + 3)...].contains(threeQuotes)
        break
      }
      index = isRaw ? end(ofRawLiteralAt: index, in: bytes) : end(ofLiteralAt: index, in: bytes)
      code += [quote, quote]
    }
    return code
  }

  /// The place after a literal of one line. A quotation mark within an interpolation is taken for
  /// the literal's end if no parenthesis is open before it.
  private static func end(ofLiteralAt start: Int, in bytes: [UInt8]) -> Int {
    var (index, depth) = (start + 1, 0)
    while index < bytes.count {
      switch bytes[index] {
      case backslash where index + 1 < bytes.count && bytes[index + 1] == openParenthesis:
        depth += 1
        index += 1
      case backslash: index += 1
      case openParenthesis where depth > 0: depth += 1
      case closeParenthesis where depth > 0: depth -= 1
      case quote where depth == 0: return index + 1
      default: break
      }
      index += 1
    }
    return bytes.count
  }

  private static func end(ofRawLiteralAt start: Int, in bytes: [UInt8]) -> Int {
    var index = start + 1
    while index + 1 < bytes.count, bytes[index] != quote || bytes[index + 1] != numberSign {
      index += 1
    }
    return min(index + 2, bytes.count)
  }

  /// A type that a file declares.
  struct Declaration {
    let name: String

    /// At the top level, for other files to use.
    let isVisible: Bool
  }

  /// The types that the file declares.
  var declarations: [Declaration] {
    lines.compactMap { line in
      let words = String(decoding: line, as: UTF8.self)
        .split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      guard let keyword = words.firstIndex(where: { typeKeywords.contains($0) }),
        keyword + 1 < words.count, words[..<keyword].allSatisfy({ modifiers.contains($0) })
      else { return nil }
      let isPrivate = words[..<keyword].contains { $0 == "private" || $0 == "fileprivate" }
      return Declaration(
        name: String(words[keyword + 1]),
        isVisible: !isPrivate && line[0] != UInt8(ascii: " "))
    }
  }

  /// Names that begin with a capital and do not follow a dot, with the line of each.
  func visitTypeNames(_ visit: (_ name: String, _ line: Int) -> Void) {
    for (number, line) in lines.enumerated() {
      var index = 0
      while index < line.count {
        guard isNamePart(line[index]) else {
          index += 1
          continue
        }
        let start = index
        while index < line.count, isNamePart(line[index]) { index += 1 }
        guard isCapital(line[start]), start == 0 || line[start - 1] != dot else { continue }
        visit(String(decoding: line[start..<index], as: UTF8.self), number + 1)
      }
    }
  }
}

private let typeKeywords: Set<Substring> = ["struct", "enum", "class", "protocol", "typealias"]
private let modifiers: Set<Substring> = [
  "package", "public", "internal", "private", "fileprivate", "final", "indirect",
]
private let slash = UInt8(ascii: "/")
private let backslash = UInt8(ascii: "\\")
private let quote = UInt8(ascii: "\"")
private let numberSign = UInt8(ascii: "#")
private let dot = UInt8(ascii: ".")
private let openParenthesis = UInt8(ascii: "(")
private let closeParenthesis = UInt8(ascii: ")")
private let threeQuotes: [UInt8] = [quote, quote, quote]

private func isCapital(_ byte: UInt8) -> Bool { (65...90).contains(byte) }

private func isLetter(_ byte: UInt8) -> Bool { isCapital(byte) || (97...122).contains(byte) }

private func isNamePart(_ byte: UInt8) -> Bool {
  isLetter(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
}
