// The state of a meter as bytes, with the names that are bound at that time. Everything that has a
// name is numbered by its position in the snapshot, and instants are written as the time that has
// passed since.

/// Writes one snapshot. Its numbers are those of the records that follow.
struct SnapshotEncoder<Names: LogNames> {
  /// The numbers of the namespaces in the snapshot.
  private(set) var namespaces = EncodedNames()

  /// The numbers of the viewer ids in the snapshot.
  private(set) var viewers = EncodedNames()

  /// The numbers of the nodes in the snapshot.
  private(set) var nodes = EncodedNames()

  /// The slots of the connections in the snapshot.
  private(set) var connections = EncodedConnections()

  private let names: Names
  private var bytes: ContiguousArray<UInt8> = []
  private var now = Instant.start

  init(names: Names) {
    self.names = names
  }

  /// The payload of a snapshot. `messages` is the number of messages so far, `digest` that of all
  /// effects so far. To be called once.
  mutating func encode(
    _ snapshot: MeterSnapshot, messages: UInt64, digest: Digest
  ) -> ContiguousArray<UInt8> {
    now = snapshot.now
    bytes.append(number: now.nanoseconds)
    bytes.append(word: digest.value)
    bytes.append(number: messages)
    bytes.append(number: UInt64(snapshot.lastOrdinal.number))
    bytes.append(number: snapshot.lastNamespaceOrdinal)
    bytes.append(number: snapshot.countedConnections)
    bytes.append(number: snapshot.peakMembers)
    appendNamespaces(of: snapshot)
    appendRemotes(of: snapshot)
    bytes.append(number: UInt64(snapshot.connections.count))
    for connection in snapshot.connections { append(connection, snapshot.lastOrdinal) }
    return bytes
  }

  private mutating func appendNamespaces(of snapshot: MeterSnapshot) {
    bytes.append(number: UInt64(snapshot.namespaces.count))
    var lastOrdinal: UInt64 = 0
    for namespace in snapshot.namespaces {
      _ = namespaces.bind(namespace.id.number)
      bytes.append(counted: names.name(of: namespace.id).span)
      bytes.append(number: namespace.ordinal - lastOrdinal)
      lastOrdinal = namespace.ordinal
      append(ago: namespace.createdAt)
      bytes.append(number: namespace.connections)
      bytes.append(number: namespace.told)
      append(ago: namespace.toldAt)
      bytes.append(number: namespace.lowestGreeted)
      bytes.append(number: namespace.highestGreeted)
      bytes.append(number: namespace.modified.map { (now - $0).nanoseconds + 1 } ?? 0)
    }
    bytes.append(number: UInt64(snapshot.vacancies.count))
    for vacancy in snapshot.vacancies {
      append(vacancy.namespace)
      append(ago: vacancy.since)
    }
  }

  private mutating func appendRemotes(of snapshot: MeterSnapshot) {
    var named: ContiguousArray<NodeID> = []
    for remote in snapshot.remotes where nodes.number(of: remote.node.number) == nil {
      _ = nodes.bind(remote.node.number)
      named.append(remote.node)
    }
    bytes.append(number: UInt64(named.count))
    for node in named { bytes.append(counted: names.name(of: node).span) }
    bytes.append(number: UInt64(snapshot.remotes.count))
    for remote in snapshot.remotes {
      bytes.append(number: UInt64(nodes.number(of: remote.node.number) ?? 0))
      append(remote.namespace)
      append(ago: remote.reportedAt)
      bytes.append(number: remote.members)
      bytes.append(number: remote.connections)
    }
  }

  private mutating func append(
    _ connection: MeterSnapshot.Connection, _ lastOrdinal: ConnectionOrdinal
  ) {
    _ = connections.open(connection.id)
    let hasViewer = connection.viewer != .none
    bytes.append(connection.phase.rawValue | (hasViewer ? 4 : 0))
    guard connection.phase != .dismissed else { return }
    append(ago: connection.openedAt)
    bytes.append(number: UInt64(lastOrdinal.number &- connection.ordinal.number))
    append(connection.namespace)
    guard hasViewer else { return }
    _ = viewers.bind(connection.viewer.number)
    bytes.append(counted: names.name(of: connection.viewer).span)
    let distance = UInt64(lastOrdinal.number &- connection.predecessor.number)
    bytes.append(number: connection.predecessor == .none ? 0 : distance + 1)
  }

  private mutating func append(_ namespace: NamespaceID) {
    guard let number = namespaces.number(of: namespace.number) else {
      fatalError("namespace \(namespace.number) is not in the snapshot")
    }
    bytes.append(number: UInt64(number))
  }

  private mutating func append(ago instant: Instant) {
    bytes.append(number: (now - instant).nanoseconds)
  }
}

/// Reads one snapshot.
struct SnapshotDecoder {
  /// The state, with the numbers of the reader.
  private(set) var snapshot = MeterSnapshot()

  /// The digest of all effects so far.
  private(set) var digest = Digest()

  /// The number of messages so far.
  private(set) var messages: UInt64 = 0

  private var cursor = ByteCursor()

  /// Reads a payload, and binds its names in `numbers` for the records that follow.
  mutating func decode(
    _ payload: ContiguousArray<UInt8>, _ numbers: inout DecodedNumbers
  ) throws(Malformed) {
    let bytes = payload.span
    snapshot.now = Instant(nanoseconds: try cursor.number(bytes))
    guard snapshot.now <= .latest else { throw Malformed("a time is too late") }
    digest = Digest(resuming: try cursor.word(bytes))
    messages = try cursor.number(bytes)
    snapshot.lastOrdinal = ConnectionOrdinal(try cursor.number32(bytes))
    snapshot.lastNamespaceOrdinal = try cursor.number(bytes)
    snapshot.countedConnections = try cursor.number(bytes)
    snapshot.peakMembers = try cursor.number(bytes)
    numbers.restart(after: snapshot.lastOrdinal)
    try decodeNamespaces(bytes, &numbers)
    try decodeRemotes(bytes, &numbers)
    for slot in 0..<(try count(bytes, minimumLength: 1)) {
      try decodeConnection(bytes, ConnectionID(UInt32(slot)), &numbers)
    }
    guard cursor.position == bytes.count else { throw Malformed("the snapshot is too long") }
  }

  private mutating func decodeNamespaces(
    _ bytes: Span<UInt8>, _ numbers: inout DecodedNumbers
  ) throws(Malformed) {
    var ordinal: UInt64 = 0
    for place in 0..<(try count(bytes, minimumLength: 10)) {
      let name = try cursor.counted(bytes)
      try numbers.namespaces.bind(UInt32(place), bytes.extracting(name), .namespace)
      let (next, overflows) = ordinal.addingReportingOverflow(try cursor.number(bytes))
      guard !overflows else { throw Malformed("an ordinal is too large") }
      ordinal = next
      let createdAt = try instant(bytes)
      let connections = try cursor.number(bytes)
      let told = try cursor.number(bytes)
      snapshot.namespaces.append(
        MeterSnapshot.Namespace(
          id: NamespaceID(try numbers.namespaces.number(of: UInt32(place))), ordinal: ordinal,
          createdAt: createdAt, connections: connections, told: told,
          toldAt: try instant(bytes), lowestGreeted: try cursor.number(bytes),
          highestGreeted: try cursor.number(bytes), modified: try optionalInstant(bytes)))
    }
    for _ in 0..<(try count(bytes, minimumLength: 2)) {
      snapshot.vacancies.append(
        MeterSnapshot.Vacancy(
          namespace: try namespace(bytes, numbers), since: try instant(bytes)))
    }
  }

  private mutating func decodeRemotes(
    _ bytes: Span<UInt8>, _ numbers: inout DecodedNumbers
  ) throws(Malformed) {
    for place in 0..<(try count(bytes, minimumLength: 2)) {
      let name = try cursor.counted(bytes)
      try numbers.nodes.bind(UInt32(place), bytes.extracting(name), .node)
    }
    for _ in 0..<(try count(bytes, minimumLength: 5)) {
      let node = NodeID(try numbers.nodes.number(of: try cursor.number32(bytes)))
      snapshot.remotes.append(
        MeterSnapshot.Remote(
          node: node, namespace: try namespace(bytes, numbers), reportedAt: try instant(bytes),
          members: try cursor.number(bytes), connections: try cursor.number(bytes)))
    }
  }

  private mutating func decodeConnection(
    _ bytes: Span<UInt8>, _ id: ConnectionID, _ numbers: inout DecodedNumbers
  ) throws(Malformed) {
    let last = snapshot.lastOrdinal.number
    let head = try cursor.byte(bytes)
    guard let phase = MeterSnapshot.Connection.Phase(rawValue: head & 3), head <= 6, head != 4
    else { throw Malformed("a connection is in no phase") }
    var connection = MeterSnapshot.Connection(id: id, phase: phase)
    if phase != .dismissed {
      connection.openedAt = try instant(bytes)
      connection.ordinal = ConnectionOrdinal(last &- (try cursor.number32(bytes)))
      connection.namespace = try namespace(bytes, numbers)
    }
    if head & 4 != 0 {
      let place = numbers.viewers.count
      let name = try cursor.counted(bytes)
      try numbers.viewers.bind(place, bytes.extracting(name), .viewer)
      connection.viewer = ViewerID(try numbers.viewers.number(of: place))
      let distance = try cursor.number(bytes)
      guard distance <= 1 << 32 else { throw Malformed("a number has more than 32 bits") }
      if distance > 0 {
        connection.predecessor = ConnectionOrdinal(
          last &- UInt32(truncatingIfNeeded: distance - 1))
      }
    }
    numbers.connections.restore(connection.ordinal)
    snapshot.connections.append(connection)
  }

  /// The number of elements that follow. It is at most what the rest of the bytes can hold, as an
  /// element has at least `minimumLength` bytes.
  private mutating func count(
    _ bytes: Span<UInt8>, minimumLength: Int
  ) throws(Malformed) -> Int {
    let count = try cursor.number(bytes)
    guard count <= UInt64((bytes.count - cursor.position) / minimumLength) else {
      throw Malformed("the snapshot has fewer elements than its count")
    }
    return Int(count)
  }

  private mutating func namespace(
    _ bytes: Span<UInt8>, _ numbers: DecodedNumbers
  ) throws(Malformed) -> NamespaceID {
    NamespaceID(try numbers.namespaces.number(of: try cursor.number32(bytes)))
  }

  private mutating func instant(_ bytes: Span<UInt8>) throws(Malformed) -> Instant {
    let ago = try cursor.number(bytes)
    guard ago <= snapshot.now.nanoseconds else { throw Malformed("a time is before the start") }
    return Instant(nanoseconds: snapshot.now.nanoseconds - ago)
  }

  private mutating func optionalInstant(_ bytes: Span<UInt8>) throws(Malformed) -> Instant? {
    let ago = try cursor.number(bytes)
    guard ago > 0 else { return nil }
    guard ago - 1 <= snapshot.now.nanoseconds else {
      throw Malformed("a time is before the start")
    }
    return Instant(nanoseconds: snapshot.now.nanoseconds - (ago - 1))
  }
}
