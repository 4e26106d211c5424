// The records whose kind is in a byte of its own (docs/LOG-FORMAT.md).

extension RecordDecoder {
  /// Decodes an extended record, and returns its kind.
  mutating func decodeExtended(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> ExtendedCode {
    guard let code = ExtendedCode(rawValue: try cursor.byte(bytes)) else {
      throw Malformed("a record is of no known kind")
    }
    switch code {
    case .opened: try decodeExtendedOpen(bytes, &cursor)
    case .external:
      let source = SourceID(try numbers.sources.number(of: try cursor.number32(bytes)))
      let namespace = try namespace(bytes, &cursor)
      append(.external(source, namespace, members: try cursor.number(bytes)))
    case .cut: append(.cut(try numbers.connections.find(try cursor.number32(bytes))))
    case .restarted:
      numbers.connections.restart()
      append(.restarted)
    case .pinged:
      let namespace = try namespace(bytes, &cursor)
      append(.pinged(namespace, try viewer(bytes, &cursor)))
    case .left:
      let namespace = try namespace(bytes, &cursor)
      append(.left(namespace, try viewer(bytes, &cursor)))
    case .arrived:
      let connection = try numbers.connections.find(try cursor.number32(bytes))
      append(.arrived(connection, from: try node(bytes, &cursor)))
    case .moved:
      let hasSlot = try cursor.byte(bytes)
      guard hasSlot <= 1 else { throw Malformed("a record has flags that nobody knows") }
      let connection = try key(hasSlot: hasSlot == 1, bytes, &cursor)
      append(.moved(connection, to: try node(bytes, &cursor)))
    case .transferred:
      let namespace = try namespace(bytes, &cursor)
      let from = try node(bytes, &cursor)
      append(.transferred(namespace, from: from, to: try node(bytes, &cursor)))
    case .retained:
      let namespace = try namespace(bytes, &cursor)
      let service = ServiceID(try numbers.services.number(of: try cursor.number32(bytes)))
      let message = try message(bytes, &cursor)
      append(.retained(namespace, service, message, bytes: UInt32(text.count)))
    case .sourceName:
      let number = try cursor.number32(bytes)
      try numbers.sources.bind(number, bytes.extracting(try cursor.counted(bytes)), .source)
    case .serviceName:
      let number = try cursor.number32(bytes)
      try numbers.services.bind(number, bytes.extracting(try cursor.counted(bytes)), .service)
    }
    return code
  }

  private mutating func decodeExtendedOpen(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) {
    let flags = try cursor.byte(bytes)
    guard flags & ~OpenFlags.all == 0,
      flags & OpenFlags.after != 0 || flags & OpenFlags.afterSlot == 0,
      let kind = StreamKind(rawValue: flags & OpenFlags.kindMask)
    else { throw Malformed("a record has flags that nobody knows") }
    let namespace = try namespace(bytes, &cursor)
    // The slots are those before this open.
    var again: UInt32?
    if flags & OpenFlags.again != 0 { again = try cursor.number32(bytes) }
    var viewer = ViewerID.none
    if flags & OpenFlags.viewer != 0 { viewer = try self.viewer(bytes, &cursor) }
    var after = ConnectionKey.none
    if flags & OpenFlags.after != 0 {
      after = try key(hasSlot: flags & OpenFlags.afterSlot != 0, bytes, &cursor)
    }
    let connection =
      if let again {
        try numbers.connections.open(again: again)
      } else {
        numbers.connections.open()
      }
    latestOrdinal = latestOrdinal.next
    append(.opened(connection, namespace, viewer: viewer, after: after, as: kind))
  }

  /// A connection given by how many connections before the latest one it opened, and by its slot if
  /// the writer knew one.
  private func key(
    hasSlot: Bool, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> ConnectionKey {
    let ordinal = ConnectionOrdinal(latestOrdinal.number &- (try cursor.number32(bytes)))
    guard hasSlot else { return ConnectionKey(ConnectionID(.max), ordinal) }
    let slot = try cursor.number32(bytes)
    guard numbers.connections.isOpen(slot) else {
      throw Malformed("a record names a connection that is not open")
    }
    return ConnectionKey(ConnectionID(slot), ordinal)
  }
}
