// A reader of event streams with 8 bytes of state: it finds out whether a response is a stream,
// when an event ends, and which message the event is.

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

  /// The position of the reader.
  private enum State: UInt8 {
    /// In the status line, at `column`. Can become `head`, `refused`.
    case status
    /// In the head. Can become `headCR`.
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

  private var state = State.status
  private var column: UInt8 = 0

  /// Whether the present event has a `data` field.
  private var hasData = false

  /// Whether its data are no number, so that it is no count.
  private var isMessage = false

  /// The last number in its data. Of more than nine digits some are lost.
  private var number: UInt32 = 0

  /// A reader before the first byte of a response.
  package init() {}

  /// Whether the response is no success, so that there is no stream.
  package var isRefused: Bool { state == .refused }

  /// Reads a piece. A message belongs to `round` if the last number in its data is that. A count,
  /// which is only a number, belongs to no round. O(n)
  package mutating func read(_ bytes: Span<UInt8>, round: UInt32) -> News {
    var news = News()
    var reader = self
    for index in bytes.indices { reader.read(bytes[index], round, &news) }
    self = reader
    return news
  }

  @inline(__always)
  private mutating func read(_ byte: UInt8, _ round: UInt32, _ news: inout News) {
    switch state {
    case .status: readStatus(byte)
    case .head: if byte == UInt8(ascii: "\r") { state = .headCR }
    case .headCR: state = byte == UInt8(ascii: "\n") ? .lineEnd : .head
    case .lineEnd: state = byte == UInt8(ascii: "\r") ? .blankCR : .head
    case .blankCR: state = byte == UInt8(ascii: "\n") ? .line : .head
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
    if column == 12 { state = .head }
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
