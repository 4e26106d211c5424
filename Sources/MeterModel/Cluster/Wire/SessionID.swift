// The session id of a node's run. Each run draws a random UUID, as legacy nodes do. Any 36 bytes
// are accepted from other nodes, because their id need not be a UUID.

/// The id of one run of a node: 36 bytes in place, without an allocation. Ordered as its bytes.
package struct SessionID: Hashable, Sendable {
  /// The number of bytes.
  package static let length = 36

  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64
  private let last: UInt32

  /// 36 zero bytes: a value that is still to be set.
  static let none = SessionID()

  private init() {
    (first, second, third, fourth, last) = (0, 0, 0, 0, 0)
  }

  /// Copies the bytes; nil unless they are 36.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.length else { return nil }
    first = bytes.bigEndian(at: 0, count: 8)
    second = bytes.bigEndian(at: 8, count: 8)
    third = bytes.bigEndian(at: 16, count: 8)
    fourth = bytes.bigEndian(at: 24, count: 8)
    last = UInt32(truncatingIfNeeded: bytes.bigEndian(at: 32, count: 4))
  }

  /// The UUID of version 4 (RFC 9562 §5.4) with these bits, except the six that the version fixes.
  package init(randomBits high: UInt64, _ low: UInt64) {
    let high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    first = Self.digits(high >> 32)
    let dash = UInt64(UInt8(ascii: "-"))
    let second = Self.digits(high >> 16) & 0xFFFF_FFFF
    let third = Self.digits(high) & 0xFFFF_FFFF
    let fourth = Self.digits(low >> 48) & 0xFFFF_FFFF
    // 8-4-4-4-12 digits: each of the four dashes shifts the following digits by a byte.
    self.second = dash << 56 | second << 24 | dash << 16 | third >> 16
    self.third = third << 48 | dash << 40 | fourth << 8 | dash
    self.fourth = Self.digits(low >> 16)
    last = UInt32(truncatingIfNeeded: Self.digits(low))
  }

  /// A random UUID of version 4.
  package static func random(using generator: inout some RandomNumberGenerator) -> SessionID {
    SessionID(randomBits: generator.next(), generator.next())
  }

  /// Appends the 36 bytes.
  package func append(into output: inout ContiguousArray<UInt8>) {
    for word in [first, second, third, fourth] { output.append(bigEndian: word, count: 8) }
    output.append(bigEndian: UInt64(last), count: 4)
  }

  /// The bytes as text; bytes that are no UTF-8 are replaced.
  package var text: String {
    var bytes: ContiguousArray<UInt8> = []
    append(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The eight hexadecimal digits of a number of 32 bits, as a word of their bytes.
  private static func digits(_ number: UInt64) -> UInt64 {
    var digits: UInt64 = 0
    for shift in stride(from: UInt64(28), through: 0, by: -4) {
      let digit = UInt8.hexadecimalDigit(UInt8(truncatingIfNeeded: number >> shift) & 15)
      digits = digits << 8 | UInt64(digit)
    }
    return digits
  }
}

extension SessionID: Comparable {
  package static func < (left: SessionID, right: SessionID) -> Bool {
    if left.first != right.first { return left.first < right.first }
    if left.second != right.second { return left.second < right.second }
    if left.third != right.third { return left.third < right.third }
    if left.fourth != right.fourth { return left.fourth < right.fourth }
    return left.last < right.last
  }
}
