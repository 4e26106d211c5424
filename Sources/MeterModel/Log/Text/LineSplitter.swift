// Cuts bytes that come in pieces of any size into lines.

/// Gathers bytes and gives back whole lines, without their line feeds. It never holds more than what was
/// appended last and one line of `TextLogReader.maximumLineLength`.
package struct LineSplitter {
  private var bytes: [UInt8] = []
  private var start = 0

  package init() {}

  /// Takes in the next piece. Precondition: `next` was asked until it had no more lines.
  package mutating func append(_ piece: Span<UInt8>) {
    bytes.removeFirst(start)
    start = 0
    bytes.reserveCapacity(bytes.count + piece.count)
    for index in piece.indices { bytes.append(piece[index]) }
  }

  /// The next line; nil when it is not complete yet. A line that is too long comes in parts, the first of
  /// which the reader refuses.
  package mutating func next() -> [UInt8]? {
    if let end = bytes[start...].firstIndex(of: .lineFeed) {
      defer { start = end + 1 }
      return Array(bytes[start..<end])
    }
    return bytes.count - start > TextLogReader.maximumLineLength ? rest() : nil
  }

  /// What stands after the last line feed; nil when nothing does. To be asked when nothing more comes.
  package mutating func rest() -> [UInt8]? {
    guard start < bytes.count else { return nil }
    defer { start = bytes.count }
    return Array(bytes[start...])
  }
}
