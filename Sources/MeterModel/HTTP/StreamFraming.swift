// The framing of a stream's body. To HTTP/1.1 it is sent in chunks (RFC 9112 §7.1): some clients
// hold back what they receive of a body that has neither a length nor parts.

/// The framing of a stream's body.
package enum StreamFraming: Sendable {
  /// The frames alone: the body ends with the connection (HTTP/1.0).
  case plain

  /// Each frame is a chunk, and a last chunk ends the body.
  case chunked

  /// The framing of the response to a request with this head.
  package init(_ head: RequestHead) {
    self = head.minorVersion == 0 ? .plain : .chunked
  }

  /// The number of bytes that a chunk adds at most to a frame of at most 65,536 bytes: five digits
  /// and two line ends.
  package static let maximumOverhead = 9

  /// The bytes after the last frame of a body that ends cleanly.
  package var end: ContiguousArray<UInt8> {
    switch self {
    case .plain: []
    case .chunked: ContiguousArray("0\r\n\r\n".utf8)
    }
  }

  /// Appends a frame of `count` bytes, which `write` appends.
  @inline(__always)
  func append(
    _ count: Int, into output: inout ContiguousArray<UInt8>,
    _ write: (inout ContiguousArray<UInt8>) -> Void
  ) {
    switch self {
    case .plain: write(&output)
    case .chunked:
      Self.appendChunkStart(count, into: &output)
      write(&output)
      Self.appendLineEnd(into: &output)
    }
  }

  /// Appends a frame as a chunk. O(n)
  package static func append(chunk frame: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
    appendChunkStart(frame.count, into: &output)
    output.append(frame)
    appendLineEnd(into: &output)
  }

  /// The range of the frame in a chunk that this type wrote.
  package static func frame(in chunk: Range<Int>, of bytes: Span<UInt8>) -> Range<Int> {
    let size = bytes.firstIndex(of: ASCII.lineFeed, in: chunk) ?? chunk.lowerBound
    return size + 1..<chunk.upperBound - 2
  }

  private static func appendChunkStart(_ count: Int, into output: inout ContiguousArray<UInt8>) {
    var shift = 4
    while count >> shift > 0 { shift += 4 }
    while shift > 0 {
      shift -= 4
      output.append(.hexadecimalDigit(UInt8(truncatingIfNeeded: count >> shift) & 15))
    }
    appendLineEnd(into: &output)
  }

  private static func appendLineEnd(into output: inout ContiguousArray<UInt8>) {
    output.append(ASCII.carriageReturn)
    output.append(ASCII.lineFeed)
  }
}
