// A 64-bit running digest. It guards against accidents (a replay that differs), not against attackers.

/// A digest of a sequence of 64-bit words: folded 128-bit products, as in wyhash and its kin.
package struct Digest: Equatable, Sendable {
  /// The digest so far.
  package private(set) var value: UInt64

  package init() {
    value = 0x9E37_79B9_7F4A_7C15
  }

  /// Continues from a digest that was kept.
  package init(resuming value: UInt64) {
    self.value = value
  }

  /// Takes in one word. The order of words matters.
  package mutating func combine(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    value = (product.high ^ product.low) &+ 0x2545_F491_4F6C_DD1D
  }

  /// Sixteen hexadecimal digits.
  package var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
