// SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"), with one compression and
// three finalization rounds as in Swift's own Hasher. Clients that do not know the key cannot
// choose names that collide.

/// A secret key of 128 bits for hashing bytes.
package struct HashKey: Sendable {
  private let low: UInt64
  private let high: UInt64

  /// A key from its two halves.
  package init(_ low: UInt64, _ high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The SipHash-1-3 of bytes. O(n), allocates nothing.
  package func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var state = State(low, high)
    var index = 0
    while index + 8 <= bytes.count {
      var word: UInt64 = 0
      for place in 0..<8 {
        word |= UInt64(bytes[index &+ place]) &<< UInt64(place &* 8)
      }
      state.absorb(word)
      index += 8
    }
    var last = UInt64(truncatingIfNeeded: bytes.count) &<< 56
    var shift: UInt64 = 0
    while index < bytes.count {
      last |= UInt64(bytes[index]) &<< shift
      shift += 8
      index += 1
    }
    state.absorb(last)
    return state.finished()
  }

  /// The hash of the 16 bytes of two numbers, the lowest byte of the first one first. O(1)
  package func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var state = State(low, high)
    state.absorb(first)
    state.absorb(second)
    state.absorb(16 &<< 56)
    return state.finished()
  }
}

/// The four words of the state of SipHash.
private struct State {
  var v0: UInt64
  var v1: UInt64
  var v2: UInt64
  var v3: UInt64

  init(_ low: UInt64, _ high: UInt64) {
    v0 = low ^ 0x736f_6d65_7073_6575
    v1 = high ^ 0x646f_7261_6e64_6f6d
    v2 = low ^ 0x6c79_6765_6e65_7261
    v3 = high ^ 0x7465_6462_7974_6573
  }

  mutating func absorb(_ word: UInt64) {
    v3 ^= word
    stir()
    v0 ^= word
  }

  consuming func finished() -> UInt64 {
    v2 ^= 0xFF
    stir()
    stir()
    stir()
    return v0 ^ v1 ^ v2 ^ v3
  }

  private mutating func stir() {
    v0 = v0 &+ v1
    v1 = rotated(v1, 13) ^ v0
    v0 = rotated(v0, 32)
    v2 = v2 &+ v3
    v3 = rotated(v3, 16) ^ v2
    v0 = v0 &+ v3
    v3 = rotated(v3, 21) ^ v0
    v2 = v2 &+ v1
    v1 = rotated(v1, 17) ^ v2
    v2 = rotated(v2, 32)
  }

  private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
    word &<< bits | word &>> (64 &- bits)
  }
}
