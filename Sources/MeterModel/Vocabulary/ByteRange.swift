// Bytes are named by their place in the buffer that holds them, and are not copied.

/// A range of bytes in a buffer of at most 4 GB.
@usableFromInline package struct ByteRange: Equatable, Sendable {
  /// The offset of the first byte.
  @usableFromInline package let start: UInt32

  /// The number of bytes; 0 for an empty range.
  @usableFromInline package let count: UInt32

  /// The empty range at the start.
  package static let none = ByteRange(start: 0, count: 0)

  /// A range from its offset and its number of bytes.
  @inlinable package init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }

  /// Precondition: the bounds are below 2³².
  @inlinable package init(_ bounds: Range<Int>) {
    start = UInt32(bounds.lowerBound)
    count = UInt32(bounds.count)
  }

  /// Whether the range has no bytes.
  @inlinable package var isEmpty: Bool { count == 0 }

  /// The range in the form that `Span.extracting` takes.
  @inlinable package var bounds: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
