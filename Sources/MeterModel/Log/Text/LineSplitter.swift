// Splits bytes, which come in pieces of any size, into lines.

/// Collects bytes and returns whole lines, without their line feeds. It holds at most the piece
/// that was appended last and one line of `TextLogReader.maximumLineLength`.
package struct LineSplitter {
  private var bytes: [UInt8] = []
  private var start = 0

  package init() {}

  /// Adds the next piece. Precondition: `next` was called until it returned nil.
  package mutating func append(_ piece: Span<UInt8>) {
    bytes.removeFirst(start)
    start = 0
    bytes.reserveCapacity(bytes.count + piece.count)
    for index in piece.indices { bytes.append(piece[index]) }
  }

  /// The next line; nil while it is not complete. A line that is too long is returned in parts, and
  /// the reader refuses the first of them.
  package mutating func next() -> [UInt8]? {
    if let end = bytes[start...].firstIndex(of: ASCII.lineFeed) {
      defer { start = end + 1 }
      return Array(bytes[start..<end])
    }
    return bytes.count - start > TextLogReader.maximumLineLength ? rest() : nil
  }

  /// The bytes after the last line feed; nil if there are none. To be called after the last piece.
  package mutating func rest() -> [UInt8]? {
    guard start < bytes.count else { return nil }
    defer { start = bytes.count }
    return Array(bytes[start...])
  }
}
