// The segments of a path.

/// The segments of a path between its slashes: `/a//` has the segments `a` and two empty ones.
struct PathSegments {
  private var position: Int
  private let end: Int

  /// The segments of a path. Precondition: it is empty or starts with a slash.
  init(_ path: Range<Int>) {
    position = path.lowerBound
    end = path.upperBound
  }

  /// Whether no segment is left.
  var isAtEnd: Bool { position == end }

  /// The next segment, which may be empty; nil after the last. O(segment)
  mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
    guard position < end else { return nil }
    let start = position + 1
    position = bytes.firstIndex(of: ASCII.slash, in: start..<end) ?? end
    return start..<position
  }
}
