// Reads the records of a block with a right checksum. Records that no encoder writes are an error,
// and no number in them makes a table larger than the records themselves.

/// Decodes the records of one section, block by block.
struct RecordDecoder {
  /// The records that were decoded last.
  private(set) var records: ContiguousArray<LogRecord> = []

  /// The text of the last record, if that is a message or one that is kept.
  private(set) var text: [UInt8] = []

  /// The meaning of the numbers of the log.
  var numbers: DecodedNumbers

  /// The instant of the latest record.
  private(set) var latest = Instant.start
  var latestOrdinal = ConnectionOrdinal.none
  private var messages: UInt64 = 0

  /// The reason why `decode` returned.
  enum Stop {
    /// It decoded as many records as it should, or a message.
    case batch

    /// It reached the checkpoint at the end of the block: the digest of all effects up to `latest`.
    case checkpoint(Digest)
  }

  init(key: HashKey) {
    numbers = DecodedNumbers(key: key)
  }

  /// Decodes at most `limit` records of the block that ends at `end`. A message and the checkpoint
  /// stop it earlier. The records before an error are in `records`.
  mutating func decode(
    _ block: ContiguousArray<UInt8>, end: Int, _ cursor: inout ByteCursor, limit: Int
  ) throws(Malformed) -> Stop {
    let bytes = block.span.extracting(first: end)
    records.removeAll(keepingCapacity: true)
    while records.count < limit {
      let head = try cursor.byte(bytes)
      if head & RecordCode.timeFlag != 0 { try passTime(bytes, &cursor) }
      let flags = head & ~(RecordCode.mask | RecordCode.timeFlag)
      guard let code = RecordCode(rawValue: head & RecordCode.mask), flags == 0 || code == .opened
      else { throw Malformed("a record is of no known kind") }
      switch code {
      case .opened: try decodeOpen(bytes, &cursor, flags)
      case .closed: append(.closed(try numbers.connections.close(try cursor.number32(bytes))))
      case .excluded: append(.excluded(try viewer(bytes, &cursor)))
      case .message:
        try decodeMessage(bytes, &cursor)
        return .batch
      case .peer: try decodePeer(bytes, &cursor)
      case .bye: append(.bye(try node(bytes, &cursor)))
      case .extended:
        if try decodeExtended(bytes, &cursor) == .retained { return .batch }
      case .namespaceName, .viewerName, .nodeName: try decodeName(code, bytes, &cursor)
      case .checkpoint:
        let digest = try cursor.word(bytes)
        guard cursor.position == bytes.count else {
          throw Malformed("something follows the checkpoint of a block")
        }
        return .checkpoint(Digest(resuming: digest))
      }
    }
    return .batch
  }

  /// Continues from a snapshot.
  mutating func resume(_ snapshot: LogSnapshot) {
    latest = snapshot.meter.now
    latestOrdinal = snapshot.meter.lastOrdinal
    messages = snapshot.messages
  }

  /// How the text form names the connection with an ordinal, in the latest open or after it.
  func reference(to ordinal: ConnectionOrdinal, inOpen: Bool) -> ConnectionReference {
    numbers.connections.reference(to: ordinal, latest: latestOrdinal, inOpen: inOpen)
  }

  @inline(__always)
  mutating func append(_ event: Event) {
    records.append(LogRecord(latest, event))
  }

  private mutating func passTime(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) {
    let passed = try cursor.number(bytes)
    guard passed <= Instant.latest.nanoseconds - latest.nanoseconds else {
      throw Malformed("a time is too late")
    }
    latest = Instant(nanoseconds: latest.nanoseconds &+ passed)
  }

  @inline(__always)
  private mutating func decodeOpen(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, _ flags: UInt8
  ) throws(Malformed) {
    let namespace = try namespace(bytes, &cursor)
    let connection =
      flags & RecordCode.againFlag == 0
      ? numbers.connections.open()
      : try numbers.connections.open(again: try cursor.number32(bytes))
    var viewer = ViewerID.none
    if flags & RecordCode.viewerFlag != 0 { viewer = try self.viewer(bytes, &cursor) }
    var after = ConnectionOrdinal.none
    if flags & RecordCode.afterFlag != 0 {
      after = ConnectionOrdinal(latestOrdinal.number &- (try cursor.number32(bytes)))
    }
    latestOrdinal = latestOrdinal.next
    append(
      .opened(
        connection, namespace, viewer: viewer, after: ConnectionKey(ConnectionID(.max), after),
        as: .viewer))
  }

  private mutating func decodeMessage(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) {
    let namespace = try namespace(bytes, &cursor)
    append(.message(namespace, try message(bytes, &cursor)))
  }

  /// The number of the next message, whose text follows.
  mutating func message(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> MessageID {
    let range = try cursor.counted(bytes)
    guard range.count <= LogLimits.maximumTextLength else { throw Malformed("a text is too long") }
    text = bytes.extracting(range).array
    messages &+= 1
    return MessageID(messages)
  }

  private mutating func decodePeer(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) {
    let node = try node(bytes, &cursor)
    let namespace = try namespace(bytes, &cursor)
    let members = try cursor.number(bytes)
    let connections = try cursor.number(bytes)
    append(.peer(node, namespace, members: members, connections: connections))
  }

  private mutating func decodeName(
    _ code: RecordCode, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) {
    let number = try cursor.number32(bytes)
    let name = bytes.extracting(try cursor.counted(bytes))
    switch code {
    case .namespaceName: try numbers.namespaces.bind(number, name, .namespace)
    case .viewerName: try numbers.viewers.bind(number, name, .viewer)
    case .nodeName: try numbers.nodes.bind(number, name, .node)
    case .opened, .closed, .excluded, .message, .peer, .bye, .checkpoint, .extended:
      fatalError("\(code) is no name")
    }
  }

  @inline(__always)
  func namespace(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> NamespaceID {
    NamespaceID(try numbers.namespaces.number(of: try cursor.number32(bytes)))
  }

  func viewer(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> ViewerID {
    ViewerID(try numbers.viewers.number(of: try cursor.number32(bytes)))
  }

  func node(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> NodeID {
    NodeID(try numbers.nodes.number(of: try cursor.number32(bytes)))
  }
}
