// The `id:` of a stream, which the client sends when it connects again (§4, §2 rules 6 and 8). It
// is opaque to clients: 48 hexadecimal digits, of which 16 are the run of the daemon, 8 the number
// of the connection, 8 its ordinal, and 16 a code. Who does not have the key cannot make or alter
// one.

/// The id of a stream, which anybody may have written.
package struct StreamIdentifier: Equatable, Sendable {
  /// The number of the run of a daemon that gave the id.
  package let run: UInt64

  /// The stream in that run.
  package let stream: ConnectionKey

  /// The keyed hash of the rest.
  package let code: UInt64

  /// The length of an id's text, in bytes.
  package static let length = 48

  /// The length of the part of the text that is the same in all ids of a run.
  static let runLength = 16

  /// An id of these parts.
  package init(run: UInt64, stream: ConnectionKey, code: UInt64) {
    self.run = run
    self.stream = stream
    self.code = code
  }

  /// The id with a text; nil for what is no id.
  package init?(_ text: Span<UInt8>) {
    guard text.count == Self.length, let run = text.hexadecimal(at: 0),
      let stream = text.hexadecimal(at: 16), let code = text.hexadecimal(at: 32)
    else { return nil }
    self.init(
      run: run,
      stream: ConnectionKey(
        ConnectionID(UInt32(truncatingIfNeeded: stream >> 32)),
        ConnectionOrdinal(UInt32(truncatingIfNeeded: stream))),
      code: code)
  }

  /// The text of the id.
  package var text: ContiguousArray<UInt8> {
    var text = ContiguousArray<UInt8>(repeating: ASCII.zero, count: Self.length)
    text.write(hexadecimal: run, at: 0)
    write(into: &text, at: Self.runLength)
    return text
  }

  /// Writes the text after its first `runLength` bytes in place of the bytes at `position`.
  func write(into output: inout ContiguousArray<UInt8>, at position: Int) {
    output.write(hexadecimal: stream.word, at: position)
    output.write(hexadecimal: code, at: position + 16)
  }
}

/// Makes and checks the ids of the streams of one run.
package struct StreamSigner: Sendable {
  /// The number of the run; it differs for each run of each node.
  package let run: UInt64
  private let key: HashKey

  /// A signer for a run. The key must be secret.
  package init(run: UInt64, key: HashKey) {
    self.run = run
    self.key = key
  }

  /// The id of a stream of this run. O(1)
  package func identifier(of stream: ConnectionKey) -> StreamIdentifier {
    StreamIdentifier(run: run, stream: stream, code: code(of: stream, run: run))
  }

  /// Whether an id was made under this key, in this run or another.
  package func isGenuine(_ identifier: StreamIdentifier) -> Bool {
    identifier.code == code(of: identifier.stream, run: identifier.run)
  }

  /// The stream of this run that an id names; `.none` without an id, for one of another run, and
  /// for one that was not made under this key. O(1)
  package func stream(of identifier: StreamIdentifier?) -> ConnectionKey {
    guard let identifier, identifier.run == run, isGenuine(identifier) else { return .none }
    return identifier.stream
  }

  private func code(of stream: ConnectionKey, run: UInt64) -> UInt64 {
    key.hash(run, stream.word)
  }
}

extension ConnectionKey {
  /// Both numbers as one.
  fileprivate var word: UInt64 { UInt64(connection.number) << 32 | UInt64(ordinal.number) }
}

// MARK: - Hexadecimal numbers of 16 digits

extension Span<UInt8> {
  /// The number with the 16 lower-case digits at a position; nil for anything else.
  fileprivate func hexadecimal(at position: Int) -> UInt64? {
    var number: UInt64 = 0
    for index in position..<position + 16 {
      let digit: UInt8
      switch self[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = self[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = self[index] - UInt8(ascii: "a") + 10
      default: return nil
      }
      number = number << 4 | UInt64(digit)
    }
    return number
  }
}

extension ContiguousArray<UInt8> {
  /// Writes a number as 16 digits in place of the bytes at a position.
  fileprivate mutating func write(hexadecimal number: UInt64, at position: Int) {
    var span = mutableSpan
    var bytes = span.mutableBytes
    bytes.storeBytes(
      of: UInt64(littleEndianDigits: UInt32(truncatingIfNeeded: number >> 32)).littleEndian,
      toByteOffset: position, as: UInt64.self)
    bytes.storeBytes(
      of: UInt64(littleEndianDigits: UInt32(truncatingIfNeeded: number)).littleEndian,
      toByteOffset: position + 8, as: UInt64.self)
  }
}

extension UInt64 {
  /// The eight hexadecimal digits of a number as ASCII, the first in the lowest byte. All of them
  /// are computed at once: an id is written for each stream.
  fileprivate init(littleEndianDigits number: UInt32) {
    var digits = UInt64(number.byteSwapped)
    digits = (digits | digits &<< 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits &<< 8) & 0x00FF_00FF_00FF_00FF
    digits = digits &>> 4 & 0x000F_000F_000F_000F | (digits & 0x000F_000F_000F_000F) &<< 8
    // 1 in each byte whose digit is a letter.
    let letters = (digits &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
    self = digits &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }
}
