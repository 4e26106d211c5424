// The meaning of the numbers of a binary log. A name keeps its number in the reader, even if the
// log binds and frees it several times. In a replay with other settings a namespace or a viewer may
// last longer; even then its number does not stand for another name.

/// The names and connections that the records of a section refer to.
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

  /// Unbinds all numbers of the log, because a snapshot binds them anew. Names keep their numbers
  /// in the reader.
  mutating func restart(after ordinal: ConnectionOrdinal) {
    namespaces.restart()
    viewers.restart()
    nodes.restart()
    connections = DecodedConnections(opened: UInt64(ordinal.number))
  }
}

/// The kinds of names.
enum NameKind {
  case namespace, viewer, node

  /// Whether a name is valid. The text form cannot write other names of namespaces and viewer ids.
  /// The name of a node may have any bytes, which the text form escapes.
  func allows(_ name: Span<UInt8>) -> Bool {
    let maximumLength =
      self == .viewer ? LogLimits.maximumViewerLength : LogLimits.maximumNameLength
    return (1...maximumLength).contains(name.count) && (self == .node || name.isVisibleASCII)
  }
}

/// The names of namespaces, of viewer ids or of nodes.
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
  /// The number of connections that opened.
  private(set) var opened: UInt64

  /// Whether a connection is open, by slot. It is an array of its own because every close reads it.
  private var isOpen: ContiguousArray<Bool> = []

  /// The position in the order of opening of the connection that took a slot last, by slot (modulo
  /// 2³²).
  private var numbers: ContiguousArray<UInt32> = []
  private var free: ContiguousArray<UInt32> = []

  /// The connection of the last close without an open. Its number in the text form is that of the
  /// next open.
  private var stray: ConnectionID?

  /// The numbers of connections that opened again while open, by their position in the order of
  /// opening.
  private var aliases: [UInt64: UInt64] = [:]

  init(opened: UInt64 = 0) {
    self.opened = opened
  }

  /// Opens a connection and returns its slot.
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

  /// Opens a slot again that is open, an event that the meter rejects.
  mutating func open(again slot: UInt32) throws(Malformed) -> ConnectionID {
    guard Int(slot) < isOpen.count, isOpen[Int(slot)] else {
      throw Malformed("a connection opens again that is not open")
    }
    opened &+= 1
    aliases[opened] = number(of: ConnectionID(slot))
    return ConnectionID(slot)
  }

  /// Closes a slot. A slot that is not open must be the next one to open.
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

  /// Opens the next slot for a connection of a snapshot.
  mutating func restore(_ ordinal: ConnectionOrdinal) {
    isOpen.append(true)
    numbers.append(ordinal.number)
  }

  /// The number of a connection in the text form: its position in the order of opening.
  func number(of connection: ConnectionID) -> UInt64 {
    if connection == stray { return opened + 1 }
    let distance = UInt32(truncatingIfNeeded: opened) &- numbers[Int(connection.number)]
    return opened &- UInt64(distance)
  }

  /// The number in the text form of the connection with an ordinal; nil if it opened before the log
  /// begins.
  func number(of ordinal: ConnectionOrdinal, latest: ConnectionOrdinal) -> UInt64? {
    guard ordinal != .none else { return nil }
    let distance = UInt64(latest.number &- ordinal.number)
    guard distance < opened else { return nil }
    let place = opened - distance
    return aliases[place] ?? place
  }
}
