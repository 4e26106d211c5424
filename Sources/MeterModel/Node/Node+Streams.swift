// Streams open and close, and viewer ids change their holder.

extension Node {
  /// Opens a stream for a client, or refuses it.
  mutating func open(
    _ handle: ConnectionHandle, namespace: ByteRange, viewer: ByteRange,
    after: StreamIdentifier?, as kind: StreamKind, of batch: InputBatch
  ) {
    let connection = number(handle.slot, batch.reactor)
    let viewerName = batch.bytes.span.extracting(viewer.bounds)
    // A stream that was ended by a viewer of another node with the same id is refused without an
    // event of the meter (§6).
    if isStoppedElsewhere(viewerName, after: after) {
      refuse(handle, .stopped, on: batch.reactor)
      return
    }
    while generations.count <= Int(connection.number) { generations.append(0) }
    generations[Int(connection.number)] = handle.generation
    let namespace = bind(namespace: batch.bytes.span.extracting(namespace.bounds))
    let viewer = bind(viewer: viewerName)
    excluding = viewer
    feed(
      .opened(connection, namespace, viewer: viewer, after: signer.stream(of: after), as: kind))
    excluding = .none
    if viewer != .none, meter.isOpen(connection) { viewerOpened(viewerName) }
    unbindIfUnknown(namespace)
    unbindIfFree(viewer)
  }

  /// Refuses a stream without an event of the meter. Its close is none either.
  mutating func refuse(_ handle: ConnectionHandle, _ reason: RefusalReason, on reactor: Int) {
    refused.insert(number(handle.slot, reactor).number)
    outputs[reactor].append(.refuse(handle, reason))
  }

  /// Closes a stream, whichever side ended it.
  mutating func close(_ connection: ConnectionID) {
    if !refused.isEmpty, refused.remove(connection.number) != nil { return }
    feed(.closed(connection))
  }

  /// Excludes the holder of a viewer id on all nodes, for a plain request.
  mutating func excludeHolder(of viewer: Span<UInt8>) {
    membership?.exclusionRequested(of: viewer, at: meter.now)
    excludeLocalHolder(of: viewer)
  }

  /// Excludes the holder of a viewer id on this node, if there is one.
  mutating func excludeLocalHolder(of viewer: Span<UInt8>) {
    guard let number = viewers.find(viewer) else { return }
    excluding = ViewerID(number)
    feed(.excluded(excluding))
    excluding = .none
  }

  /// Answers with the members of a namespace; unavailable if the node is full (§8).
  mutating func answerMembers(
    of namespace: Span<UInt8>, asJSON: Bool, to handle: ConnectionHandle, on reactor: Int
  ) {
    guard meter.openConnections < meter.configuration.maximumConnections else {
      outputs[reactor].append(.answer(handle, .failed(.unavailable)))
      return
    }
    answerMembers(
      namespaces.find(namespace).map { NamespaceID($0) }, asJSON: asJSON, to: handle, on: reactor)
  }

  /// Answers with the members of a namespace; nil stands for an unknown one.
  mutating func answerMembers(
    _ namespace: NamespaceID?, asJSON: Bool, to handle: ConnectionHandle, on reactor: Int
  ) {
    let members = namespace.map { meter.members(of: $0) } ?? 0
    answer(handle, on: reactor, asJSON ? .json : .text) { body in
      if asJSON { body.append(contentsOf: "{\"members\":".utf8) }
      body.append(decimal: members)
      body.append(asJSON ? UInt8(ascii: "}") : ASCII.lineFeed)
    }
  }

  /// Answers a question with a complete body.
  mutating func answer(
    _ handle: ConnectionHandle, on reactor: Int, _ type: ContentType,
    _ write: (inout ContiguousArray<UInt8>) -> Void
  ) {
    var answer = Answer()
    answer.type = type
    answer.body = outputs[reactor].write(write)
    outputs[reactor].append(.answer(handle, answer))
  }
}
