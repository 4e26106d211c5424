// A reader of event streams with 13 bytes of state: it finds out whether a response is a stream,
// when an event ends, and which message the event is. The body may be chunked (RFC 9112 §7.1).

import MeterModel

/// Reads the response to one request for an event stream, in pieces of any size.
package struct StreamReader: Equatable, Sendable {
  /// The events of a piece.
  package struct News: Equatable, Sendable {
    /// The number of events that ended: those with a `data` field.
    package var events: UInt32 = 0

    /// The number of them that are a message of the given round.
    package var deliveries: UInt32 = 0

    /// Events of a piece.
    package init(events: UInt32 = 0, deliveries: UInt32 = 0) {
      self.events = events
      self.deliveries = deliveries
    }
  }

  /// The element of the response to which the next byte belongs.
  private enum Element: UInt8 {
    /// The head. Can become `data`, `size`.
    case head
    /// The size of a chunk. Can become `sizeEnd`, `data`, `ended`.
    case size
    /// The rest of the line of a chunk's size. Can become `data`, `ended`.
    case sizeEnd
    /// The stream: `remaining` bytes of a chunk, or all that follows. Can become `dataEnd`.
    case data
    /// The line end after a chunk. Can become `size`.
    case dataEnd
    /// What follows the last chunk.
    case ended
  }

  /// The position of the reader in the head and in the stream.
  private enum State: UInt8 {
    /// In the status line, at `column`. Can become `head`, `refused`.
    case status
    /// In the head, after `column` bytes of `chunkedField`. Can become `headCR`.
    case head
    /// After CR in the head. Can become `head`, `lineEnd`.
    case headCR
    /// After CR LF in the head. Can become `head`, `blankCR`.
    case lineEnd
    /// After CR LF CR in the head. Can become `head`, `line`.
    case blankCR
    /// At the beginning of a line. Can become `name`, `other`.
    case line
    /// In the first `column` bytes of what may be `data:`. Can become `value`, `other`, `line`.
    case name
    /// In the data, not after a digit. Can become `number`, `line`.
    case value
    /// In the data, after a digit. Can become `value`, `line`.
    case number
    /// In another line. Can become `line`.
    case other
    /// The response is no stream. Nothing more is read.
    case refused
  }

  /// The last number in the data of the present event. Of more than nine digits some are lost.
  private var number: UInt32 = 0

  /// The number of bytes of the chunk that are still to come; `.max` in a body without chunks.
  private var remaining = UInt32.max
  private var element = Element.head
  private var state = State.status
  private var column: UInt8 = 0

  /// Whether the present event has a `data` field.
  private var hasData = false

  /// Whether its data are no number, so that it is no count.
  private var isMessage = false

  /// A reader before the first byte of a response.
  package init() {}

  /// Whether the response is no success, so that there is no stream.
  package var isRefused: Bool { state == .refused }

  /// Reads a piece. A message belongs to `round` if the last number in its data is that. A count,
  /// which is only a number, belongs to no round. O(n)
  package mutating func read(_ bytes: Span<UInt8>, round: UInt32) -> News {
    var news = News()
    var reader = self
    var index = 0
    while index < bytes.count {
      if reader.element != .data {
        reader.readFraming(bytes[index])
        index += 1
        continue
      }
      let isEndless = reader.remaining == .max
      let count = isEndless ? bytes.count - index : min(Int(reader.remaining), bytes.count - index)
      for position in index..<index + count { reader.readStream(bytes[position], round, &news) }
      index += count
      if !isEndless {
        reader.remaining -= UInt32(count)
        if reader.remaining == 0 { reader.element = .dataEnd }
      }
    }
    self = reader
    return news
  }

  /// Reads a byte of the head or of the framing of chunks.
  private mutating func readFraming(_ byte: UInt8) {
    switch element {
    case .head: readHead(byte)
    case .size, .sizeEnd:
      if byte == UInt8(ascii: "\n") {
        element = remaining == 0 ? .ended : .data
      } else if element == .size, let digit = byte.hexadecimalValue {
        remaining = remaining << 4 | UInt32(digit)
      } else {
        element = .sizeEnd
      }
    case .dataEnd: if byte == UInt8(ascii: "\n") { element = .size }
    case .data, .ended: break
    }
  }

  private mutating func readHead(_ byte: UInt8) {
    switch state {
    case .status: readStatus(byte)
    case .head:
      if byte == UInt8(ascii: "\r") {
        if column == Self.chunkedField.utf8.count { remaining = 0 }
        state = .headCR
      } else {
        readField(byte)
      }
    case .headCR: state = byte == UInt8(ascii: "\n") ? .lineEnd : .head
    case .lineEnd:
      state = byte == UInt8(ascii: "\r") ? .blankCR : .head
      column = 0
      if state == .head { readField(byte) }
    case .blankCR:
      guard byte == UInt8(ascii: "\n") else { return }
      state = .line
      element = remaining == 0 ? .size : .data
    case .line, .name, .value, .number, .other, .refused: break
    }
  }

  /// Compares a byte of a field with `chunkedField`, in any case and without blanks.
  private mutating func readField(_ byte: UInt8) {
    if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { return }
    let field = Self.chunkedField.utf8.span
    let isNext = column < field.count && field[Int(column)] == (byte | 0x20)
    column = isNext ? column + 1 : .max
  }

  /// The field of a chunked response, without blanks and in lower case.
  private static var chunkedField: String { "transfer-encoding:chunked" }

  @inline(__always)
  private mutating func readStream(_ byte: UInt8, _ round: UInt32, _ news: inout News) {
    switch state {
    case .status, .head, .headCR, .lineEnd, .blankCR: break
    case .line: beginLine(byte, round, &news)
    case .name:
      if byte == UInt8(ascii: "\n") {
        state = .line
      } else if byte != Self.field(column) {
        state = .other
      } else if column < 4 {
        column += 1
      } else {
        hasData = true
        state = .value
      }
    case .value, .number: readData(byte)
    case .other: if byte == UInt8(ascii: "\n") { state = .line }
    case .refused: break
    }
  }

  /// `HTTP/1.1 200`, with any minor version.
  private mutating func readStatus(_ byte: UInt8) {
    guard column == 7 || byte == Self.success[Int(column)] else {
      state = .refused
      return
    }
    column += 1
    guard column == 12 else { return }
    state = .head
    column = .max
  }

  @inline(__always)
  private mutating func beginLine(_ byte: UInt8, _ round: UInt32, _ news: inout News) {
    if byte == Self.field(0) {
      state = .name
      column = 1
    } else if byte == UInt8(ascii: "\n") {
      guard hasData else { return }
      news.events += 1
      if isMessage, number == round { news.deliveries += 1 }
      hasData = false
      isMessage = false
      number = 0
    } else if byte != UInt8(ascii: "\r") {
      state = .other
    }
  }

  @inline(__always)
  private mutating func readData(_ byte: UInt8) {
    if byte >= UInt8(ascii: "0"), byte < UInt8(ascii: "0") + 10 {
      let digit = UInt32(byte - UInt8(ascii: "0"))
      if state == .value {
        number = digit
      } else if number < 100_000_000 {
        number = number * 10 + digit
      }
      state = .number
    } else if byte == UInt8(ascii: "\n") {
      state = .line
    } else if byte != UInt8(ascii: "\r") {
      if byte != UInt8(ascii: " ") { isMessage = true }
      state = .value
    }
  }

  private static let success: InlineArray<12, UInt8> = [
    0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E, 0x31, 0x20, 0x32, 0x30, 0x30,
  ]

  /// A byte of `data:`, by a shift, which is faster than an array.
  @inline(__always)
  private static func field(_ column: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: 0x3A_6174_6164 >> (UInt64(column) * 8))
  }
}
