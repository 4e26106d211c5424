// The numbers of connections in a log in text are any numbers of 64 bits and may be used again.
// Each is bound to a dense slot.

/// The slot of each number, and the connection that it named last.
struct ConnectionNumbers {
  private var bound: [UInt64: ConnectionID] = [:]
  private var numbers: ContiguousArray<UInt64> = []
  private var free: ContiguousArray<ConnectionID> = []

  /// The number of slots that were taken since the beginning or the last `restart`.
  private var taken: UInt32 = 0

  /// The connection of the latest `open` with a number, and the number of every ordinal.
  private var ordinals: [UInt64: ConnectionOrdinal] = [:]
  private var numbersOfOrdinals: [ConnectionOrdinal: UInt64] = [:]
  private var latest = ConnectionOrdinal.none

  /// The connection that the number of the latest `open` named before, and the slot that the number
  /// had.
  private var replaced = ConnectionOrdinal.none
  private var replacedSlot = ConnectionID(.max)

  /// The slot of a number. A number without a slot takes the one that was freed last. O(1),
  /// amortized.
  mutating func bind(_ number: UInt64) -> ConnectionID {
    if let connection = bound[number] { return connection }
    let connection: ConnectionID
    if let freed = free.popLast() {
      connection = freed
    } else {
      connection = ConnectionID(taken)
      taken += 1
    }
    if Int(connection.number) < numbers.count {
      numbers[Int(connection.number)] = number
    } else {
      numbers.append(number)
    }
    bound[number] = connection
    return connection
  }

  /// The slot of a number in an event that opens nothing. A number without a slot stands for the
  /// next slot, and is not bound.
  mutating func find(_ number: UInt64) -> ConnectionID {
    if let connection = bound[number] { return connection }
    let connection = bind(number)
    free(number)
    return connection
  }

  /// The slot of a number in an `open`. From now on the number names the connection that opens.
  mutating func bindOpened(_ number: UInt64) -> ConnectionID {
    latest = latest.next
    replacedSlot = bound[number] ?? ConnectionID(.max)
    replaced = ordinals.updateValue(latest, forKey: number) ?? .none
    numbersOfOrdinals[latest] = number
    return bind(number)
  }

  /// The connection that a number named last; none if no `open` had the number.
  func ordinal(of number: UInt64) -> ConnectionOrdinal {
    ordinals[number] ?? .none
  }

  /// How the latest `open`, or an event after it, names a connection: by its number, if it was the
  /// last before that had the number, otherwise by its ordinal.
  func reference(to key: ConnectionKey, inOpen: Bool) -> ConnectionReference {
    let ordinal = key.ordinal
    guard let number = numbersOfOrdinals[ordinal] else { return .ordinal(ordinal) }
    let isReplaced = inOpen && number == numbersOfOrdinals[latest]
    let slot = isReplaced ? replacedSlot : bound[number] ?? ConnectionID(.max)
    guard key.connection == slot else { return .closed(ordinal) }
    let named = isReplaced ? replaced : ordinals[number]
    return named == ordinal ? .number(number) : .ordinal(ordinal)
  }

  /// The connection that a number named last; `.none` if no `open` had the number.
  func key(of number: UInt64) -> ConnectionKey {
    let ordinal = ordinal(of: number)
    return ordinal == .none ? .none : ConnectionKey(bound[number] ?? ConnectionID(.max), ordinal)
  }

  /// The connection that a reference names.
  func key(of reference: ConnectionReference) -> ConnectionKey {
    switch reference {
    case .number(let number): key(of: number)
    case .ordinal(let ordinal):
      ConnectionKey(
        numbersOfOrdinals[ordinal].flatMap { bound[$0] } ?? ConnectionID(.max), ordinal)
    case .closed(let ordinal): ConnectionKey(ConnectionID(.max), ordinal)
    }
  }

  /// The number of a slot. Precondition: the slot is bound.
  func number(of connection: ConnectionID) -> UInt64 {
    numbers[Int(connection.number)]
  }

  /// Frees all slots, because all connections are gone. The number of a slot is known until the
  /// slot is taken again.
  mutating func freeAll() {
    bound.removeAll()
    free.removeAll()
    taken = 0
  }

  /// The number of a connection of a snapshot, by its ordinal. Its number is not that of an `open`.
  mutating func restored(_ number: UInt64, as ordinal: ConnectionOrdinal) {
    if ordinal != .none { numbersOfOrdinals[ordinal] = number }
  }

  /// Forgets all connections, because those of a snapshot follow. `latest` is its latest ordinal.
  mutating func restart(after latest: ConnectionOrdinal) {
    self = ConnectionNumbers()
    self.latest = latest
  }

  /// Whether a number has a slot.
  func isBound(_ number: UInt64) -> Bool { bound[number] != nil }

  /// Frees the slot of a number, if it has one.
  mutating func free(_ number: UInt64) {
    guard let connection = bound.removeValue(forKey: number) else { return }
    free.append(connection)
  }
}
