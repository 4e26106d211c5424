// Reads a snapshot from `state` lines (docs/LOG-TEXT.md), one after the other. `LogSnapshot` lists
// the fields.

/// The kinds of lines of a state, in their order; those of connections may be mixed.
enum StateLine: String, CaseIterable {
  case meter
  case namespace
  case vacant
  case peer
  case dismissed
  case pending
  case member
  case observer
  case arriving
  case viewer
  case ping
  case leaving
  case returning
  case external
  case kept
  case end

  /// The place in the order.
  fileprivate var rank: Int {
    switch self {
    case .meter: 0
    case .namespace: 1
    case .vacant: 2
    case .peer: 3
    case .dismissed, .pending, .member, .observer, .arriving: 4
    case .viewer: 5
    case .ping: 6
    case .leaving: 7
    case .returning: 8
    case .external: 9
    case .kept: 10
    case .end: 11
    }
  }

  /// The phase of the connection; nil for a line of another kind.
  fileprivate var phase: MeterSnapshot.Connection.Phase? {
    switch self {
    case .dismissed: .dismissed
    case .pending: .pending
    case .member: .member
    case .observer: .observer
    case .arriving: .arriving
    case .meter, .namespace, .vacant, .peer, .viewer, .ping, .leaving, .returning, .external,
      .kept, .end:
      nil
    }
  }
}

/// The reason why a line is not a line of a state.
struct StateError: Error {
  /// A clause that states the reason.
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

/// Collects the lines of one state.
struct StateReader {
  /// The state so far.
  private(set) var snapshot = LogSnapshot()

  /// The names of the log. Those of the state are bound.
  private(set) var names: TextLogNames

  private var lines: UInt64 = 0
  private var rank = -1

  /// Whether a namespace is in the state, by its number.
  private var isKnown: ContiguousArray<Bool> = []

  /// The words of the line that were not read yet.
  private var words: ArraySlice<[UInt8]> = []

  init(_ names: TextLogNames) {
    self.names = names
  }

  /// Reads the next line, in words without `state`. Returns whether it was the last.
  mutating func read(_ line: [[UInt8]]) throws(StateError) -> Bool {
    words = line[...]
    let kind = try readKind()
    try readElement(kind)
    if let word = words.first { throw StateError("'\(word.span.printable)' is not expected there") }
    lines += 1
    return kind == .end
  }

  private mutating func readElement(_ kind: StateLine) throws(StateError) {
    switch kind {
    case .meter:
      var start = LogSnapshot()
      try start.code(&self)
      snapshot = start
      names.restart(after: start.meter.lastOrdinal, messages: start.messages)
    case .namespace:
      let namespace = try readNamespace()
      snapshot.meter.namespaces.append(namespace)
    case .vacant:
      var vacancy = MeterSnapshot.Vacancy()
      try vacancy.code(&self)
      snapshot.meter.vacancies.append(vacancy)
    case .peer:
      var remote = MeterSnapshot.Remote()
      try remote.code(&self)
      snapshot.meter.remotes.append(remote)
    case .dismissed, .pending, .member, .observer, .arriving:
      let connection = try readConnection(kind.phase ?? .dismissed)
      snapshot.meter.connections.append(connection)
    case .viewer:
      var viewer = MeterSnapshot.Viewer()
      try viewer.code(&self)
      snapshot.meter.viewers.append(viewer)
    case .ping:
      var ping = MeterSnapshot.Ping()
      try ping.code(&self)
      snapshot.meter.pings.append(ping)
    case .leaving, .returning:
      var departure = MeterSnapshot.Departure()
      departure.isReturning = kind == .returning
      try departure.code(&self)
      snapshot.meter.departures.append(departure)
    case .external:
      var external = MeterSnapshot.External()
      try external.code(&self)
      snapshot.meter.externals.append(external)
    case .kept:
      var (kept, text) = (MeterSnapshot.Kept(), ContiguousArray<UInt8>())
      try kept.code(&self, text: &text)
      snapshot.meter.kept.append(kept)
      snapshot.texts.append(text)
    case .end:
      guard let word = words.popFirst(), UInt64(digits: word.span) == lines else {
        throw StateError("'state end' has the number of the lines before it, which is \(lines)")
      }
    }
  }

  private mutating func readKind() throws(StateError) -> StateLine {
    guard let word = words.popFirst() else { throw StateError("the part of the state is missing") }
    guard let kind = StateLine.allCases.first(where: { word.span.isEqual(to: $0.rawValue) }) else {
      throw StateError("no part of a state is called '\(word.span.printable)'")
    }
    guard rank >= 0 || kind == .meter else {
      throw StateError("a state begins with 'state meter'")
    }
    guard kind.rank >= rank, kind != .meter || rank < 0 else {
      throw StateError("'state \(kind.rawValue)' is not expected there")
    }
    rank = kind.rank
    return kind
  }

  private mutating func readNamespace() throws(StateError) -> MeterSnapshot.Namespace {
    var namespace = MeterSnapshot.Namespace()
    try namespace.code(&self)
    if let last = snapshot.meter.namespaces.last, last.ordinal >= namespace.ordinal {
      throw StateError("the ordinal \(namespace.ordinal) is not after \(last.ordinal)")
    }
    return namespace
  }

  private mutating func readConnection(
    _ phase: MeterSnapshot.Connection.Phase
  ) throws(StateError) -> MeterSnapshot.Connection {
    guard let word = words.popFirst() else { throw StateError("a connection is missing") }
    guard let number = UInt64(digits: word.span) else {
      throw StateError(
        "a connection is a whole number below 2^64, not '\(word.span.printable)'")
    }
    guard let id = names.restore(number) else {
      throw StateError("connection \(number) is there twice")
    }
    var connection = MeterSnapshot.Connection(id: id, phase: phase)
    try connection.code(&self)
    names.restored(number, as: connection.ordinal)
    return connection
  }
}

// MARK: - Fields

extension StateReader {
  /// The value of the next word, `name=value`; nil if that has another name.
  private mutating func optionalField(_ name: String) -> [UInt8]? {
    guard let word = words.first, word.span.hasPrefix("\(name)=") else { return nil }
    words.removeFirst()
    return Array(word.dropFirst(name.utf8.count + 1))
  }

  private mutating func field(_ name: String) throws(StateError) -> [UInt8] {
    if let value = optionalField(name) { return value }
    guard let word = words.first else { throw StateError("\(name)=… is missing") }
    throw StateError("\(name)=… is expected, not '\(word.span.printable)'")
  }

  private func number(
    _ name: String, _ value: [UInt8], most: UInt64 = .max
  ) throws(StateError) -> UInt64 {
    guard let number = UInt64(digits: value.span), number <= most else {
      let limit = most == .max ? "below 2^64" : "from 0 to \(most)"
      throw StateError("\(name) takes a whole number \(limit), not '\(value.span.printable)'")
    }
    return number
  }

  private func ordinal(
    _ name: String, _ value: [UInt8]
  ) throws(StateError) -> ConnectionOrdinal {
    let number = try number(name, value, most: UInt64(UInt32.max))
    guard number > 0 else { throw StateError("\(name) is at least 1") }
    return ConnectionOrdinal(UInt32(number))
  }

  private func anyInstant(_ name: String, _ value: [UInt8]) throws(StateError) -> Instant {
    guard let instant = Instant(decimal: value.span) else {
      throw StateError(
        "\(name) takes a time in seconds with at most 9 decimals, not '\(value.span.printable)'")
    }
    return instant
  }

  private func pastInstant(_ name: String, _ value: [UInt8]) throws(StateError) -> Instant {
    let instant = try anyInstant(name, value)
    guard instant <= snapshot.meter.now else {
      throw StateError("\(name) is after the time of the state")
    }
    return instant
  }

  private func checked(
    _ name: String, _ value: [UInt8], _ kind: NameKind
  ) throws(StateError) -> [UInt8] {
    guard kind.allows(value.span) else {
      throw StateError("\(name) takes \(kind.accepts), not '\(value.span.printable)'")
    }
    return value
  }
}

extension StateReader: SnapshotCoder {
  typealias Failure = StateError

  mutating func now(_ name: String, _ now: inout Instant) throws(StateError) {
    now = try anyInstant(name, try field(name))
  }

  mutating func latest(
    _ name: String, _ ordinal: inout ConnectionOrdinal
  ) throws(StateError) {
    let number = try number(name, try field(name), most: UInt64(UInt32.max))
    ordinal = ConnectionOrdinal(UInt32(number))
  }

  mutating func digest(_ name: String, _ digest: inout Digest) throws(StateError) {
    let value = try field(name)
    guard let read = Digest(hexadecimal: value.span) else {
      throw StateError(
        "\(name) takes 16 hexadecimal digits, not '\(value.span.printable)'")
    }
    digest = read
  }

  mutating func number(_ name: String, _ number: inout UInt64) throws(StateError) {
    number = try self.number(name, try field(name))
  }

  mutating func growing(_ name: String, _ number: inout UInt64) throws(StateError) {
    number = try self.number(name, try field(name))
  }

  mutating func instant(_ name: String, _ instant: inout Instant) throws(StateError) {
    instant = try pastInstant(name, try field(name))
  }

  mutating func instant(
    _ name: String, optional instant: inout Instant?
  ) throws(StateError) {
    instant = nil
    if let value = optionalField(name) { instant = try pastInstant(name, value) }
  }

  mutating func ordinal(
    _ name: String, _ ordinal: inout ConnectionOrdinal
  ) throws(StateError) {
    ordinal = try self.ordinal(name, try field(name))
  }

  mutating func ordinal(
    _ name: String, optional ordinal: inout ConnectionOrdinal
  ) throws(StateError) {
    if let value = optionalField(name) { ordinal = try self.ordinal(name, value) }
  }

  mutating func newNamespace(
    _ name: String, _ namespace: inout NamespaceID
  ) throws(StateError) {
    namespace = names.bind(namespace: try checked(name, try field(name), .namespace))
    let place = Int(namespace.number)
    while isKnown.count <= place { isKnown.append(false) }
    if isKnown[place] { throw StateError("the namespace is there twice") }
    isKnown[place] = true
  }

  mutating func namespace(
    _ name: String, _ namespace: inout NamespaceID
  ) throws(StateError) {
    let value = try field(name)
    guard let found = names.find(namespace: value), Int(found.number) < isKnown.count,
      isKnown[Int(found.number)]
    else { throw StateError("the state has no namespace '\(value.span.printable)'") }
    namespace = found
  }

  mutating func node(_ name: String, _ node: inout NodeID) throws(StateError) {
    node = names.bind(node: try checked(name, TextEscape.bytes(ofVisible: try field(name)), .node))
  }

  mutating func source(_ name: String, _ source: inout SourceID) throws(StateError) {
    source = names.bind(source: try checked(name, try field(name), .source))
  }

  mutating func service(_ name: String, _ service: inout ServiceID) throws(StateError) {
    service = names.bind(service: try checked(name, try field(name), .service))
  }

  mutating func text(
    _ name: String, _ text: inout ContiguousArray<UInt8>
  ) throws(StateError) {
    text = ContiguousArray(TextEscape.bytes(ofVisible: try field(name)))
    guard (1...LogLimits.maximumTextLength).contains(text.count) else {
      throw StateError("\(name) takes 1 to \(LogLimits.maximumTextLength) bytes")
    }
  }

  mutating func flag(_ name: String, _ flag: inout Bool) throws(StateError) {
    flag = try number(name, try field(name), most: 1) == 1
  }

  mutating func viewer(_ name: String, _ viewer: inout ViewerID) throws(StateError) {
    guard let value = optionalField(name) else { return }
    viewer = names.bind(viewer: try checked(name, value, .viewer))
  }

  mutating func viewer(_ name: String, required viewer: inout ViewerID) throws(StateError) {
    viewer = names.bind(viewer: try checked(name, try field(name), .viewer))
  }

  /// The phase and the number were read before.
  mutating func begin(_ connection: inout MeterSnapshot.Connection) throws(StateError) {
    guard connection.phase == .observer || connection.phase == .arriving,
      let word = words.first(where: { $0.span.hasPrefix("viewer=") })
    else { return }
    throw StateError("'\(word.span.printable)' is not expected there")
  }

  /// The kind of the line was read before.
  mutating func begin(_ departure: inout MeterSnapshot.Departure) {}
}
