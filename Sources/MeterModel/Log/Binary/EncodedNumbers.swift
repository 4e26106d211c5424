// The numbers that a binary log gives to what the caller has numbers of its own for. The log's are always the
// smallest that are free, so that they are short, and so that a reader need not believe in any number
// that it could not have given itself.

/// The log's numbers of namespaces, of viewer ids or of nodes: each is bound by the record that gives its name.
struct EncodedNames {
  private var numbers: ContiguousArray<UInt32> = []
  private var free: ContiguousArray<UInt32> = []
  private var count: UInt32 = 0

  /// The log's number; nil when the name is still to be given.
  @inline(__always)
  func number(of id: UInt32) -> UInt32? {
    guard Int(id) < numbers.count, numbers[Int(id)] != .max else { return nil }
    return numbers[Int(id)]
  }

  /// Binds a number that has none. O(1), amortized.
  mutating func bind(_ id: UInt32) -> UInt32 {
    while numbers.count <= Int(id) { numbers.append(.max) }
    let number = free.popLast() ?? count
    if number == count { count += 1 }
    numbers[Int(id)] = number
    return number
  }

  /// Gives the number back, if there is one.
  mutating func unbind(_ id: UInt32) {
    guard let number = number(of: id) else { return }
    numbers[Int(id)] = .max
    free.append(number)
  }

  mutating func removeAll() {
    self = EncodedNames()
  }
}

/// The slots of connections. Which slot an open takes follows from the records before, so it is not written.
struct EncodedConnections {
  private var slots: ContiguousArray<UInt32> = []
  private var free: ContiguousArray<UInt32> = []
  private var count: UInt32 = 0

  /// The slot of a connection; nil when it is not open as far as the log knows.
  func slot(of connection: ConnectionID) -> UInt32? {
    let place = Int(connection.number)
    guard place < slots.count, slots[place] != .max else { return nil }
    return slots[place]
  }

  /// The slot that the next open takes.
  var next: UInt32 { free.last ?? count }

  /// Gives a connection that has none the next slot.
  mutating func open(_ connection: ConnectionID) -> UInt32 {
    let place = Int(connection.number)
    while slots.count <= place { slots.append(.max) }
    let slot = free.popLast() ?? count
    if slot == count { count += 1 }
    slots[place] = slot
    return slot
  }

  /// Frees the connection's slot; the answer is that slot, or the next one when it has none.
  mutating func close(_ connection: ConnectionID) -> UInt32 {
    guard let slot = slot(of: connection) else { return next }
    slots[Int(connection.number)] = .max
    free.append(slot)
    return slot
  }
}
