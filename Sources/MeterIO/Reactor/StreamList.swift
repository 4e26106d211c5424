// The streams of an audience, by slot. Where a daemon has many reactors most audiences of a small event are a
// single stream of each: such a one lies in the list itself and owns no memory.

/// Slots in a dense order that removals may change.
struct StreamList {
  /// The one slot of a list of one; `.max` otherwise.
  private var only: UInt32 = .max

  /// The slots of a list of two or more.
  private var many: ContiguousArray<UInt32> = []

  var count: Int { only == .max ? many.count : 1 }

  var isEmpty: Bool { only == .max && many.isEmpty }

  /// The slot at a place below `count`.
  subscript(place: Int) -> UInt32 {
    get { only == .max ? many[place] : only }
    set {
      if only == .max { many[place] = newValue } else { only = newValue }
    }
  }

  mutating func append(_ slot: UInt32) {
    if isEmpty {
      only = slot
    } else if only != .max {
      many = [only, slot]
      only = .max
    } else {
      many.append(slot)
    }
  }

  /// Removes the last slot. What a crowd has left behind is given up; copying it is paid for by those who
  /// went. Precondition: the list is not empty.
  mutating func removeLast() -> UInt32 {
    if only != .max {
      defer { only = .max }
      return only
    }
    let last = many.removeLast()
    if many.count == 1 {
      only = many[0]
      many = []
    } else if many.count < many.capacity / 4 {
      var rest: ContiguousArray<UInt32> = []
      rest.reserveCapacity(many.count)
      rest.append(contentsOf: many)
      many = rest
    }
    return last
  }
}
