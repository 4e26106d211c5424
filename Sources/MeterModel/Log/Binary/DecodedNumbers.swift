// What the numbers of a binary log mean. A name keeps its number for the reader however often the log binds
// and frees it: so a replay under other settings, in which a namespace or a viewer lasts longer than it
// did, cannot take one for another.

/// All that the records of a section refer to.
struct DecodedNumbers {
  var namespaces: DecodedNames
  var viewers: DecodedNames
  var nodes: DecodedNames
  var connections = DecodedConnections()

  init(key: HashKey) {
    namespaces = DecodedNames(key: key)
    viewers = DecodedNames(key: key)
    nodes = DecodedNames(key: key)
  }

  /// Forgets what the log's numbers mean, as a snapshot binds all that goes on. Names keep theirs.
  mutating func restart(after ordinal: ConnectionOrdinal) {
    namespaces.restart()
    viewers.restart()
    nodes.restart()
    connections = DecodedConnections(opened: UInt64(ordinal.number))
  }
}

/// What may be a name.
enum NameKind {
  case namespace, viewer, node

  /// The text form must be able to say it; of a node, which may call itself anything, it says what it can.
  func allows(_ name: Span<UInt8>) -> Bool {
    let maximumLength =
      self == .viewer ? LogLimits.maximumViewerLength : LogLimits.maximumNameLength
    return (1...maximumLength).contains(name.count) && (self == .node || name.isVisibleASCII)
  }
}

/// The names of namespaces, of viewer ids or of nodes.
struct DecodedNames {
  private var table: NameTable

  /// The name's number in `table` by the log's number.
  private var bound: ContiguousArray<UInt32> = []

  /// How many of the log's numbers mean a name, by the name's number.
  private var uses: ContiguousArray<UInt32> = []

  /// Names that lost a number of the log's, and may be of no use any more.
  private var idle: ContiguousArray<UInt32> = []

  init(key: HashKey) {
    table = NameTable(key: key)
  }

  /// How many numbers the log has used.
  var count: UInt32 { UInt32(bound.count) }

  /// The name's number for one of the log's.
  @inline(__always)
  func number(of logNumber: UInt32) throws(Malformed) -> UInt32 {
    guard Int(logNumber) < bound.count else { throw Malformed("a name was never given") }
    return bound[Int(logNumber)]
  }

  /// Binds one of the log's numbers, which is either in use or the next.
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

  mutating func restart() {
    for number in bound { drop(number) }
    bound.removeAll()
  }

  private mutating func drop(_ number: UInt32) {
    uses[Int(number)] -= 1
    if uses[Int(number)] == 0 { idle.append(number) }
  }

  /// Gives up the names that nothing refers to: neither the log, nor who drives the meter.
  mutating func release(unless isKnown: (UInt32) -> Bool) {
    guard !idle.isEmpty else { return }
    for number in idle where uses[Int(number)] == 0 && !isKnown(number) { table.unbind(number) }
    idle.removeAll(keepingCapacity: true)
  }

  /// A copy of a name. Precondition: it is bound.
  func name(of number: UInt32) -> [UInt8] {
    guard let name = table.name(of: number) else { fatalError("no name is bound to \(number)") }
    return name
  }

  func find(_ name: [UInt8]) -> UInt32? {
    table.find(name.span)
  }
}

/// The slots of connections, given as `EncodedConnections` does, and what the text form calls who is there.
struct DecodedConnections {
  /// How many connections opened.
  private(set) var opened: UInt64

  /// Whether somebody is there, by slot. It stands alone since it is looked up for every close.
  private var isOpen: ContiguousArray<Bool> = []

  /// Which connection took a slot last, in the order of opening (modulo 2³²).
  private var numbers: ContiguousArray<UInt32> = []
  private var free: ContiguousArray<UInt32> = []

  /// What closed last without being open; the text form gives it the number of the next that opens.
  private var stray: ConnectionID?

  /// The numbers of connections that opened where one was open, by their place in the order.
  private var aliases: [UInt64: UInt64] = [:]

  init(opened: UInt64 = 0) {
    self.opened = opened
  }

  /// The slot of a connection that opens.
  @inline(__always)
  mutating func open() -> ConnectionID {
    opened &+= 1
    stray = nil
    if let slot = free.popLast() {
      isOpen[Int(slot)] = true
      numbers[Int(slot)] = UInt32(truncatingIfNeeded: opened)
      return ConnectionID(slot)
    }
    isOpen.append(true)
    numbers.append(UInt32(truncatingIfNeeded: opened))
    return ConnectionID(UInt32(isOpen.count - 1))
  }

  /// A slot that is open is opened again, which makes no sense.
  mutating func open(again slot: UInt32) throws(Malformed) -> ConnectionID {
    guard Int(slot) < isOpen.count, isOpen[Int(slot)] else {
      throw Malformed("a connection opens again that is not open")
    }
    opened &+= 1
    aliases[opened] = number(of: ConnectionID(slot))
    return ConnectionID(slot)
  }

  @inline(__always)
  mutating func close(_ slot: UInt32) throws(Malformed) -> ConnectionID {
    if Int(slot) < isOpen.count, isOpen[Int(slot)] {
      isOpen[Int(slot)] = false
      free.append(slot)
      stray = nil
    } else {
      guard slot == free.last ?? UInt32(isOpen.count) else {
        throw Malformed("a connection closes that is not open")
      }
      stray = ConnectionID(slot)
    }
    return ConnectionID(slot)
  }

  /// Puts a snapshot's next connection into the next slot.
  mutating func restore(_ ordinal: ConnectionOrdinal) {
    isOpen.append(true)
    numbers.append(ordinal.number)
  }

  /// What the text form calls a connection: its place in the order.
  func number(of connection: ConnectionID) -> UInt64 {
    if connection == stray { return opened + 1 }
    let distance = UInt32(truncatingIfNeeded: opened) &- numbers[Int(connection.number)]
    return opened &- UInt64(distance)
  }

  /// What the text form calls a connection by its ordinal; nil when it opened before the log began.
  func number(of ordinal: ConnectionOrdinal, latest: ConnectionOrdinal) -> UInt64? {
    guard ordinal != .none else { return nil }
    let distance = UInt64(latest.number &- ordinal.number)
    guard distance < opened else { return nil }
    let place = opened - distance
    return aliases[place] ?? place
  }
}
