// HMAC (RFC 2104) with SHA-256: a code of bytes that only holders of the key can compute.

/// A key in prepared form: the inner and the outer hash after the padded block of the key.
package struct HMAC: Sendable {
  /// The number of bytes of a code.
  package static let length = 32

  private let inner: SHA256
  private let outer: SHA256

  /// Prepares a key of any length.
  package init(key: Span<UInt8>) {
    var block = InlineArray<64, UInt8>(repeating: 0)
    if key.count > 64 {
      var digest: ContiguousArray<UInt8> = []
      SHA256.digest(key).append(into: &digest)
      for index in digest.indices { block[index] = digest[index] }
    } else {
      for index in key.indices { block[index] = key[index] }
    }
    inner = Self.padded(block, with: 0x36)
    outer = Self.padded(block, with: 0x5C)
  }

  /// The code of bytes. O(n)
  package func code(of bytes: Span<UInt8>) -> SHA256.Digest {
    var first = inner
    first.update(bytes)
    let words = first.finish().words
    var digest = InlineArray<32, UInt8>(repeating: 0)
    for index in digest.indices {
      digest[index] = UInt8(truncatingIfNeeded: words[index / 4] >> UInt32(24 - 8 * (index % 4)))
    }
    var second = outer
    second.update(digest.span)
    return second.finish()
  }

  private static func padded(_ block: InlineArray<64, UInt8>, with pad: UInt8) -> SHA256 {
    var block = block
    for index in block.indices { block[index] ^= pad }
    var hash = SHA256()
    hash.update(block.span)
    return hash
  }
}
