// The namespaces in the order of their creation, for the statistics. Retired namespaces remain in
// place until they outnumber the others, so that a walk through the order can continue from any
// ordinal.

/// Namespaces in ascending order of their ordinals, retired ones included.
struct CreationOrder {
  struct Entry {
    let namespace: NamespaceID
    let ordinal: UInt64
  }

  private var entries: ContiguousArray<Entry> = []

  /// Adds a namespace that was just created. Amortised O(1).
  mutating func append(_ namespace: NamespaceID, ordinal: UInt64) {
    entries.append(Entry(namespace: namespace, ordinal: ordinal))
  }

  /// Notes that a namespace was retired, and removes all retired ones if they outnumber the
  /// `existing` ones.
  mutating func remove(existing: Int, where exists: (Entry) -> Bool) {
    guard entries.count > 64, entries.count > 2 * existing else { return }
    entries = ContiguousArray(entries.lazy.filter(exists))
  }

  /// The position of the first entry after an ordinal. O(log n)
  func position(after ordinal: UInt64) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].ordinal <= ordinal { low = middle + 1 } else { high = middle }
    }
    return low
  }

  var count: Int { entries.count }

  /// The number of entries for which there is storage.
  var capacity: Int { entries.capacity }

  subscript(position: Int) -> Entry { entries[position] }
}
