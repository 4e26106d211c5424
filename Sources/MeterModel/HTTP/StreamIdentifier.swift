// The `id:` that a stream carries, so that one that comes back can say which it was (rule 8). Opaque to
// clients: sixteen hexadecimal digits for the run of the daemon, then those of the connection's ordinal.

/// Writes and reads streams' ids.
package enum StreamIdentifier {
  /// How long every id is, in bytes.
  package static let length = 24

  /// The id of a connection in a run of the daemon.
  package static func make(_ ordinal: ConnectionOrdinal, run: UInt64) -> ContiguousArray<UInt8> {
    var bytes = ContiguousArray<UInt8>()
    bytes.reserveCapacity(length)
    append(run: run, into: &bytes)
    append(ordinal, into: &bytes)
    return bytes
  }

  /// Appends what the ids of a run of the daemon begin with; `append(_:into:)` completes it.
  static func append(run: UInt64, into output: inout ContiguousArray<UInt8>) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      output.append(digit(UInt8(truncatingIfNeeded: run >> shift) & 15))
    }
  }

  /// Appends what the id of a connection ends with.
  static func append(_ ordinal: ConnectionOrdinal, into output: inout ContiguousArray<UInt8>) {
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      output.append(digit(UInt8(truncatingIfNeeded: ordinal.number >> shift) & 15))
    }
  }

  /// The connection that an id names; nil for what is no id, or one of another run.
  package static func parse(_ bytes: Span<UInt8>, run: UInt64) -> ConnectionOrdinal? {
    guard bytes.count == length else { return nil }
    var (runRead, ordinal) = (UInt64(0), UInt32(0))
    for index in 0..<length {
      guard let value = value(of: bytes[index]) else { return nil }
      if index < 16 {
        runRead = runRead << 4 | UInt64(value)
      } else {
        ordinal = ordinal << 4 | UInt32(value)
      }
    }
    return runRead == run ? ConnectionOrdinal(ordinal) : nil
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
