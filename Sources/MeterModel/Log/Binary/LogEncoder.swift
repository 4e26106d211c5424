// Writes the binary form of the log (§7; docs/LOG-FORMAT.md). It is on the daemon's hot path: a record costs
// some nanoseconds and no allocation, and what is to be done about a slow disk is the caller's decision.
//
//   var encoder = LogEncoder(section: section, offset: sizeOfFile)
//   encoder.name(namespace, bytes)                  before an event that names it; once is enough
//   encoder.append(event, at: instant)
//   if encoder.isFull { encoder.endBlock(at: now, digest: effects.digest) }
//   file.write(encoder.take())                      whole blocks only

/// Encodes one section of a log.
package struct LogEncoder {
  /// When the first record of the block that is being written happened; nil when none was begun.
  package private(set) var openSince: Instant?

  /// How many records were lost since the last block, because the caller discarded them.
  package private(set) var lost: UInt64 = 0

  /// Since when records are being lost; nil while none are.
  package private(set) var lostSince: Instant?

  private var bytes: ContiguousArray<UInt8> = []
  private var chain = BlockChain()

  /// Where in `bytes` the block that is being written begins.
  private var blockStart = 0
  private var recordsInBlock: UInt64 = 0

  private var latest = Instant.start
  private var latestOrdinal = ConnectionOrdinal.none
  private var messages: UInt64 = 0

  private var namespaces = EncodedNames()
  private var viewers = EncodedNames()
  private var nodes = EncodedNames()
  private var connections = EncodedConnections()

  /// Begins a section at `offset` bytes from the beginning of its file: magic and header are to be taken
  /// at once.
  package init(section: LogSection, offset: UInt64) {
    for byte in LogFormat.magic { bytes.append(byte) }
    write(.header, section.encoded(offset: offset).span)
  }

  /// Whether the block that is being written has reached the size at which it should be ended.
  package var isFull: Bool {
    openSince != nil && bytes.count - blockStart >= LogFormat.fullPayload
  }

  /// How many bytes `take` would give.
  package var finishedBytes: Int { openSince == nil ? bytes.count : blockStart }

  /// Gives the blocks that are whole. What it returns is the caller's; `recycled`, emptied, takes its place.
  package mutating func take(
    recycling recycled: consuming ContiguousArray<UInt8> = []
  ) -> ContiguousArray<UInt8> {
    recycled.removeAll(keepingCapacity: true)
    if openSince != nil {
      recycled.append(bytes.span.extracting(blockStart..<bytes.count))
      bytes.removeLast(bytes.count - blockStart)
    }
    blockStart = 0
    swap(&bytes, &recycled)
    return recycled
  }

  /// Ends the block that is being written with a checkpoint: all deadlines up to `instant` have fired, and
  /// `digest` is that of all effects so far. Nothing happens when no block was begun.
  package mutating func endBlock(at instant: Instant, digest: Digest) {
    guard openSince != nil else { return }
    begin(.checkpoint, at: instant)
    bytes.append(word: digest.value)
    seal(.records)
  }

  /// Throws the block that is being written away, as the disk does not keep up, and loses all that follows
  /// until `resume`.
  package mutating func discardBlock(at instant: Instant) {
    if lostSince == nil { lostSince = openSince ?? instant }
    lost += recordsInBlock
    bytes.removeLast(openSince == nil ? 0 : bytes.count - blockStart)
    closeBlock()
  }

  /// Ends the section. After a loss its digest says nothing, and is not compared.
  package mutating func end(at instant: Instant, digest: Digest) {
    endBlock(at: instant, digest: digest)
    if lostSince != nil { writeGap() }
    var payload: ContiguousArray<UInt8> = []
    payload.append(number: instant.nanoseconds)
    payload.append(word: digest.value)
    write(.end, payload.span)
  }

  /// Goes on after a loss, or begins a file in the middle of a run: what was lost, and what there is now.
  package mutating func resume(
    from snapshot: MeterSnapshot, names: some TextNames, messages: UInt64, digest: Digest
  ) {
    endBlock(at: snapshot.now, digest: digest)
    if lostSince != nil { writeGap() }
    var coder = SnapshotEncoder(names: names)
    let payload = coder.encode(snapshot, messages: messages, digest: digest)
    (namespaces, viewers, nodes) = (coder.namespaces, coder.viewers, coder.nodes)
    connections = coder.connections
    var start = 0
    while payload.count - start > LogFormat.fullPayload {
      let end = start + LogFormat.fullPayload
      write(.snapshotPart, payload.span.extracting(start..<end))
      start = end
    }
    write(.snapshotEnd, payload.span.extracting(start..<payload.count))
    latest = snapshot.now
    latestOrdinal = snapshot.lastOrdinal
    self.messages = messages
  }
}

// MARK: - Names

extension LogEncoder {
  /// Binds a namespace's name, unless it is bound already.
  package mutating func name(_ namespace: NamespaceID, _ name: Span<UInt8>) {
    guard lostSince == nil, namespaces.number(of: namespace.number) == nil else { return }
    write(.namespaceName, namespaces.bind(namespace.number), name)
  }

  /// Binds a viewer id's text, unless it is bound already.
  package mutating func name(_ viewer: ViewerID, _ name: Span<UInt8>) {
    guard lostSince == nil, viewers.number(of: viewer.number) == nil else { return }
    write(.viewerName, viewers.bind(viewer.number), name)
  }

  /// Binds a node's session id, unless it is bound already.
  package mutating func name(_ node: NodeID, _ name: Span<UInt8>) {
    guard lostSince == nil, nodes.number(of: node.number) == nil else { return }
    write(.nodeName, nodes.bind(node.number), name)
  }

  /// To be called when the id is free to be bound to another name.
  package mutating func forget(_ namespace: NamespaceID) {
    namespaces.unbind(namespace.number)
  }

  package mutating func forget(_ viewer: ViewerID) {
    viewers.unbind(viewer.number)
  }

  package mutating func forget(_ node: NodeID) {
    nodes.unbind(node.number)
  }

  private mutating func write(_ code: RecordCode, _ number: UInt32, _ name: Span<UInt8>) {
    invariant((1...NameTable.longestName).contains(name.count), "a name of \(name.count) bytes")
    if openSince == nil { openBlock(at: latest) }
    bytes.append(code.rawValue)
    bytes.append(number: UInt64(number))
    bytes.append(counted: name)
  }
}

// MARK: - Records

extension LogEncoder {
  /// Appends an event. Precondition: what it names is bound; it is no message; time does not go back.
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
      fatalError("a message is appended together with its text")
    case .peer(let node, let namespace, let members, let connections):
      begin(.peer, at: instant)
      bytes.append(number: bound(nodes.number(of: node.number)))
      bytes.append(number: bound(namespaces.number(of: namespace.number)))
      bytes.append(number: members)
      bytes.append(number: connections)
    case .bye(let node):
      begin(.bye, at: instant)
      bytes.append(number: bound(nodes.number(of: node.number)))
    }
  }

  /// Appends a message. Precondition: its namespace is bound; messages are numbered 1, 2, 3, …; the text
  /// has at most `TextLogReader.longestText` bytes.
  package mutating func append(
    _ message: MessageID, to namespace: NamespaceID, text: Span<UInt8>, at instant: Instant
  ) {
    guard count(.message(namespace, message)) else { return }
    messages += 1
    invariant(message.number == messages, "message \(message.number) came as \(messages)")
    invariant(text.count <= TextLogReader.longestText, "a text of \(text.count) bytes")
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

  /// Whether the record is kept; it is counted in any case.
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
    guard let number else { fatalError("an event names what has no name in the log") }
    return UInt64(number)
  }

  /// Begins a record, and a block where none is.
  @inline(__always)
  private mutating func begin(_ code: RecordCode, flags: UInt8 = 0, at instant: Instant) {
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

// MARK: - Blocks

extension LogEncoder {
  private mutating func openBlock(at instant: Instant) {
    openSince = instant
    blockStart = bytes.count
    bytes.append(word: 0)
  }

  private mutating func closeBlock() {
    openSince = nil
    recordsInBlock = 0
  }

  /// Ends the block that is being written.
  private mutating func seal(_ kind: BlockKind) {
    let start = blockStart + LogFormat.headLength
    let length = bytes.count - start
    invariant(length <= LogFormat.longestPayload, "a block of \(length) bytes was not ended")
    let head = chain.head(kind.rawValue, length: length)
    bytes.replace(at: blockStart, withWord: head)
    let checksum = chain.seal(head: head, bytes, start..<bytes.count)
    bytes.append(word: checksum)
    closeBlock()
  }

  /// Writes a whole block. Precondition: none is being written.
  private mutating func write(_ kind: BlockKind, _ payload: Span<UInt8>) {
    openBlock(at: latest)
    bytes.append(payload)
    seal(kind)
  }

  private mutating func writeGap() {
    var payload: ContiguousArray<UInt8> = []
    payload.append(number: lost)
    payload.append(number: (lostSince ?? latest).nanoseconds)
    (lost, lostSince) = (0, nil)
    write(.gap, payload.span)
  }
}
