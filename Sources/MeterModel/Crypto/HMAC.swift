// HMAC (RFC 2104) with SHA-256: only who knows the key can tell the code of bytes.

/// A key, made ready: the two hashes that have taken in the key's padded block.
package struct HMAC: Sendable {
  /// How many bytes a code has.
  package static let length = 32

  private let inner: SHA256
  private let outer: SHA256

  /// Makes a key of any length ready.
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

  /// The code of these bytes. O(n)
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
