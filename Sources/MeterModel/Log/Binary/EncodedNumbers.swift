// The numbers of a binary log, by the numbers of the caller. Those of the log are always the
// smallest that are free. So they are short, and a reader can refuse any number that it would not
// have chosen itself.

/// The numbers of namespaces, of viewer ids, of nodes, of sources or of services in the log. The
/// record of a name binds its number.
struct EncodedNames {
  private var numbers: ContiguousArray<UInt32> = []
  private var free: ContiguousArray<UInt32> = []
  private var count: UInt32 = 0

  /// The number in the log; nil when the name is not bound.
  @inline(__always)
  func number(of id: UInt32) -> UInt32? {
    guard Int(id) < numbers.count, numbers[Int(id)] != .max else { return nil }
    return numbers[Int(id)]
  }

  /// Binds an id to the next number and returns that. O(1), amortized. Precondition: the id is not
  /// bound.
  mutating func bind(_ id: UInt32) -> UInt32 {
    while numbers.count <= Int(id) { numbers.append(.max) }
    let number = free.popLast() ?? count
    if number == count { count += 1 }
    numbers[Int(id)] = number
    return number
  }

  /// Frees the number of an id, if it has one.
  mutating func unbind(_ id: UInt32) {
    guard let number = number(of: id) else { return }
    numbers[Int(id)] = .max
    free.append(number)
  }
}

/// The slots of connections. The slot of an open follows from the records before and is not
/// written.
struct EncodedConnections {
  private var slots: ContiguousArray<UInt32> = []
  private var free: ContiguousArray<UInt32> = []
  private var count: UInt32 = 0

  /// The slot of a connection; nil when the connection is not open in the log.
  func slot(of connection: ConnectionID) -> UInt32? {
    let place = Int(connection.number)
    guard place < slots.count, slots[place] != .max else { return nil }
    return slots[place]
  }

  /// The slot of the next open.
  var next: UInt32 { free.last ?? count }

  /// Binds a connection to the next slot and returns that. O(1), amortized. Precondition: the
  /// connection has no slot.
  mutating func open(_ connection: ConnectionID) -> UInt32 {
    let place = Int(connection.number)
    while slots.count <= place { slots.append(.max) }
    let slot = free.popLast() ?? count
    if slot == count { count += 1 }
    slots[place] = slot
    return slot
  }

  /// Frees the slot of a connection and returns it; returns the next slot for a connection without
  /// one.
  mutating func close(_ connection: ConnectionID) -> UInt32 {
    guard let slot = slot(of: connection) else { return next }
    slots[Int(connection.number)] = .max
    free.append(slot)
    return slot
  }

  /// Frees all slots. The next open takes slot 0. O(slots).
  mutating func restart() {
    slots.removeAll(keepingCapacity: true)
    free.removeAll(keepingCapacity: true)
    count = 0
  }
}
