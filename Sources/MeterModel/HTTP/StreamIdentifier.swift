// The `id:` of a stream, which the client sends when it connects again (rule 8). It is opaque to
// clients: 16 hexadecimal digits of the run of the daemon, then 8 of the connection's ordinal.

/// Writes and reads the ids of streams.
package enum StreamIdentifier {
  /// The length of an id, in bytes.
  package static let length = 24

  /// The number of digits of the ordinal in an id.
  static let ordinalLength = 8

  /// The id of a connection in a run of the daemon.
  package static func make(_ ordinal: ConnectionOrdinal, run: UInt64) -> ContiguousArray<UInt8> {
    var bytes = ContiguousArray<UInt8>()
    bytes.reserveCapacity(length)
    append(run: run, into: &bytes)
    append(ordinal, into: &bytes)
    return bytes
  }

  /// Appends the part of an id for the run of the daemon; `append(_:into:)` completes it.
  static func append(run: UInt64, into output: inout ContiguousArray<UInt8>) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      output.append(.hexadecimalDigit(UInt8(truncatingIfNeeded: run >> shift) & 15))
    }
  }

  /// Appends the part of an id for the connection.
  static func append(_ ordinal: ConnectionOrdinal, into output: inout ContiguousArray<UInt8>) {
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      output.append(.hexadecimalDigit(UInt8(truncatingIfNeeded: ordinal.number >> shift) & 15))
    }
  }

  /// The connection of an id; nil for an id of another run, and for anything else.
  package static func parse(_ bytes: Span<UInt8>, run: UInt64) -> ConnectionOrdinal? {
    guard let stream = parse(bytes), stream.run == run else { return nil }
    return stream.ordinal
  }

  /// The run and the connection of an id of any run; nil for anything else.
  static func parse(_ bytes: Span<UInt8>) -> (run: UInt64, ordinal: ConnectionOrdinal)? {
    guard bytes.count == length else { return nil }
    var (run, ordinal) = (UInt64(0), UInt32(0))
    for index in 0..<length {
      guard let value = value(of: bytes[index]) else { return nil }
      if index < 16 {
        run = run << 4 | UInt64(value)
      } else {
        ordinal = ordinal << 4 | UInt32(value)
      }
    }
    return (run, ConnectionOrdinal(ordinal))
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
