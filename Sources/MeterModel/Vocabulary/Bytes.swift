// Borrowed bytes: comparisons, tests and copies.

extension Span where Element == UInt8 {
  /// The first byte; nil if there is none.
  package var first: UInt8? { isEmpty ? nil : self[0] }

  /// Whether these bytes equal those of `text`. O(n)
  package func isEqual(to text: String) -> Bool {
    count == text.utf8.count && hasSuffix(text)
  }

  /// Whether these bytes equal others. O(n)
  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }

  /// Whether the last bytes are those of `text`. O(n)
  package func hasSuffix(_ text: String) -> Bool {
    var index = count - text.utf8.count
    guard index >= 0 else { return false }
    for byte in text.utf8 {
      guard self[index] == byte else { return false }
      index += 1
    }
    return true
  }

  /// Whether the first bytes are those of `text`. O(n)
  package func hasPrefix(_ text: String) -> Bool {
    var index = 0
    for byte in text.utf8 {
      guard index < count, self[index] == byte else { return false }
      index += 1
    }
    return true
  }

  /// Whether every byte is visible ASCII (0x21 to 0x7E). O(n)
  package var isVisibleASCII: Bool {
    for index in indices where !(0x21...0x7E).contains(self[index]) { return false }
    return true
  }

  /// The number of bytes of a file without its final line end (LF or CR LF), if there is one.
  package var countWithoutLineEnd: Int {
    guard count > 0, self[count - 1] == ASCII.lineFeed else { return count }
    return count > 1 && self[count - 2] == ASCII.carriageReturn ? count - 2 : count - 1
  }

  /// A copy that owns its storage. O(n)
  package var array: [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(count)
    for index in indices { copy.append(self[index]) }
    return copy
  }
}

extension ContiguousArray<UInt8> {
  /// Appends borrowed bytes. Amortised O(n): an exact `reserveCapacity` for each piece would copy
  /// the whole array each time.
  package mutating func append(_ bytes: Span<UInt8>) {
    let needed = count + bytes.count
    if capacity < needed { reserveCapacity(Swift.max(needed, 2 * capacity)) }
    for index in bytes.indices { append(bytes[index]) }
  }
}
