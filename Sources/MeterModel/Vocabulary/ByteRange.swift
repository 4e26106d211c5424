// Bytes are named where they lie and never copied: a range of the buffer that was parsed.

/// A range of a buffer of less than 64 KB.
package struct ByteRange: Equatable, Sendable {
  /// The offset of the first byte.
  package let start: UInt16

  /// How many bytes; 0 for none.
  package let count: UInt16

  /// No bytes.
  package static let none = ByteRange(0..<0)

  /// Precondition: the bounds are below 65,536.
  package init(_ bounds: Range<Int>) {
    start = UInt16(bounds.lowerBound)
    count = UInt16(bounds.count)
  }

  package var isEmpty: Bool { count == 0 }

  /// The range as `Span.extracting` takes it.
  package var bounds: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
