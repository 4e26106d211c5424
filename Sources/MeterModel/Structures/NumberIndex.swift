// A hash index of numbers, such as places in a table that holds the keys. Swift's dictionary takes
// about three times the memory.

/// Numbers found by a hash of their keys, of 32 bits. Open addressing with linear probing; at most
/// three quarters of the places are taken.
struct NumberIndex {
  /// The hash of a key in the upper half, the number in the lower half; `.max` in a free place. The
  /// count is 0 or a power of two.
  private var places: ContiguousArray<UInt64> = []

  /// The number of numbers in the index.
  private(set) var count = 0

  /// The bytes of the places, including unused capacity.
  var tableBytes: Int { places.capacity * MemoryLayout<UInt64>.stride }

  /// The number with a hash for which `isSought` holds; nil if there is none. O(1)
  @inline(__always)
  func find(_ hash: UInt32, where isSought: (UInt32) -> Bool = { _ in true }) -> UInt32? {
    guard count > 0 else { return nil }
    var place = home(of: hash)
    while places[place] != .max {
      let number = UInt32(truncatingIfNeeded: places[place])
      if places[place] >> 32 == UInt64(hash), isSought(number) { return number }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// Adds a number. Amortized O(1). Precondition: it is not in the index, and not `UInt32.max`.
  @inline(__always)
  mutating func insert(_ hash: UInt32, _ number: UInt32) {
    if (count + 1) * 4 > places.count * 3 { resize(to: max(8, places.count * 2)) }
    put(UInt64(hash) << 32 | UInt64(number))
    count += 1
  }

  /// Removes a number. Amortized O(1). Precondition: it is in the index.
  @inline(__always)
  mutating func remove(_ hash: UInt32, _ number: UInt32) {
    let mask = places.count - 1
    let sought = UInt64(hash) << 32 | UInt64(number)
    var hole = home(of: hash)
    while places[hole] != sought { hole = (hole + 1) & mask }
    // Each later number of the run moves into the hole, unless its home is after the hole.
    var next = (hole + 1) & mask
    while places[next] != .max {
      let home = home(of: UInt32(truncatingIfNeeded: places[next] >> 32))
      if (next &- home) & mask >= (next &- hole) & mask {
        places[hole] = places[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    places[hole] = .max
    count -= 1
    if places.count > 64, count * 8 < places.count { resize(to: places.count / 4) }
  }

  /// Reads the place at which the search for a hash begins, so that it is in the cache soon.
  @inline(__always)
  func fetch(_ hash: UInt32) -> UInt32 {
    places.isEmpty ? 0 : UInt32(truncatingIfNeeded: places[home(of: hash)])
  }

  private mutating func resize(to size: Int) {
    let former = places
    places = ContiguousArray(repeating: .max, count: size)
    for entry in former where entry != .max { put(entry) }
  }

  @inline(__always)
  private mutating func put(_ entry: UInt64) {
    var place = home(of: UInt32(truncatingIfNeeded: entry >> 32))
    while places[place] != .max { place = (place + 1) & (places.count - 1) }
    places[place] = entry
  }

  /// The place at which the search for a hash begins. Neighbours are far apart (Fibonacci hashing).
  @inline(__always)
  private func home(of hash: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(hash) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (places.count - 1)
  }
}
