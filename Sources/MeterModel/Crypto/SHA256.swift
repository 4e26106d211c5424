// SHA-256 (FIPS 180-4 §6.2), for the message codes of a cluster with a secret.

/// The running hash of a sequence of bytes.
package struct SHA256: Sendable {
  /// A digest, as eight words.
  package struct Digest: Equatable, Sendable {
    let words: InlineArray<8, UInt32>

    /// Appends the 32 bytes of the digest.
    package func append(into output: inout ContiguousArray<UInt8>) {
      for index in words.indices { output.append(bigEndian: UInt64(words[index]), count: 4) }
    }

    package static func == (left: Digest, right: Digest) -> Bool {
      var difference: UInt32 = 0
      for index in left.words.indices { difference |= left.words[index] ^ right.words[index] }
      return difference == 0
    }
  }

  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  /// The bytes that do not fill a block yet.
  private var pending = InlineArray<64, UInt8>(repeating: 0)
  private var length: UInt64 = 0

  package init() {}

  /// The digest of bytes. O(n)
  package static func digest(_ bytes: Span<UInt8>) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// Adds bytes. O(n), allocates nothing.
  package mutating func update(_ bytes: Span<UInt8>) {
    var index = 0
    var filled = Int(length & 63)
    length += UInt64(bytes.count)
    if filled > 0 {
      while index < bytes.count, filled < 64 {
        pending[filled] = bytes[index]
        filled += 1
        index += 1
      }
      guard filled == 64 else { return }
      compressPending()
    }
    while bytes.count - index >= 64 {
      Self.compress(bytes.extracting(index..<index + 64), into: &state)
      index += 64
    }
    for place in 0..<bytes.count - index { pending[place] = bytes[index + place] }
  }

  /// The digest of all bytes that were added.
  package consuming func finish() -> Digest {
    var filled = Int(length & 63)
    pending[filled] = 0x80
    filled += 1
    if filled > 56 {
      while filled < 64 {
        pending[filled] = 0
        filled += 1
      }
      compressPending()
      filled = 0
    }
    while filled < 56 {
      pending[filled] = 0
      filled += 1
    }
    let bits = length << 3
    for place in 0..<8 {
      pending[56 + place] = UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * place))
    }
    compressPending()
    return Digest(words: state)
  }

  private mutating func compressPending() {
    let block = pending
    Self.compress(block.span, into: &state)
  }
}
