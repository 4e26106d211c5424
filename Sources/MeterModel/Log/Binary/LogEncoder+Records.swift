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
    case .opened(let connection, let namespace, let viewer, let after):
      appendOpen(connection, namespace, viewer, after, at: instant)
    case .closed(let connection):
      begin(.closed, at: instant)
      bytes.append(number: UInt64(connections.close(connection)))
    case .excluded(let viewer):
      begin(.excluded, at: instant)
      bytes.append(number: bound(viewers.number(of: viewer.number)))
    case .message:
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
      begin(.extended, at: instant)
      bytes.append(ExtendedCode.external.rawValue)
      bytes.append(number: bound(sources.number(of: source.number)))
      bytes.append(number: bound(namespaces.number(of: namespace.number)))
      bytes.append(number: members)
    }
  }

  /// Appends a message. Precondition: its namespace is bound, messages are numbered 1, 2, 3, …, and
  /// the text has at most `LogLimits.maximumTextLength` bytes.
  package mutating func append(
    _ message: MessageID, to namespace: NamespaceID, text: Span<UInt8>, at instant: Instant
  ) {
    guard count(.message(namespace, message)) else { return }
    messages += 1
    invariant(message.number == messages, "message \(message.number) came as \(messages)")
    invariant(text.count <= LogLimits.maximumTextLength, "a text of \(text.count) bytes")
    begin(.message, at: instant)
    bytes.append(number: bound(namespaces.number(of: namespace.number)))
    bytes.append(counted: text)
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
