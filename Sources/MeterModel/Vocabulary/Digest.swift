// A running digest of 64 bits. It detects accidents, such as a replay that differs, and not
// attacks.

/// A digest of a sequence of 64-bit words, by folded 128-bit products as in wyhash.
package struct Digest: Equatable, Sendable {
  /// The digest of all words so far.
  package private(set) var value: UInt64

  /// The digest of no words.
  package init() {
    value = 0x9E37_79B9_7F4A_7C15
  }

  /// Continues from an earlier digest.
  package init(resuming value: UInt64) {
    self.value = value
  }

  /// Adds one word. The order of words matters.
  package mutating func combine(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    value = (product.high ^ product.low) &+ 0x2545_F491_4F6C_DD1D
  }

  /// The digest as sixteen hexadecimal digits.
  package var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Reads what `hexadecimal` returns; nil if malformed.
  package init?(hexadecimal text: Span<UInt8>) {
    guard text.count == 16 else { return nil }
    value = 0
    for index in text.indices {
      guard let digit = text[index].hexadecimalValue else { return nil }
      value = value << 4 | UInt64(digit)
    }
  }
}
