// The secret of a closed cluster, which all its nodes know.

/// A secret. Only the key that is made of it is kept.
package struct ClusterSecret: Sendable {
  private let key: HMAC

  /// Reads the secret from the bytes of a file, without a final line end (LF or CR LF); nil if it
  /// is empty.
  package init?(_ fileContents: Span<UInt8>) {
    let count = fileContents.countWithoutLineEnd
    guard count > 0 else { return nil }
    key = HMAC(key: fileContents.extracting(0..<count))
  }

  /// The message code of the bytes of a datagram before the code. O(n)
  package func code(of bytes: Span<UInt8>) -> SHA256.Digest {
    key.code(of: bytes)
  }

  /// Whether a datagram ends, from `macStart` on, with the code of everything before. The time
  /// taken does not depend on how much of a code is right. O(n)
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
