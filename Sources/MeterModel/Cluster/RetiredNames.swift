// Namespaces that this node has forgotten while other nodes may hold members of it. A count of zero
// is sent for them for a while.

/// The names of the namespaces that retired lately.
struct RetiredNames {
  /// The largest number of names; the oldest are dropped.
  static let limit = 65_536

  /// A namespace that retired.
  struct Entry {
    let name: ContiguousArray<UInt8>

    /// The connections that were sent last, which the totals of the other nodes keep.
    let connections: UInt64

    /// Its zero is sent until this instant.
    let until: Instant
  }

  private var entries = FIFO<Entry>()

  /// The number of names.
  var count: Int { entries.count }

  /// The entry at a place; the oldest has place 0.
  subscript(place: Int) -> Entry { entries[place] }

  mutating func add(_ name: Span<UInt8>, connections: UInt64, until: Instant) {
    var copy: ContiguousArray<UInt8> = []
    copy.append(name)
    entries.append(Entry(name: copy, connections: connections, until: until))
    if count > Self.limit { entries.popFirst() }
  }

  /// Forgets the names whose zero need not be sent at `instant`.
  mutating func forget(at instant: Instant) {
    while let first = entries.first, first.until < instant { entries.popFirst() }
  }
}
