// The shrinking of an array for which a test fails: runs of elements are left out while it still
// fails.

extension Array {
  /// The elements that remain after runs of half, a quarter, … and one of the elements are left
  /// out, in one pass for each length. A run is left out if `fails` still holds without it.
  /// Precondition: `fails` holds for all elements.
  func leavingOutRuns(whileFailing fails: ([Element]) -> Bool) -> [Element] {
    var best = self
    var length = Swift.max(1, count / 2)
    while length >= 1 {
      var start = 0
      while start < best.count {
        var candidate = best
        candidate.removeSubrange(start..<Swift.min(start + length, best.count))
        if fails(candidate) { best = candidate } else { start += length }
      }
      length /= 2
    }
    return best
  }
}
