// Deadlines that are not set in the order in which they are due, such as those that one connection
// takes over from another. There are few of them; all others wait in a `DeadlineQueue`.

/// The deadlines of connections, earliest first. A connection that no longer waits is not taken
/// out: its deadline has no effect.
struct DeadlineHeap {
  /// The deadline of one connection; 16 bytes.
  struct Entry {
    let due: Instant
    let connection: UInt32
    let ordinal: ConnectionOrdinal
  }

  private var entries: ContiguousArray<Entry> = []

  /// The number of entries after which those without effect are removed.
  private var limit = 64

  /// The instant of the first deadline; `Instant.never` if there is none.
  private(set) var earliest = Instant.never

  /// The number of entries for which there is room.
  var capacity: Int { entries.capacity }

  /// Adds a deadline. `isWaiting` tells which entries still have an effect. Amortized O(log n)
  mutating func insert(_ entry: Entry, isWaiting: (Entry) -> Bool) {
    if entries.count >= limit {
      let waiting = entries.filter(isWaiting).sorted { $0.due < $1.due }
      entries = ContiguousArray(waiting)
      limit = max(64, 2 * entries.count)
    }
    entries.append(entry)
    var place = entries.count - 1
    while place > 0, entries[place].due < entries[(place - 1) / 2].due {
      entries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
    earliest = entries[0].due
  }

  /// Takes out the first deadline that is due; nil if none is. O(log n)
  mutating func popDue(by instant: Instant) -> Entry? {
    guard earliest <= instant else { return nil }
    entries.swapAt(0, entries.count - 1)
    let first = entries.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
        if entries[child].due < entries[least].due { least = child }
      }
      if least == place { break }
      entries.swapAt(place, least)
      place = least
    }
    earliest = entries.first?.due ?? .never
    if entries.isEmpty { (entries, limit) = ([], 64) }
    return first
  }

  /// Visits all entries. O(n)
  func forEach(_ visit: (Entry) -> Void) {
    for entry in entries { visit(entry) }
  }
}
