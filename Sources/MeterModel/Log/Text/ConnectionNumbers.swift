// Numbers of connections in a text log: any numbers of 64 bits, which may come again, bound to dense slots.

/// Which slot a number has, and which connection it last named.
struct ConnectionNumbers {
  private var bound: [UInt64: ConnectionID] = [:]
  private var numbers: ContiguousArray<UInt64> = []
  private var free: ContiguousArray<ConnectionID> = []

  /// The connection of the latest `open` that carried a number, and the number of every ordinal.
  private var ordinals: [UInt64: ConnectionOrdinal] = [:]
  private var numbersOfOrdinals: [ConnectionOrdinal: UInt64] = [:]
  private var latest = ConnectionOrdinal.none

  /// The number's slot; the one that was freed last if it has none yet.
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

  /// The slot of a number that an `open` carries, which names the next connection from now on.
  mutating func bindOpened(_ number: UInt64) -> ConnectionID {
    latest = latest.next
    ordinals[number] = latest
    numbersOfOrdinals[latest] = number
    return bind(number)
  }

  /// The connection that a number named last; none if no `open` carried it.
  func ordinal(of number: UInt64) -> ConnectionOrdinal {
    ordinals[number] ?? .none
  }

  /// The number that named a connection; nil for none.
  func number(of ordinal: ConnectionOrdinal) -> UInt64? {
    numbersOfOrdinals[ordinal]
  }

  /// The number of a slot. Precondition: it is bound.
  func number(of connection: ConnectionID) -> UInt64 {
    numbers[Int(connection.number)]
  }

  mutating func free(_ number: UInt64) {
    guard let connection = bound.removeValue(forKey: number) else { return }
    free.append(connection)
  }
}
