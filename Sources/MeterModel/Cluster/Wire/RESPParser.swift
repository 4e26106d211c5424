// The parser of the replies of Redis or Valkey (RESP2), as their bytes arrive. A server that does
// not speak the protocol, or is malicious, can neither stop the daemon nor use more memory than the
// limits below allow.

/// A value of a reply. Its bytes are not copied: they are a range of the buffer that was parsed.
package struct RESPValue: Equatable, Sendable {
  /// The types of values.
  package enum Kind: UInt8, Sendable {
    /// A line of text: `+OK`.
    case simple

    /// A line with an error: `-ERR …`.
    case error

    case integer

    /// A string of any bytes.
    case bulk

    /// An array. Its `number` elements follow it, each before its own elements.
    case array

    /// The null string or the null array.
    case null
  }

  /// The type of the value.
  package let kind: Kind

  /// The bytes of a simple string, an error or a bulk string.
  package let bytes: Range<Int>

  /// The value of an integer, or the number of elements of an array.
  package let number: Int64
}

/// A complete reply.
package struct RESPReply: Equatable, Sendable {
  /// The reply itself, then its elements if it is an array, in the order in which they arrived.
  /// Never empty.
  package let values: ContiguousArray<RESPValue>

  /// The number of bytes of the reply.
  package let length: Int

  /// The reply itself.
  package var root: RESPValue { values[0] }

  /// Whether the reply is an array of at least `count` elements, none of which has elements.
  package func isFlat(ofAtLeast count: Int) -> Bool {
    root.kind == .array && values.count > count && values.count == Int(root.number) + 1
  }
}

/// The reason why the bytes are no valid reply.
package enum RESPFault: UInt8, CaseIterable, Error, Sendable {
  /// No reply begins with the byte.
  case notAReply

  /// A line is longer than 1,024 bytes, or CR LF does not follow a line or a bulk string.
  case badLine

  /// A number is malformed or has more than 64 bits.
  case badNumber

  /// The length of a bulk string is above 65,536 bytes, or below −1.
  case badBulk

  /// An array has more than 1,024 elements, including those of the arrays in it, or fewer than −1.
  case badArray

  /// Arrays are nested deeper than 4.
  case tooDeep

  /// A clause for the log.
  package var reason: String {
    switch self {
    case .notAReply: "it does not speak the Redis protocol"
    case .badLine: "it sent a line that is too long or has no proper end"
    case .badNumber: "it sent a number that is none"
    case .badBulk: "it sent a string of more than 64 KB, or with a wrong length"
    case .badArray: "it sent a list of more than 1,024 elements"
    case .tooDeep: "it sent lists nested deeper than 4"
    }
  }
}

/// The progress of a reply.
package enum RESPProgress: Equatable, Sendable {
  /// The bytes so far are the beginning of a reply.
  case incomplete
  case complete(RESPReply)
  case failed(RESPFault)
}

/// Parses one reply after another as their bytes arrive.
package struct RESPParser: Sendable {
  /// The maximum length of a simple string, an error or a number.
  package static let lineLimit = 1024

  /// The maximum length of a bulk string: more than any datagram.
  package static let bulkLimit = 65_536

  /// The maximum number of elements of an array, including those of the arrays in it.
  package static let elementsLimit = 1024

  /// The maximum depth of nested arrays.
  package static let depthLimit = 4

  /// The start of the next value, and the end of the bytes that were searched for its line end.
  private var position = 0
  private var searched = 0

  private var values: ContiguousArray<RESPValue> = []

  /// The number of elements that each open array still lacks, the innermost last.
  private var missing = InlineArray<4, Int>(repeating: 0)
  private var depth = 0

  /// A parser at the start of a reply.
  package init() {}

  /// Continues with a reply. `bytes` are all that arrived since the reply began: those of the
  /// previous call and the new ones. After a complete reply they must begin with the byte after it.
  /// After a failure nothing may be parsed. O(new bytes)
  package mutating func parse(_ bytes: Span<UInt8>) -> RESPProgress {
    do {
      while try readValue(bytes) {
        guard isWhole() else { continue }
        let reply = RESPReply(values: values, length: position)
        self = RESPParser()
        return .complete(reply)
      }
      return .incomplete
    } catch {
      return .failed(error)
    }
  }

  /// Counts the last value as an element of the arrays around it. Returns whether none of them
  /// lacks an element.
  private mutating func isWhole() -> Bool {
    while depth > 0, missing[depth - 1] == 0 {
      depth -= 1
    }
    return depth == 0
  }

  /// Reads one value, or the head of an array; false if its bytes are incomplete.
  private mutating func readValue(_ bytes: Span<UInt8>) throws(RESPFault) -> Bool {
    guard position < bytes.count else { return false }
    let kind = bytes[position]
    guard Self.begins(with: kind) else { throw .notAReply }
    guard let line = try line(bytes) else { return false }
    let value: RESPValue
    var end = line.upperBound + 2
    switch kind {
    case UInt8(ascii: "+"): value = RESPValue(kind: .simple, bytes: line, number: 0)
    case UInt8(ascii: "-"): value = RESPValue(kind: .error, bytes: line, number: 0)
    case UInt8(ascii: ":"):
      value = RESPValue(kind: .integer, bytes: line, number: try number(bytes, in: line))
    case UInt8(ascii: "$"):
      let length = try number(bytes, in: line)
      guard length >= 0 else {
        value = try null(length, orElse: .badBulk)
        break
      }
      guard length <= Self.bulkLimit else { throw .badBulk }
      let content = end..<end + Int(length)
      guard try isThere(lineEndAt: content.upperBound, bytes) else { return false }
      value = RESPValue(kind: .bulk, bytes: content, number: 0)
      end = content.upperBound + 2
    default:
      let count = try number(bytes, in: line)
      value =
        count < 0
        ? try null(count, orElse: .badArray)
        : RESPValue(kind: .array, bytes: line, number: count)
    }
    try take(value)
    position = end
    searched = end
    return true
  }

  /// Adds a value, and opens it if it is an array.
  private mutating func take(_ value: RESPValue) throws(RESPFault) {
    if depth > 0 { missing[depth - 1] -= 1 }
    values.append(value)
    guard value.kind == .array else { return }
    guard depth < Self.depthLimit else { throw .tooDeep }
    guard value.number <= Int64(Self.elementsLimit) else { throw .badArray }
    missing[depth] = Int(value.number)
    depth += 1
    var elements = values.count - 1
    for level in 0..<depth { elements += missing[level] }
    guard elements <= Self.elementsLimit else { throw .badArray }
  }
}

// MARK: - Lines and numbers

extension RESPParser {
  private static func begins(with kind: UInt8) -> Bool {
    switch kind {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "$"),
      ASCII.asterisk:
      true
    default: false
    }
  }

  /// The range of the text of the value's line; nil if its end has not arrived.
  private mutating func line(_ bytes: Span<UInt8>) throws(RESPFault) -> Range<Int>? {
    let start = position + 1
    var index = max(searched, start)
    while index < bytes.count {
      if bytes[index] == ASCII.carriageReturn || bytes[index] == ASCII.lineFeed { break }
      index += 1
    }
    searched = index
    guard index - start <= Self.lineLimit else { throw .badLine }
    guard index < bytes.count, try isThere(lineEndAt: index, bytes) else { return nil }
    return start..<index
  }

  /// Whether CR LF is at an index; false if the bytes end before that.
  private func isThere(lineEndAt index: Int, _ bytes: Span<UInt8>) throws(RESPFault) -> Bool {
    if index < bytes.count, bytes[index] != ASCII.carriageReturn { throw .badLine }
    if index + 1 < bytes.count, bytes[index + 1] != ASCII.lineFeed { throw .badLine }
    return index + 1 < bytes.count
  }

  /// The null value that a length of −1 means.
  private func null(_ length: Int64, orElse fault: RESPFault) throws(RESPFault) -> RESPValue {
    guard length == -1 else { throw fault }
    return RESPValue(kind: .null, bytes: 0..<0, number: 0)
  }

  /// The number in a line: digits, with or without a sign.
  private func number(_ bytes: Span<UInt8>, in line: Range<Int>) throws(RESPFault) -> Int64 {
    guard let first = line.first else { throw .badNumber }
    let isNegative = bytes[first] == UInt8(ascii: "-")
    let digits = isNegative || bytes[first] == UInt8(ascii: "+") ? line.dropFirst() : line[...]
    guard !digits.isEmpty else { throw .badNumber }
    var value: Int64 = 0
    for index in digits {
      guard bytes[index].isDigit else { throw .badNumber }
      let digit = Int64(bytes[index] - ASCII.zero)
      let (shifted, overflows) = value.multipliedReportingOverflow(by: 10)
      // The number is built below zero, because the lowest number has no positive counterpart.
      let (sum, overflowsToo) = shifted.subtractingReportingOverflow(digit)
      guard !overflows, !overflowsToo else { throw .badNumber }
      value = sum
    }
    if isNegative { return value }
    guard value != .min else { throw .badNumber }
    return -value
  }
}
