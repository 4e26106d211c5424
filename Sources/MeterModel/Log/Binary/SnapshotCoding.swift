// The snapshot of a meter as bytes, with the names that are bound at that time. Everything that has
// a name is numbered by its position in the snapshot, and instants are written as the time that has
// passed since. `LogSnapshot` lists the fields.

/// Writes one snapshot. Its numbers are those of the records that follow.
struct SnapshotEncoder<Names: LogNames> {
  /// The numbers of the namespaces in the snapshot.
  private(set) var namespaces = EncodedNames()

  /// The numbers of the viewer ids in the snapshot.
  private(set) var viewers = EncodedNames()

  /// The numbers of the nodes in the snapshot.
  private(set) var nodes = EncodedNames()

  /// The numbers of the sources in the snapshot.
  private(set) var sources = EncodedNames()

  /// The slots of the connections in the snapshot.
  private(set) var connections = EncodedConnections()

  private let names: Names
  private var bytes: ContiguousArray<UInt8> = []
  private var now = Instant.start
  private var latest = ConnectionOrdinal.none
  private var lastGrowing: UInt64 = 0

  init(names: Names) {
    self.names = names
  }

  /// The payload of a snapshot. To be called once.
  mutating func encode(_ snapshot: LogSnapshot) -> ContiguousArray<UInt8> {
    var snapshot = snapshot
    snapshot.code(&self)
    let meter = snapshot.meter
    bytes.append(number: UInt64(meter.namespaces.count))
    for var namespace in meter.namespaces { namespace.code(&self) }
    bytes.append(number: UInt64(meter.vacancies.count))
    for var vacancy in meter.vacancies { vacancy.code(&self) }
    appendNodes(of: meter)
    bytes.append(number: UInt64(meter.remotes.count))
    for var remote in meter.remotes { remote.code(&self) }
    bytes.append(number: UInt64(meter.connections.count))
    for var connection in meter.connections { connection.code(&self) }
    bytes.append(number: UInt64(meter.departures.count))
    for var departure in meter.departures { departure.code(&self) }
    appendSources(of: meter)
    bytes.append(number: UInt64(meter.externals.count))
    for var external in meter.externals { external.code(&self) }
    return bytes
  }

  private mutating func appendNodes(of meter: MeterSnapshot) {
    var named: ContiguousArray<NodeID> = []
    for remote in meter.remotes where nodes.number(of: remote.node.number) == nil {
      _ = nodes.bind(remote.node.number)
      named.append(remote.node)
    }
    bytes.append(number: UInt64(named.count))
    for node in named { bytes.append(counted: names.name(of: node).span) }
  }

  private mutating func appendSources(of meter: MeterSnapshot) {
    var named: ContiguousArray<SourceID> = []
    for external in meter.externals where sources.number(of: external.source.number) == nil {
      _ = sources.bind(external.source.number)
      named.append(external.source)
    }
    bytes.append(number: UInt64(named.count))
    for source in named { bytes.append(counted: names.name(of: source).span) }
  }

  private mutating func append(ago instant: Instant) {
    bytes.append(number: (now - instant).nanoseconds)
  }
}

extension SnapshotEncoder: SnapshotCoder {
  typealias Failure = Never

  mutating func now(_ name: String, _ now: inout Instant) {
    self.now = now
    bytes.append(number: now.nanoseconds)
  }

  mutating func latest(_ name: String, _ ordinal: inout ConnectionOrdinal) {
    latest = ordinal
    bytes.append(number: UInt64(ordinal.number))
  }

  mutating func digest(_ name: String, _ digest: inout Digest) {
    bytes.append(word: digest.value)
  }

  mutating func number(_ name: String, _ number: inout UInt64) {
    bytes.append(number: number)
  }

  mutating func growing(_ name: String, _ number: inout UInt64) {
    bytes.append(number: number - lastGrowing)
    lastGrowing = number
  }

  mutating func instant(_ name: String, _ instant: inout Instant) {
    append(ago: instant)
  }

  mutating func instant(_ name: String, optional instant: inout Instant?) {
    bytes.append(number: instant.map { (now - $0).nanoseconds + 1 } ?? 0)
  }

  mutating func ordinal(_ name: String, _ ordinal: inout ConnectionOrdinal) {
    bytes.append(number: UInt64(latest.number &- ordinal.number))
  }

  mutating func ordinal(_ name: String, optional ordinal: inout ConnectionOrdinal) {
    let distance = UInt64(latest.number &- ordinal.number)
    bytes.append(number: ordinal == .none ? 0 : distance + 1)
  }

  mutating func newNamespace(_ name: String, _ namespace: inout NamespaceID) {
    _ = namespaces.bind(namespace.number)
    bytes.append(counted: names.name(of: namespace).span)
  }

  mutating func namespace(_ name: String, _ namespace: inout NamespaceID) {
    guard let number = namespaces.number(of: namespace.number) else {
      fatalError("namespace \(namespace.number) is not in the snapshot")
    }
    bytes.append(number: UInt64(number))
  }

  mutating func node(_ name: String, _ node: inout NodeID) {
    bytes.append(number: UInt64(nodes.number(of: node.number) ?? 0))
  }

  mutating func source(_ name: String, _ source: inout SourceID) {
    bytes.append(number: UInt64(sources.number(of: source.number) ?? 0))
  }

  mutating func viewer(_ name: String, _ viewer: inout ViewerID) {
    if viewer != .none { self.viewer(name, required: &viewer) }
  }

  mutating func viewer(_ name: String, required viewer: inout ViewerID) {
    _ = viewers.bind(viewer.number)
    bytes.append(counted: names.name(of: viewer).span)
  }

  mutating func begin(_ connection: inout MeterSnapshot.Connection) {
    _ = connections.open(connection.id)
    bytes.append(connection.phase.rawValue | (connection.viewer != .none ? 4 : 0))
  }
}

/// Reads one snapshot.
struct SnapshotDecoder {
  /// The state, with the numbers of the reader.
  private(set) var snapshot = LogSnapshot()

  /// The names of the reader. Those of the snapshot are bound for the records that follow.
  private(set) var numbers: DecodedNumbers

  private let bytes: ContiguousArray<UInt8>
  private var cursor = ByteCursor()
  private var now = Instant.start
  private var latest = ConnectionOrdinal.none
  private var lastGrowing: UInt64 = 0
  private var viewerFollows = false

  init(_ bytes: ContiguousArray<UInt8>, _ numbers: consuming DecodedNumbers) {
    self.bytes = bytes
    self.numbers = numbers
  }

  /// Reads the payload. To be called once.
  mutating func decode() throws(Malformed) {
    var start = LogSnapshot()
    try start.code(&self)
    snapshot = start
    numbers.restart(after: start.meter.lastOrdinal)
    for _ in 0..<(try count(minimumLength: 14)) {
      var namespace = MeterSnapshot.Namespace()
      try namespace.code(&self)
      snapshot.meter.namespaces.append(namespace)
    }
    for _ in 0..<(try count(minimumLength: 2)) {
      var vacancy = MeterSnapshot.Vacancy()
      try vacancy.code(&self)
      snapshot.meter.vacancies.append(vacancy)
    }
    for place in 0..<(try count(minimumLength: 2)) {
      let name = try counted()
      try numbers.nodes.bind(UInt32(place), name.span, .node)
    }
    for _ in 0..<(try count(minimumLength: 5)) {
      var remote = MeterSnapshot.Remote()
      try remote.code(&self)
      snapshot.meter.remotes.append(remote)
    }
    for slot in 0..<(try count(minimumLength: 1)) {
      var connection = MeterSnapshot.Connection(id: ConnectionID(UInt32(slot)), phase: .dismissed)
      try connection.code(&self)
      numbers.connections.restore(connection.ordinal)
      snapshot.meter.connections.append(connection)
    }
    for _ in 0..<(try count(minimumLength: 4)) {
      var departure = MeterSnapshot.Departure()
      try departure.code(&self)
      snapshot.meter.departures.append(departure)
    }
    try decodeExternals()
    guard cursor.position == bytes.count else { throw Malformed("the snapshot is too long") }
  }

  private mutating func decodeExternals() throws(Malformed) {
    for place in 0..<(try count(minimumLength: 2)) {
      let name = try counted()
      try numbers.sources.bind(UInt32(place), name.span, .source)
    }
    for _ in 0..<(try count(minimumLength: 4)) {
      var external = MeterSnapshot.External()
      try external.code(&self)
      snapshot.meter.externals.append(external)
    }
  }

  /// The number of elements that follow. It is at most what the rest of the bytes can hold, as an
  /// element has at least `minimumLength` bytes.
  private mutating func count(minimumLength: Int) throws(Malformed) -> Int {
    let count = try number()
    guard count <= UInt64((bytes.count - cursor.position) / minimumLength) else {
      throw Malformed("the snapshot has fewer elements than its count")
    }
    return Int(count)
  }

  // A span of the bytes must not borrow the decoder while its cursor moves.

  private mutating func byte() throws(Malformed) -> UInt8 {
    let bytes = bytes
    return try cursor.byte(bytes.span)
  }

  private mutating func number() throws(Malformed) -> UInt64 {
    let bytes = bytes
    return try cursor.number(bytes.span)
  }

  private mutating func number32() throws(Malformed) -> UInt32 {
    let bytes = bytes
    return try cursor.number32(bytes.span)
  }

  private mutating func word() throws(Malformed) -> UInt64 {
    let bytes = bytes
    return try cursor.word(bytes.span)
  }

  private mutating func counted() throws(Malformed) -> [UInt8] {
    let bytes = bytes
    return Array(bytes[try cursor.counted(bytes.span)])
  }
}

extension SnapshotDecoder: SnapshotCoder {
  typealias Failure = Malformed

  mutating func now(_ name: String, _ now: inout Instant) throws(Malformed) {
    now = Instant(nanoseconds: try number())
    guard now <= .latest else { throw Malformed("a time is too late") }
    self.now = now
  }

  mutating func latest(
    _ name: String, _ ordinal: inout ConnectionOrdinal
  ) throws(Malformed) {
    ordinal = ConnectionOrdinal(try number32())
    latest = ordinal
  }

  mutating func digest(_ name: String, _ digest: inout Digest) throws(Malformed) {
    digest = Digest(resuming: try word())
  }

  mutating func number(_ name: String, _ number: inout UInt64) throws(Malformed) {
    number = try self.number()
  }

  mutating func growing(_ name: String, _ number: inout UInt64) throws(Malformed) {
    let (sum, overflows) = lastGrowing.addingReportingOverflow(try self.number())
    guard !overflows else { throw Malformed("an ordinal is too large") }
    number = sum
    lastGrowing = sum
  }

  mutating func instant(_ name: String, _ instant: inout Instant) throws(Malformed) {
    instant = try self.instant(ago: try number())
  }

  mutating func instant(
    _ name: String, optional instant: inout Instant?
  ) throws(Malformed) {
    let ago = try number()
    instant = ago == 0 ? nil : try self.instant(ago: ago - 1)
  }

  private func instant(ago: UInt64) throws(Malformed) -> Instant {
    guard ago <= now.nanoseconds else { throw Malformed("a time is before the start") }
    return Instant(nanoseconds: now.nanoseconds - ago)
  }

  mutating func ordinal(
    _ name: String, _ ordinal: inout ConnectionOrdinal
  ) throws(Malformed) {
    ordinal = ConnectionOrdinal(latest.number &- (try number32()))
  }

  mutating func ordinal(
    _ name: String, optional ordinal: inout ConnectionOrdinal
  ) throws(Malformed) {
    let distance = try number()
    guard distance <= 1 << 32 else { throw Malformed("a number has more than 32 bits") }
    ordinal =
      distance == 0
      ? .none : ConnectionOrdinal(latest.number &- UInt32(truncatingIfNeeded: distance - 1))
  }

  mutating func newNamespace(
    _ name: String, _ namespace: inout NamespaceID
  ) throws(Malformed) {
    let place = numbers.namespaces.count
    let name = try counted()
    try numbers.namespaces.bind(place, name.span, .namespace)
    namespace = NamespaceID(try numbers.namespaces.number(of: place))
  }

  mutating func namespace(
    _ name: String, _ namespace: inout NamespaceID
  ) throws(Malformed) {
    let place = try number32()
    namespace = NamespaceID(try numbers.namespaces.number(of: place))
  }

  mutating func node(_ name: String, _ node: inout NodeID) throws(Malformed) {
    node = NodeID(try numbers.nodes.number(of: try number32()))
  }

  mutating func source(_ name: String, _ source: inout SourceID) throws(Malformed) {
    source = SourceID(try numbers.sources.number(of: try number32()))
  }

  mutating func viewer(_ name: String, _ viewer: inout ViewerID) throws(Malformed) {
    if viewerFollows { try self.viewer(name, required: &viewer) }
  }

  mutating func viewer(_ name: String, required viewer: inout ViewerID) throws(Malformed) {
    let place = numbers.viewers.count
    let name = try counted()
    try numbers.viewers.bind(place, name.span, .viewer)
    viewer = ViewerID(try numbers.viewers.number(of: place))
  }

  mutating func begin(_ connection: inout MeterSnapshot.Connection) throws(Malformed) {
    let head = try byte()
    guard let phase = MeterSnapshot.Connection.Phase(rawValue: head & 3), head <= 6, head != 4
    else { throw Malformed("a connection is in no phase") }
    connection.phase = phase
    viewerFollows = head & 4 != 0
  }
}
