// List fields (RFC 9110 §5.6.1).

/// The elements of a comma-separated list, without the blanks around them. Empty elements are
/// skipped. A comma within a quoted string ends an element too.
struct ListElements {
  private var position: Int
  private let end: Int

  /// The elements of a field's value.
  init(_ value: Range<Int>) {
    position = value.lowerBound
    end = value.upperBound
  }

  /// The next element; nil after the last. O(element)
  mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
    while position < end {
      let comma = bytes.firstIndex(of: ASCII.comma, in: position..<end) ?? end
      let element = bytes.trimmingBlanks(position..<comma)
      position = comma + 1
      if !element.isEmpty { return element }
    }
    return nil
  }
}
