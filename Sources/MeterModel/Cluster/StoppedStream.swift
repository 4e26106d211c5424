// A stream that was ended because its viewer id has another holder (§2 rule 8), as nodes name it to
// each other: 16 hexadecimal digits of the run of its node, then 8 of the connection's ordinal. It
// is not the `id:` of the stream, which only its client knows.

/// A stream of any run of any node.
package struct StoppedStream: Equatable, Sendable {
  /// The number of the run.
  package let run: UInt64

  /// The connection in that run.
  package let ordinal: ConnectionOrdinal

  /// The length of the text, in bytes.
  static let length = 24

  /// The stream with an ordinal in a run.
  package init(run: UInt64, ordinal: ConnectionOrdinal) {
    self.run = run
    self.ordinal = ordinal
  }

  /// The stream of an id that its client sent.
  init(_ identifier: StreamIdentifier) {
    self.init(run: identifier.run, ordinal: identifier.stream.ordinal)
  }

  /// The stream with a text; nil for anything else.
  init?(_ text: Span<UInt8>) {
    guard text.count == Self.length else { return nil }
    var (run, ordinal) = (UInt64(0), UInt32(0))
    for index in 0..<Self.length {
      let digit: UInt8
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = text[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = text[index] - UInt8(ascii: "a") + 10
      default: return nil
      }
      if index < 16 {
        run = run << 4 | UInt64(digit)
      } else {
        ordinal = ordinal << 4 | UInt32(digit)
      }
    }
    self.init(run: run, ordinal: ConnectionOrdinal(ordinal))
  }

  /// The text, of visible ASCII.
  var text: ContiguousArray<UInt8> {
    var text: ContiguousArray<UInt8> = []
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      text.append(.hexadecimalDigit(UInt8(truncatingIfNeeded: run >> shift) & 15))
    }
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      text.append(.hexadecimalDigit(UInt8(truncatingIfNeeded: ordinal.number >> shift) & 15))
    }
    return text
  }
}
