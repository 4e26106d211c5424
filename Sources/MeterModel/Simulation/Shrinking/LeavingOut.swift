// How what fails is made small: runs of its elements are left out, the long ones first, for as long as the rest
// still fails.

extension Array {
  /// What is left when no run of half, a quarter, … or one of the elements can be left out any more such that
  /// `fails` holds for the rest. Precondition: it holds for all of them.
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
