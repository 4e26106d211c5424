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
    ordinals[number] = latest
    numbersOfOrdinals[latest] = number
    return bind(number)
  }

  /// The connection that a number named last; none if no `open` had the number.
  func ordinal(of number: UInt64) -> ConnectionOrdinal {
    ordinals[number] ?? .none
  }

  /// The number that named a connection; nil if none did.
  func number(of ordinal: ConnectionOrdinal) -> UInt64? {
    numbersOfOrdinals[ordinal]
  }

  /// The number of a slot. Precondition: the slot is bound.
  func number(of connection: ConnectionID) -> UInt64 {
    numbers[Int(connection.number)]
  }

  /// Frees the slot of a number, if it has one.
  mutating func free(_ number: UInt64) {
    guard let connection = bound.removeValue(forKey: number) else { return }
    free.append(connection)
  }
}
