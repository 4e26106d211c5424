// When the viewers came whose stream is not their first one. Only a young viewer's age matters (§2
// rule 5): one that is as old as the decrement delay gets all of it. So an instant is kept only
// while its viewer is young.

/// The instants at which viewers came, by connection, where they differ from that of the open.
struct ViewerAges {
  /// A connection and the instant at which its viewer came.
  struct Entry {
    let connection: UInt32
    let ordinal: ConnectionOrdinal
    let since: Instant
  }

  private var entries: [UInt32: Entry] = [:]

  /// The entries in the order in which they were added; some of them were removed since.
  private var queue = FIFO<Entry>()

  var isEmpty: Bool { entries.isEmpty }

  /// The bytes of the entries, including unused capacity.
  var tableBytes: Int {
    (entries.capacity + queue.elements.capacity) * MemoryLayout<Entry>.stride
  }

  /// When the viewer of a connection came; nil if it came with the connection.
  subscript(connection: UInt32) -> Instant? { entries[connection]?.since }

  /// Adds the viewer of a connection. Amortized O(1)
  mutating func insert(_ entry: Entry) {
    entries[entry.connection] = entry
    queue.append(entry)
  }

  /// Removes the viewer of a connection, if it is here.
  mutating func remove(_ connection: UInt32) {
    if !entries.isEmpty { entries[connection] = nil }
  }

  /// Removes the entry that was added first; nil if it was removed before, or if there is none.
  mutating func popFirst() -> Entry? {
    guard let first = queue.popFirst(), entries[first.connection]?.ordinal == first.ordinal
    else { return nil }
    return entries.removeValue(forKey: first.connection)
  }
}
