// The character classes of RFC 9110 §5.6 and RFC 3986 §2, and comparisons of bytes with literals.

/// The ASCII bytes that the parsers and writers name.
enum ASCII {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let numberSign = UInt8(ascii: "#")
  static let percent = UInt8(ascii: "%")
  static let asterisk = UInt8(ascii: "*")
  static let comma = UInt8(ascii: ",")
  static let dot = UInt8(ascii: ".")
  static let slash = UInt8(ascii: "/")
  static let zero = UInt8(ascii: "0")
  static let colon = UInt8(ascii: ":")
  static let semicolon = UInt8(ascii: ";")
  static let equals = UInt8(ascii: "=")
  static let question = UInt8(ascii: "?")
  static let at = UInt8(ascii: "@")
  static let openBracket = UInt8(ascii: "[")
  static let backslash = UInt8(ascii: "\\")
  static let closeBracket = UInt8(ascii: "]")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
}

/// A set of ASCII characters, as one bit for each.
private struct CharacterSet {
  private let low: UInt64
  private let high: UInt64

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  func contains(_ byte: UInt8) -> Bool {
    byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
  }
}

extension UInt8 {
  /// Whether the byte is a `tchar`: a letter, a digit or one of ``!#$%&'*+-.^_`|~`` (RFC 9110
  /// §5.6.2).
  var isTokenCharacter: Bool {
    CharacterSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE).contains(self)
  }

  /// Whether the byte is `unreserved` or one of `sub-delims`: a letter, a digit or one of
  /// `-._~!$&'()*+,;=` (RFC 3986 §2).
  var isNameCharacter: Bool {
    CharacterSet(low: 0x2BFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE).contains(self)
  }

  /// Whether a field value may contain the byte: HTAB, SP, VCHAR and obs-text (RFC 9110 §5.5).
  var isFieldCharacter: Bool {
    self >= ASCII.space && self != 0x7F || self == ASCII.tab
  }

  /// Whether the byte is SP or HTAB.
  var isBlank: Bool { self == ASCII.space || self == ASCII.tab }

  var isDigit: Bool { self &- ASCII.zero < 10 }

  var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }

  /// The value of a hexadecimal digit in either case; nil for any other byte.
  package var hexadecimalValue: UInt8? {
    if isDigit { return self - ASCII.zero }
    let letter = (self | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter + 10 : nil
  }

  /// The hexadecimal digit of a value below 16, in lower case.
  static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? ASCII.zero + value : UInt8(ascii: "a") + value - 10
  }

  /// The byte in lower case; any byte but an upper-case letter is unchanged.
  var lowercased: UInt8 {
    self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self
  }
}

extension Span<UInt8> {
  /// Whether the bytes of `range` equal `literal`. O(n)
  func equals(_ literal: String, in range: Range<Int>) -> Bool {
    guard literal.utf8.count == range.count else { return false }
    let expected = literal.utf8.span
    for index in expected.indices {
      guard self[range.lowerBound + index] == expected[index] else { return false }
    }
    return true
  }

  /// Whether the bytes of `range` equal `literal`, which is in lower case, without regard to the
  /// case of letters. O(n)
  func equalsIgnoringCase(_ literal: String, in range: Range<Int>) -> Bool {
    literal.utf8.count == range.count
      && hasPrefixIgnoringCase(literal, at: range.lowerBound)
  }

  /// Whether `range` contains `literal`, which is in lower case, without regard to the case of
  /// letters. O(n × m)
  func containsIgnoringCase(_ literal: String, in range: Range<Int>) -> Bool {
    let count = literal.utf8.count
    guard let first = literal.utf8.first, count <= range.count else { return false }
    var index = range.lowerBound
    while index <= range.upperBound - count {
      if self[index].lowercased == first, hasPrefixIgnoringCase(literal, at: index) { return true }
      index += 1
    }
    return false
  }

  /// Whether `range` contains `literal`. O(n × m)
  func contains(_ literal: String, in range: Range<Int>) -> Bool {
    let count = literal.utf8.count
    guard let first = literal.utf8.first, count <= range.count else { return false }
    var index = range.lowerBound
    while index <= range.upperBound - count {
      if self[index] == first, equals(literal, in: index..<index + count) { return true }
      index += 1
    }
    return false
  }

  /// The offset of the first `byte` in `range`; nil if there is none. O(n)
  func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      if self[index] == byte { return index }
      index += 1
    }
    return nil
  }

  /// `range` without the blanks at its end. O(n)
  func trimmingTrailingBlanks(_ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, self[end - 1].isBlank { end -= 1 }
    return range.lowerBound..<end
  }

  /// `range` without the blanks at either end. O(n)
  func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    while start < range.upperBound, self[start].isBlank { start += 1 }
    return trimmingTrailingBlanks(start..<range.upperBound)
  }

  func hasPrefixIgnoringCase(_ literal: String, at start: Int) -> Bool {
    let expected = literal.utf8.span
    for index in expected.indices {
      guard self[start + index].lowercased == expected[index] else { return false }
    }
    return true
  }
}
