extension Array where Element: FixedWidthInteger {
  /// The middle one, or the mean of the two in the middle, rounded down; 0 of none. Precondition: they differ
  /// by no more than the type can say. O(n log n)
  var median: Element {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    let (low, high) = (sorted[(count - 1) / 2], sorted[count / 2])
    return low + (high - low) / 2
  }
}
