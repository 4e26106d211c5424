// The meaning of the numbers of a binary log. A name keeps its number in the reader, even if the
// log binds and frees it several times. In a replay with other settings a namespace or a viewer may
// last longer; even then its number does not stand for another name.

/// The names and connections that the records of a section refer to.
struct DecodedNumbers {
  var namespaces: DecodedNames
  var viewers: DecodedNames
  var nodes: DecodedNames
  var sources: DecodedNames
  var services: DecodedNames
  var connections = DecodedConnections()

  init(key: HashKey) {
    namespaces = DecodedNames(key: key)
    viewers = DecodedNames(key: key)
    nodes = DecodedNames(key: key)
    sources = DecodedNames(key: key)
    services = DecodedNames(key: key)
  }

  /// Unbinds all numbers of the log, because a snapshot binds them anew. Names keep their numbers
  /// in the reader.
  mutating func restart(after ordinal: ConnectionOrdinal) {
    namespaces.restart()
    viewers.restart()
    nodes.restart()
    sources.restart()
    services.restart()
    connections = DecodedConnections(after: ordinal)
  }
}

/// The names of namespaces, of viewer ids, of nodes, of sources or of services.
struct DecodedNames {
  private var table: NameTable

  /// The numbers of names in `table`, by the numbers of the log.
  private var bound: ContiguousArray<UInt32> = []

  /// For each name, by its number in `table`, the number of log numbers that are bound to it.
  private var uses: ContiguousArray<UInt32> = []

  /// Names that lost their last number of the log, and may be of no use any more.
  private var idle: ContiguousArray<UInt32> = []

  init(key: HashKey) {
    table = NameTable(key: key)
  }

  /// The count of numbers that the log has used.
  var count: UInt32 { UInt32(bound.count) }

  /// The number of the name that a number of the log is bound to.
  @inline(__always)
  func number(of logNumber: UInt32) throws(Malformed) -> UInt32 {
    guard Int(logNumber) < bound.count else { throw Malformed("a name was never given") }
    return bound[Int(logNumber)]
  }

  /// Binds a number of the log, which is in use or the next.
  mutating func bind(
    _ logNumber: UInt32, _ name: Span<UInt8>, _ kind: NameKind
  ) throws(Malformed) {
    guard logNumber <= count else { throw Malformed("a number was skipped") }
    guard kind.allows(name), let number = table.bind(name) else {
      throw Malformed("a name is not 1 to 255 (a viewer id 128) visible ASCII bytes")
    }
    while uses.count <= Int(number) { uses.append(0) }
    uses[Int(number)] += 1
    if logNumber == count {
      bound.append(number)
    } else {
      drop(bound[Int(logNumber)])
      bound[Int(logNumber)] = number
    }
  }

  /// Unbinds all numbers of the log.
  mutating func restart() {
    for number in bound { drop(number) }
    bound.removeAll()
  }

  private mutating func drop(_ number: UInt32) {
    uses[Int(number)] -= 1
    if uses[Int(number)] == 0 { idle.append(number) }
  }

  /// Whether names have lost their last number of the log since the last release.
  var hasIdle: Bool { !idle.isEmpty }

  /// Frees the names without a number of the log, unless the caller needs them.
  mutating func release(unless isKnown: (UInt32) -> Bool) {
    guard !idle.isEmpty else { return }
    for number in idle where uses[Int(number)] == 0 && !isKnown(number) { table.unbind(number) }
    idle.removeAll(keepingCapacity: true)
  }

  /// A copy of a name. Precondition: the name is bound.
  func name(of number: UInt32) -> [UInt8] {
    guard let name = table.name(of: number) else { fatalError("no name is bound to \(number)") }
    return name
  }

  /// The number of a name; nil if the name is not bound.
  func find(_ name: [UInt8]) -> UInt32? {
    table.find(name.span)
  }
}

/// The slots of connections, chosen as `EncodedConnections` does, and the numbers of connections in
/// the text form.
struct DecodedConnections {
  /// The position of the latest connection in the order of opening.
  private var opened: UInt64

  /// The same before the first record of the section, or after its snapshot.
  private let first: UInt64

  /// Whether a connection is open, by slot. It is an array of its own because every close reads it.
  private var isOpen: ContiguousArray<Bool> = []

  /// The number in the text form of the connection that took a slot last, by slot: its position in
  /// the order of opening.
  private var numbers: ContiguousArray<UInt64> = []
  private var free: ContiguousArray<UInt32> = []

  /// The number of slots that were taken since the beginning or the last restart.
  private var taken = 0

  /// The connection of the last close without an open. Its number in the text form is that of the
  /// next open.
  private var stray: ConnectionID?

  /// The numbers of connections that opened again while open, by their position in the order of
  /// opening.
  private var aliases: [UInt64: UInt64] = [:]

  /// The last two positions with a number in `aliases`; 0 if there are fewer.
  private var reopenings: [UInt64: (last: UInt64, previous: UInt64)] = [:]

  /// The connections of a section that begins, or continues from a snapshot, after the connection
  /// with an ordinal.
  init(after ordinal: ConnectionOrdinal = .none) {
    opened = UInt64(ordinal.number)
    first = opened
  }

  /// Opens a connection and returns its slot.
  @inline(__always)
  mutating func open() -> ConnectionID {
    opened &+= 1
    stray = nil
    let slot = free.popLast() ?? UInt32(taken)
    if slot == taken { taken += 1 }
    if Int(slot) < isOpen.count {
      isOpen[Int(slot)] = true
      numbers[Int(slot)] = opened
    } else {
      isOpen.append(true)
      numbers.append(opened)
    }
    return ConnectionID(slot)
  }

  /// Whether a slot is open.
  func isOpen(_ slot: UInt32) -> Bool { Int(slot) < taken && isOpen[Int(slot)] }

  /// Opens a slot again that is open, an event that the meter rejects.
  mutating func open(again slot: UInt32) throws(Malformed) -> ConnectionID {
    guard isOpen(slot) else { throw Malformed("a connection opens again that is not open") }
    opened &+= 1
    let number = numbers[Int(slot)]
    aliases[opened] = number
    reopenings[number] = (opened, reopenings[number]?.last ?? 0)
    return ConnectionID(slot)
  }

  /// Closes a slot. A slot that is not open must be the next one to open.
  @inline(__always)
  mutating func close(_ slot: UInt32) throws(Malformed) -> ConnectionID {
    if isOpen(slot) {
      isOpen[Int(slot)] = false
      free.append(slot)
      stray = nil
      return ConnectionID(slot)
    }
    return try find(slot, "a connection closes that is not open")
  }

  /// The connection of a slot. A slot that is not open must be the next one to open.
  mutating func find(
    _ slot: UInt32, _ reason: StaticString = "a record names a connection that is not open"
  ) throws(Malformed) -> ConnectionID {
    if isOpen(slot) { return ConnectionID(slot) }
    guard slot == free.last ?? UInt32(taken) else { throw Malformed(reason) }
    stray = ConnectionID(slot)
    return ConnectionID(slot)
  }

  /// Frees all slots. The next open takes slot 0. Numbers of connections remain until then. O(slots
  /// taken since the last restart).
  mutating func restart() {
    for slot in 0..<taken { isOpen[slot] = false }
    free.removeAll(keepingCapacity: true)
    taken = 0
    stray = nil
  }

  /// Opens the next slot for a connection of a snapshot. Its number in the text form is its
  /// ordinal, or one that no ordinal has: of an ended connection the ordinal is unknown, and one
  /// above the latest will be used again.
  mutating func restore(_ ordinal: ConnectionOrdinal) {
    let hasNumber = ordinal != .none && UInt64(ordinal.number) <= opened
    numbers.append(hasNumber ? UInt64(ordinal.number) : (1 << 63) + UInt64(isOpen.count))
    isOpen.append(true)
    taken += 1
  }

  /// The number of a connection in the text form.
  func number(of connection: ConnectionID) -> UInt64 {
    connection == stray ? opened + 1 : numbers[Int(connection.number)]
  }

  /// How the text form names the connection with an ordinal: by its number, if it was the last that
  /// had the number, otherwise by the ordinal. `latest` is the ordinal of the latest open. That one
  /// has no number yet if it is the open itself that names the connection.
  func reference(
    to ordinal: ConnectionOrdinal, latest: ConnectionOrdinal, inOpen: Bool
  ) -> ConnectionReference {
    guard ordinal != .none, latest != .none else { return .ordinal(ordinal) }
    let distance = UInt64(latest.distance(since: ordinal))
    guard distance > 0 || !inOpen, distance < opened - first else { return .ordinal(ordinal) }
    let place = opened - distance
    let number = aliases[place] ?? place
    let end = inOpen ? opened : opened + 1
    let later = reopenings[number].map { $0.last < end ? $0.last : $0.previous } ?? 0
    return later <= place ? .number(number) : .ordinal(ordinal)
  }
}
