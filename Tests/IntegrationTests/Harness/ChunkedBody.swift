/// A body in chunks (RFC 9112 §7.1), decoded as it comes. Whatever is no chunk is an error.
struct ChunkedBody {
  /// Whether the last chunk has come, so that the body is whole.
  private(set) var isWhole = false

  /// The received bytes that are not decoded yet: less than one whole chunk.
  private var encoded: [UInt8] = []

  /// Takes received bytes; the answer is the content of the chunks that they complete.
  mutating func decode(_ bytes: some Sequence<UInt8>) throws -> [UInt8] {
    encoded += bytes
    var content: [UInt8] = []
    while let chunk = try takeChunk() {
      content += chunk
      if isWhole, !encoded.isEmpty {
        throw HarnessError("bytes after the last chunk: \(encoded.prefix(100))")
      }
    }
    return content
  }

  /// The content of the next chunk; nil where it has not come to its end.
  private mutating func takeChunk() throws -> [UInt8]? {
    guard !isWhole, let lineEnd = encoded.firstRange(of: [13, 10]) else { return nil }
    let line = String(decoding: encoded[..<lineEnd.lowerBound], as: UTF8.self)
    guard let size = Int(line, radix: 16), size >= 0, line.first != "+" else {
      throw HarnessError("no size of a chunk: \(line.debugDescription)")
    }
    let end = lineEnd.upperBound + size
    guard encoded.count >= end + 2 else { return nil }
    guard encoded[end..<end + 2].elementsEqual([13, 10]) else {
      throw HarnessError("a chunk of \(size) bytes without its end")
    }
    isWhole = size == 0
    defer { encoded.removeFirst(end + 2) }
    return Array(encoded[lineEnd.upperBound..<end])
  }
}
