// Reads the snapshots that `SnapshotEncoder` writes. No count or number of them is used before it
// is checked.

/// Reads one snapshot.
struct SnapshotDecoder {
  /// The state, with the numbers of the reader.
  var snapshot = LogSnapshot()

  /// The names of the reader. Those of the snapshot are bound for the records that follow.
  var numbers: DecodedNumbers

  let bytes: ContiguousArray<UInt8>
  var cursor = ByteCursor()
  private var now = Instant.start
  private var latest = ConnectionOrdinal.none
  private var lastGrowing: UInt64 = 0
  var viewerFollows = false

  init(_ bytes: ContiguousArray<UInt8>, _ numbers: consuming DecodedNumbers) {
    self.bytes = bytes
    self.numbers = numbers
  }

  /// Reads the payload. To be called once.
  mutating func decode() throws(Malformed) {
    try decodeNamespaces()
    for place in 0..<(try count(minimumLength: 2)) {
      let name = try counted()
      try numbers.viewers.bind(UInt32(place), name.span, .viewer)
    }
    for slot in 0..<(try count(minimumLength: 1)) {
      var connection = MeterSnapshot.Connection(id: ConnectionID(UInt32(slot)), phase: .dismissed)
      try connection.code(&self)
      numbers.connections.restore(connection.ordinal)
      snapshot.meter.connections.append(connection)
    }
    for _ in 0..<(try count(minimumLength: 5)) {
      var viewer = MeterSnapshot.Viewer()
      try viewer.code(&self)
      snapshot.meter.viewers.append(viewer)
    }
    for _ in 0..<(try count(minimumLength: 3)) {
      var ping = MeterSnapshot.Ping()
      try ping.code(&self)
      snapshot.meter.pings.append(ping)
    }
    for _ in 0..<(try count(minimumLength: 5)) {
      var departure = MeterSnapshot.Departure()
      try departure.code(&self)
      snapshot.meter.departures.append(departure)
    }
    try decodeExternals()
    try decodeKept()
    guard cursor.position == bytes.count else { throw Malformed("the snapshot is too long") }
  }

  /// Reads what stands before the connections.
  mutating func decodeNamespaces() throws(Malformed) {
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
  }

  mutating func decodeExternals() throws(Malformed) {
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

  private mutating func decodeKept() throws(Malformed) {
    for place in 0..<(try count(minimumLength: 2)) {
      let name = try counted()
      try numbers.services.bind(UInt32(place), name.span, .service)
    }
    for _ in 0..<(try count(minimumLength: 5)) {
      var (kept, text) = (MeterSnapshot.Kept(), ContiguousArray<UInt8>())
      try kept.code(&self, text: &text)
      snapshot.meter.kept.append(kept)
      snapshot.texts.append(text)
    }
  }

  /// The number of elements that follow. It is at most what the rest of the bytes can hold, as an
  /// element has at least `minimumLength` bytes.
  mutating func count(minimumLength: Int) throws(Malformed) -> Int {
    let count = try number()
    guard count <= UInt64((bytes.count - cursor.position) / minimumLength) else {
      throw Malformed("the snapshot has fewer elements than its count")
    }
    return Int(count)
  }

  // A span of the bytes must not borrow the decoder while its cursor moves.

  mutating func byte() throws(Malformed) -> UInt8 {
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

  mutating func counted() throws(Malformed) -> [UInt8] {
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

  mutating func service(_ name: String, _ service: inout ServiceID) throws(Malformed) {
    service = ServiceID(try numbers.services.number(of: try number32()))
  }

  mutating func text(
    _ name: String, _ text: inout ContiguousArray<UInt8>
  ) throws(Malformed) {
    text = ContiguousArray(try counted())
    guard (1...LogLimits.maximumTextLength).contains(text.count) else {
      throw Malformed("a kept text is empty or too long")
    }
  }

  mutating func viewer(_ name: String, _ viewer: inout ViewerID) throws(Malformed) {
    if viewerFollows { try self.viewer(name, required: &viewer) }
  }

  mutating func viewer(_ name: String, required viewer: inout ViewerID) throws(Malformed) {
    viewer = ViewerID(try numbers.viewers.number(of: try number32()))
  }

  mutating func flag(_ name: String, _ flag: inout Bool) throws(Malformed) {
    let byte = try byte()
    guard byte <= 1 else { throw Malformed("a byte is neither 0 nor 1") }
    flag = byte == 1
  }

  mutating func begin(_ connection: inout MeterSnapshot.Connection) throws(Malformed) {
    let head = try byte()
    viewerFollows = head & SnapshotFlags.viewer != 0
    guard
      let phase = MeterSnapshot.Connection.Phase(rawValue: head & ~SnapshotFlags.viewer),
      !viewerFollows || phase == .pending || phase == .member
    else { throw Malformed("a connection is in no phase") }
    connection.phase = phase
  }

  mutating func begin(_ departure: inout MeterSnapshot.Departure) throws(Malformed) {
    let head = try byte()
    viewerFollows = head & SnapshotFlags.viewer != 0
    guard head & ~SnapshotFlags.viewer <= 1 else { throw Malformed("a viewer leaves in no way") }
    departure.isReturning = head & 1 != 0
    if !departure.isReturning, snapshot.meter.departures.last?.isReturning == true {
      throw Malformed("a viewer who is leaving follows one who is returning")
    }
  }
}
