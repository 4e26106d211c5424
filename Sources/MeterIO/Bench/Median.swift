extension Array where Element: FixedWidthInteger {
  /// The element in the middle, or the mean of the two in the middle, rounded down; 0 for an empty
  /// array. Precondition: the difference of two elements fits the type. O(n log n)
  var median: Element {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    let (low, high) = (sorted[(count - 1) / 2], sorted[count / 2])
    return low + (high - low) / 2
  }
}
