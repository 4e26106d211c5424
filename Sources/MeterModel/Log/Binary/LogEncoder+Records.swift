// Blocks of records: events, and the names that they need.

// MARK: - Names

extension LogEncoder {
  /// Binds the name of a namespace, unless it is bound.
  package mutating func name(_ namespace: NamespaceID, _ name: Span<UInt8>) {
    guard lostSince == nil, namespaces.number(of: namespace.number) == nil else { return }
    write(.namespaceName, namespaces.bind(namespace.number), name)
  }

  /// Binds the text of a viewer id, unless it is bound.
  package mutating func name(_ viewer: ViewerID, _ name: Span<UInt8>) {
    guard lostSince == nil, viewers.number(of: viewer.number) == nil else { return }
    write(.viewerName, viewers.bind(viewer.number), name)
  }

  /// Whether the name of a node is bound or not needed.
  package func knows(_ node: NodeID) -> Bool {
    lostSince != nil || nodes.number(of: node.number) != nil
  }

  /// Binds the session id of a node, unless it is bound.
  package mutating func name(_ node: NodeID, _ name: Span<UInt8>) {
    guard lostSince == nil, nodes.number(of: node.number) == nil else { return }
    write(.nodeName, nodes.bind(node.number), name)
  }

  /// Binds the name of a source, unless it is bound.
  package mutating func name(_ source: SourceID, _ name: Span<UInt8>) {
    guard lostSince == nil, sources.number(of: source.number) == nil else { return }
    write(.extended, sources.bind(source.number), name, .sourceName)
  }

  /// Binds the name of a service, unless it is bound.
  package mutating func name(_ service: ServiceID, _ name: Span<UInt8>) {
    guard lostSince == nil, services.number(of: service.number) == nil else { return }
    write(.extended, services.bind(service.number), name, .serviceName)
  }

  /// Unbinds the name of a namespace. To be called before the id is used for another name.
  package mutating func forget(_ namespace: NamespaceID) {
    namespaces.unbind(namespace.number)
  }

  /// Unbinds the text of a viewer id. To be called before the id is used for another text.
  package mutating func forget(_ viewer: ViewerID) {
    viewers.unbind(viewer.number)
  }

  /// Unbinds the session id of a node. To be called before the id is used for another node.
  package mutating func forget(_ node: NodeID) {
    nodes.unbind(node.number)
  }

  /// Unbinds the name of a source. To be called before the id is used for another name.
  package mutating func forget(_ source: SourceID) {
    sources.unbind(source.number)
  }

  /// Unbinds the name of a service. To be called before the id is used for another name.
  package mutating func forget(_ service: ServiceID) {
    services.unbind(service.number)
  }

  private mutating func write(
    _ code: RecordCode, _ number: UInt32, _ name: Span<UInt8>, _ extended: ExtendedCode? = nil
  ) {
    invariant(
      (1...NameTable.maximumNameLength).contains(name.count), "a name of \(name.count) bytes")
    if openSince == nil { openBlock(at: latest) }
    bytes.append(code.rawValue)
    if let extended { bytes.append(extended.rawValue) }
    bytes.append(number: UInt64(number))
    bytes.append(counted: name)
  }
}

// MARK: - Records

extension LogEncoder {
  /// Appends an event. Precondition: its names are bound, it is no message, and its instant is not
  /// before that of the previous record.
  package mutating func append(_ event: Event, at instant: Instant) {
    guard count(event) else { return }
    switch event {
    case .opened(let connection, let namespace, let viewer, let after, let kind):
      if kind == .viewer, connections.slot(of: after.connection) == nil {
        appendOpen(connection, namespace, viewer, after.ordinal, at: instant)
      } else {
        appendExtendedOpen(connection, namespace, viewer, after, kind, at: instant)
      }
    case .closed(let connection):
      begin(.closed, at: instant)
      bytes.append(number: UInt64(connections.close(connection)))
    case .excluded(let viewer):
      begin(.excluded, at: instant)
      bytes.append(number: bound(viewers.number(of: viewer.number)))
    case .message, .retained:
      fatalError("a message is appended with its text")
    case .peer(let node, let namespace, let members, let connections):
      begin(.peer, at: instant)
      bytes.append(number: bound(nodes.number(of: node.number)))
      bytes.append(number: bound(namespaces.number(of: namespace.number)))
      bytes.append(number: members)
      bytes.append(number: connections)
    case .bye(let node):
      begin(.bye, at: instant)
      bytes.append(number: bound(nodes.number(of: node.number)))
    case .external(let source, let namespace, let members):
      begin(.external, at: instant)
      bytes.append(number: bound(sources.number(of: source.number)))
      bytes.append(number: bound(namespaces.number(of: namespace.number)))
      bytes.append(number: members)
    case .cut(let connection):
      begin(.cut, at: instant)
      appendSlot(of: connection)
    case .restarted:
      begin(.restarted, at: instant)
      connections.restart()
    case .pinged(let namespace, let viewer):
      begin(.pinged, at: instant)
      bytes.append(number: bound(namespaces.number(of: namespace.number)))
      bytes.append(number: bound(viewers.number(of: viewer.number)))
    case .left(let namespace, let viewer):
      begin(.left, at: instant)
      bytes.append(number: bound(namespaces.number(of: namespace.number)))
      bytes.append(number: bound(viewers.number(of: viewer.number)))
    case .arrived(let connection, let node):
      begin(.arrived, at: instant)
      appendSlot(of: connection)
      bytes.append(number: bound(nodes.number(of: node.number)))
    case .moved(let connection, let node):
      begin(.moved, at: instant)
      appendMoved(connection)
      bytes.append(number: bound(nodes.number(of: node.number)))
    case .transferred(let namespace, let from, let to):
      begin(.transferred, at: instant)
      bytes.append(number: bound(namespaces.number(of: namespace.number)))
      bytes.append(number: bound(nodes.number(of: from.number)))
      bytes.append(number: bound(nodes.number(of: to.number)))
    }
  }

  /// Appends a message. Precondition: its namespace is bound, messages are numbered 1, 2, 3, …, and
  /// the text has at most `LogLimits.maximumTextLength` bytes.
  package mutating func append(
    _ message: MessageID, to namespace: NamespaceID, text: Span<UInt8>, at instant: Instant
  ) {
    guard count(.message(namespace, message)) else { return }
    count(message, text)
    begin(.message, at: instant)
    bytes.append(number: bound(namespaces.number(of: namespace.number)))
    bytes.append(counted: text)
  }

  /// Appends a message that a service keeps; its text may be empty. Precondition: the namespace and
  /// the service are bound; the number and the text are as those of other messages, with which it
  /// is numbered.
  package mutating func append(
    _ message: MessageID, to namespace: NamespaceID, keptBy service: ServiceID, text: Span<UInt8>,
    at instant: Instant
  ) {
    guard
      count(.retained(namespace, service, message, bytes: UInt32(clamping: text.count)))
    else { return }
    count(message, text)
    begin(.retained, at: instant)
    bytes.append(number: bound(namespaces.number(of: namespace.number)))
    bytes.append(number: bound(services.number(of: service.number)))
    bytes.append(counted: text)
  }

  private mutating func count(_ message: MessageID, _ text: Span<UInt8>) {
    messages += 1
    invariant(message.number == messages, "message \(message.number) came as \(messages)")
    invariant(text.count <= LogLimits.maximumTextLength, "a text of \(text.count) bytes")
  }

  @inline(__always)
  private mutating func appendOpen(
    _ connection: ConnectionID, _ namespace: NamespaceID, _ viewer: ViewerID,
    _ after: ConnectionOrdinal, at instant: Instant
  ) {
    let former = connections.slot(of: connection)
    begin(
      .opened,
      flags: (viewer == .none ? 0 : RecordCode.viewerFlag)
        | (after == .none ? 0 : RecordCode.afterFlag)
        | (former == nil ? 0 : RecordCode.againFlag),
      at: instant)
    bytes.append(number: bound(namespaces.number(of: namespace.number)))
    if let former {
      bytes.append(number: UInt64(former))
    } else {
      _ = connections.open(connection)
    }
    if viewer != .none { bytes.append(number: bound(viewers.number(of: viewer.number))) }
    if after != .none {
      bytes.append(number: UInt64(latestOrdinal.number &- after.number))
    }
    latestOrdinal = latestOrdinal.next
  }

  /// An open of an observer, of an arriving stream, or after a connection that has a slot.
  private mutating func appendExtendedOpen(
    _ connection: ConnectionID, _ namespace: NamespaceID, _ viewer: ViewerID,
    _ after: ConnectionKey, _ kind: StreamKind, at instant: Instant
  ) {
    let former = connections.slot(of: connection)
    let afterSlot = connections.slot(of: after.connection)
    begin(.opened, at: instant)
    bytes.append(
      kind.rawValue | (viewer == .none ? 0 : OpenFlags.viewer)
        | (after == .none ? 0 : OpenFlags.after) | (afterSlot == nil ? 0 : OpenFlags.afterSlot)
        | (former == nil ? 0 : OpenFlags.again))
    bytes.append(number: bound(namespaces.number(of: namespace.number)))
    if let former {
      bytes.append(number: UInt64(former))
    } else {
      _ = connections.open(connection)
    }
    if viewer != .none { bytes.append(number: bound(viewers.number(of: viewer.number))) }
    if after != .none {
      bytes.append(number: UInt64(latestOrdinal.number &- after.ordinal.number))
      if let afterSlot { bytes.append(number: UInt64(afterSlot)) }
    }
    latestOrdinal = latestOrdinal.next
  }

  /// The slot of a connection, or the next slot for one without.
  private mutating func appendSlot(of connection: ConnectionID) {
    bytes.append(number: UInt64(connections.slot(of: connection) ?? connections.next))
  }

  /// The connection that moved: 1 with its slot or 0, how many connections before the latest one it
  /// opened, and the slot.
  private mutating func appendMoved(_ connection: ConnectionKey) {
    let slot = connections.slot(of: connection.connection)
    bytes.append(slot == nil ? 0 : 1)
    bytes.append(number: UInt64(latestOrdinal.number &- connection.ordinal.number))
    if let slot { bytes.append(number: UInt64(slot)) }
  }

  /// Counts a record, and returns whether it is written.
  @inline(__always)
  private mutating func count(_ event: Event) -> Bool {
    guard lostSince == nil else {
      lost += 1
      return false
    }
    recordsInBlock += 1
    return true
  }

  @inline(__always)
  private func bound(_ number: UInt32?) -> UInt64 {
    guard let number else { fatalError("a name of the event is not bound in the log") }
    return UInt64(number)
  }

  @inline(__always)
  private mutating func begin(_ code: ExtendedCode, at instant: Instant) {
    begin(.extended, at: instant)
    bytes.append(code.rawValue)
  }

  /// Begins a record, and opens a block if none is open.
  @inline(__always)
  mutating func begin(_ code: RecordCode, flags: UInt8 = 0, at instant: Instant) {
    if openSince == nil { openBlock(at: instant) }
    if instant == latest {
      bytes.append(code.rawValue | flags)
    } else {
      bytes.append(code.rawValue | flags | RecordCode.timeFlag)
      bytes.append(number: (instant - latest).nanoseconds)
      latest = instant
    }
  }
}
