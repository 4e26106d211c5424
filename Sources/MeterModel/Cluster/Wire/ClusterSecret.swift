// What the nodes of a closed cluster have in common and nobody else knows.

/// A secret, which is kept only as the key that it makes.
package struct ClusterSecret: Sendable {
  private let key: HMAC

  /// The secret in a file's bytes, of which a final line end (LF, CR LF) is no part; nil if nothing
  /// is left.
  package init?(_ fileContents: Span<UInt8>) {
    let count = fileContents.countWithoutLineEnd
    guard count > 0 else { return nil }
    key = HMAC(key: fileContents.extracting(0..<count))
  }

  /// The code of the bytes of a datagram before it. O(n)
  package func code(of bytes: Span<UInt8>) -> SHA256.Digest {
    key.code(of: bytes)
  }

  /// Whether a datagram ends, from `macStart` on, with the code of all before that. The time that
  /// this takes does not tell how much of a code is right. O(n)
  package func authenticates(_ datagram: Span<UInt8>, macStart: Int) -> Bool {
    guard macStart >= 0, macStart == datagram.count - HMAC.length else { return false }
    let code = datagram.extracting(macStart...)
    var words = InlineArray<8, UInt32>(repeating: 0)
    for index in words.indices {
      words[index] = UInt32(truncatingIfNeeded: code.bigEndian(at: 4 * index, count: 4))
    }
    return self.code(of: datagram.extracting(0..<macStart)) == SHA256.Digest(words: words)
  }
}
