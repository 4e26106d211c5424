// Names bound to small dense numbers. Clients choose the names and may send any number of them.
// Therefore the table is bounded, a lookup allocates nothing, the hash is keyed, and the room of
// unbound names is used again.
//
// The bytes are in blocks of five sizes, each size in one array, so that a freed block fits the
// next name of its size and nothing has to be moved. The index uses open addressing with linear
// probing at a load of at most two thirds; unbinding closes the gap instead of leaving a mark.

/// A bijection between names and the numbers 0, 1, 2, … The numbers of unbound names are used again
/// first.
package struct NameTable {
  /// The maximum length of a name, in bytes.
  package static let maximumNameLength = 256

  /// The number of bound names.
  package private(set) var count = 0

  /// The maximum number of bound names.
  package let limit: UInt32

  private let key: HashKey
  private var entries: ContiguousArray<Entry> = []
  private var freeEntry = Entry.none
  private var blocks = NameBlocks()

  /// Numbers of entries, or `Entry.none`. The number of positions is a power of two.
  private var index: ContiguousArray<UInt32> = []

  /// A bound name, or an element of the list of free numbers.
  private struct Entry {
    static let none = UInt32.max

    var hash: UInt32
    /// The block of the name; in a free entry the next free number.
    var block: UInt32
    /// Zero in a free entry.
    var length: UInt16
  }

  /// An empty table. Precondition: the limit is below 2³² − 1.
  package init(key: HashKey, limit: UInt32 = .max - 1) {
    precondition(limit < Entry.none, "the last number means none")
    self.key = key
    self.limit = limit
  }

  /// The number of a name; nil if it is not bound. O(1), allocates nothing.
  package func find(_ name: Span<UInt8>) -> UInt32? {
    guard !index.isEmpty else { return nil }
    let found = index[position(of: name, hash: hash(name))]
    return found == Entry.none ? nil : found
  }

  /// The number of a name, which is bound if it was not. Nil if the table is full, or if the name
  /// is empty or longer than `maximumNameLength`. Amortised O(1).
  package mutating func bind(_ name: Span<UInt8>) -> UInt32? {
    guard (1...Self.maximumNameLength).contains(name.count) else { return nil }
    let hash = hash(name)
    if !index.isEmpty {
      let found = index[position(of: name, hash: hash)]
      if found != Entry.none { return found }
    }
    guard count < Int(limit) else { return nil }
    if (count + 1) * 3 > index.count * 2 { rebuildIndex(positions: max(16, index.count * 2)) }
    let position = position(of: name, hash: hash)
    let number = takeEntry(
      Entry(hash: hash, block: blocks.store(name), length: UInt16(name.count)))
    index[position] = number
    count += 1
    return number
  }

  /// Unbinds the name of a number, so that the number can name something else. Does nothing if it
  /// has no name. Amortised O(1).
  package mutating func unbind(_ number: UInt32) {
    guard isBound(number) else { return }
    closeGap(at: position(ofNumber: number))
    let entry = entries[Int(number)]
    blocks.free(entry.block, length: Int(entry.length))
    entries[Int(number)] = Entry(hash: 0, block: freeEntry, length: 0)
    freeEntry = number
    count -= 1
    if count == 0 {
      self = NameTable(key: key, limit: limit)
    } else if index.count > 64 && count * 8 < index.count {
      rebuildIndex(positions: index.count / 2)
    }
  }

  /// Whether the number has a name.
  package func isBound(_ number: UInt32) -> Bool {
    Int(number) < entries.count && entries[Int(number)].length > 0
  }

  /// Calls `body` with the name of a number and returns its result; nil if it has no name.
  /// Allocates nothing.
  package func withName<Result>(of number: UInt32, _ body: (Span<UInt8>) -> Result) -> Result? {
    guard isBound(number) else { return nil }
    let entry = entries[Int(number)]
    return blocks.withName(entry.block, length: Int(entry.length), body)
  }

  /// A copy of the name of a number; nil if it has none.
  package func name(of number: UInt32) -> [UInt8]? {
    withName(of: number) { $0.array }
  }
}

extension NameTable {
  private func hash(_ name: Span<UInt8>) -> UInt32 {
    UInt32(truncatingIfNeeded: key.hash(name))
  }

  /// The position of the name in the index, or the position for it if it is not bound.
  /// Precondition: the index is not empty. It is never full.
  private func position(of name: Span<UInt8>, hash: UInt32) -> Int {
    let mask = index.count - 1
    var position = Int(hash) & mask
    while index[position] != Entry.none {
      let entry = entries[Int(index[position])]
      if entry.hash == hash && Int(entry.length) == name.count
        && blocks.holds(name, in: entry.block)
      {
        return position
      }
      position = (position + 1) & mask
    }
    return position
  }

  private func position(ofNumber number: UInt32) -> Int {
    let mask = index.count - 1
    var position = Int(entries[Int(number)].hash) & mask
    while index[position] != number { position = (position + 1) & mask }
    return position
  }

  private mutating func takeEntry(_ entry: Entry) -> UInt32 {
    if freeEntry == Entry.none {
      entries.append(entry)
      return UInt32(entries.count - 1)
    }
    let number = freeEntry
    freeEntry = entries[Int(number)].block
    entries[Int(number)] = entry
    return number
  }

  /// Empties a position, and moves the entries after it that a lookup would no longer find.
  private mutating func closeGap(at position: Int) {
    let mask = index.count - 1
    var gap = position
    var next = (gap + 1) & mask
    while index[next] != Entry.none {
      let home = Int(entries[Int(index[next])].hash) & mask
      let isReachable = (next &- home) & mask < (next &- gap) & mask
      if !isReachable {
        index[gap] = index[next]
        gap = next
      }
      next = (next + 1) & mask
    }
    index[gap] = Entry.none
  }

  /// O(positions before and after), independent of the number of names that the table once held.
  private mutating func rebuildIndex(positions: Int) {
    let former = index
    index = ContiguousArray(repeating: Entry.none, count: positions)
    let mask = positions - 1
    for number in former where number != Entry.none {
      var position = Int(entries[Int(number)].hash) & mask
      while index[position] != Entry.none { position = (position + 1) & mask }
      index[position] = number
    }
  }
}
