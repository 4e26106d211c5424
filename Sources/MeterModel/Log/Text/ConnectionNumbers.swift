// The numbers of connections in a log in text are any numbers of 64 bits and may be used again.
// Each is bound to a dense slot.

/// The slot of each number, and the connection that it named last.
struct ConnectionNumbers {
  private var bound: [UInt64: ConnectionID] = [:]
  private var numbers: ContiguousArray<UInt64> = []
  private var free: ContiguousArray<ConnectionID> = []

  /// The connection of the latest `open` with a number, and the number of every ordinal.
  private var ordinals: [UInt64: ConnectionOrdinal] = [:]
  private var numbersOfOrdinals: [ConnectionOrdinal: UInt64] = [:]
  private var latest = ConnectionOrdinal.none

  /// The connection that the number of the latest `open` named before.
  private var replaced = ConnectionOrdinal.none

  /// The slot of a number. A number without a slot takes the one that was freed last. O(1),
  /// amortized.
  mutating func bind(_ number: UInt64) -> ConnectionID {
    if let connection = bound[number] { return connection }
    let connection: ConnectionID
    if let freed = free.popLast() {
      connection = freed
      numbers[Int(freed.number)] = number
    } else {
      connection = ConnectionID(UInt32(numbers.count))
      numbers.append(number)
    }
    bound[number] = connection
    return connection
  }

  /// The slot of a number in an `open`. From now on the number names the connection that opens.
  mutating func bindOpened(_ number: UInt64) -> ConnectionID {
    latest = latest.next
    replaced = ordinals.updateValue(latest, forKey: number) ?? .none
    numbersOfOrdinals[latest] = number
    return bind(number)
  }

  /// The connection that a number named last; none if no `open` had the number.
  func ordinal(of number: UInt64) -> ConnectionOrdinal {
    ordinals[number] ?? .none
  }

  /// How the latest `open` names a connection: by its number, if it was the last before that had
  /// the number, otherwise by its ordinal.
  func reference(to ordinal: ConnectionOrdinal) -> ConnectionReference {
    guard let number = numbersOfOrdinals[ordinal] else { return .ordinal(ordinal) }
    let named = number == numbersOfOrdinals[latest] ? replaced : ordinals[number]
    return named == ordinal ? .number(number) : .ordinal(ordinal)
  }

  /// The number of a slot. Precondition: the slot is bound.
  func number(of connection: ConnectionID) -> UInt64 {
    numbers[Int(connection.number)]
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
