// Dense tables are arrays indexed by small numbers that the caller chooses and uses again. They
// grow by a quarter, so that a million connections do not take the room of two. The unused end is
// cut off when few elements are in use.

/// The condition for a search for unused elements at the end of a table.
struct TableEnd {
  /// The search is made only if at most this many elements are in use.
  private var threshold = 0

  /// Notes that the table now has this many elements.
  mutating func tableGrew(to count: Int) {
    threshold = count / 4
  }

  /// Whether to search now. If so, there is no other search until the table grows or at most half
  /// as many elements are in use. All searches together thus cost less than the growth of the table
  /// did.
  mutating func isWorthLookingFor(inUse: Int) -> Bool {
    guard inUse <= threshold else { return false }
    threshold = inUse / 2
    return true
  }
}

extension ContiguousArray {
  /// Makes `index` valid, with `element` in each new place. Amortised O(1) for each element.
  mutating func makeRoom(for index: Int, _ element: Element, _ end: inout TableEnd) {
    guard count <= index else { return }
    if capacity <= index { reserveCapacity(Swift.max(index + 1, count + count / 4, 64)) }
    while count <= index { append(element) }
    end.tableGrew(to: count)
  }

  /// Cuts off the unused end when few elements are in use and the unused end is at least half of
  /// the table. Amortised O(1).
  mutating func giveBack(
    _ end: inout TableEnd, inUse: Int, where isUnused: (Element) -> Bool
  ) {
    guard count > 64, end.isWorthLookingFor(inUse: inUse) else { return }
    var used = count
    while used > 0, isUnused(self[used - 1]) { used -= 1 }
    guard used <= count / 2 else { return }
    self = ContiguousArray(self[..<used])
    end.tableGrew(to: used)
  }
}
