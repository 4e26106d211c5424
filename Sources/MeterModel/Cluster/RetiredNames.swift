// Namespaces that are forgotten here while other nodes may believe that they have members here: their zero
// is told for a while longer.

/// The names of namespaces that retired lately.
struct RetiredNames {
  /// How many are kept; the oldest go.
  static let limit = 65_536

  /// One that retired.
  struct Entry {
    let name: ContiguousArray<UInt8>

    /// The connections that were told of it last: the others' totals keep them.
    let connections: UInt64

    /// Until when it is told.
    let until: Instant
  }

  private var entries: ContiguousArray<Entry> = []
  private var first = 0

  /// How many are kept.
  var count: Int { entries.count - first }

  /// The one at a place, from 0, the oldest.
  subscript(place: Int) -> Entry { entries[first + place] }

  mutating func add(_ name: Span<UInt8>, connections: UInt64, until: Instant) {
    var copy: ContiguousArray<UInt8> = []
    copy.append(name)
    entries.append(Entry(name: copy, connections: connections, until: until))
    if count > Self.limit { first += 1 }
    compact()
  }

  /// Forgets those whose time is over.
  mutating func forget(at instant: Instant) {
    while count > 0, entries[first].until < instant { first += 1 }
    compact()
  }

  private mutating func compact() {
    guard first > 64, first > entries.count / 2 else { return }
    entries.removeFirst(first)
    first = 0
  }
}
