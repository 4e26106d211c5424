// Dense tables are arrays whose indices somebody else chose, small numbers that come again. They grow by a
// quarter, so that a million connections do not pay for two, and their unused end is cut off when few of
// their elements are in use any more: who left costs nothing.

/// Remembers when the unused end of a table is worth looking for.
struct TableEnd {
  /// The end is looked for when no more elements than this are in use.
  private var threshold = 0

  /// The table has this many elements now.
  mutating func tableGrew(to count: Int) {
    threshold = count / 4
  }

  /// Whether to look for the end. Each time that it says so, it waits for half as many: so all the looking
  /// costs less than the growing did.
  mutating func isWorthLookingFor(inUse: Int) -> Bool {
    guard inUse <= threshold else { return false }
    threshold = inUse / 2
    return true
  }
}

extension ContiguousArray {
  /// Makes `index` one of the table's, with `element` in each new place. Amortised O(1) an element.
  mutating func makeRoom(for index: Int, _ element: Element, _ end: inout TableEnd) {
    guard count <= index else { return }
    if capacity <= index { reserveCapacity(Swift.max(index + 1, count + count / 4, 64)) }
    while count <= index { append(element) }
    end.tableGrew(to: count)
  }

  /// Cuts off the unused end when few elements are in use and it is at least half of the table. O(1), but
  /// for now and then.
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
