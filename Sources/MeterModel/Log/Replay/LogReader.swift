// Reads a log in either form from bytes in pieces of any size: the first byte tells which form it is. Nothing
// that is read can crash, and no length or number is believed before it is checked.
//
//   var reader = LogReader()
//   reader.append(piece)
//   while let item = reader.next() { … }            and so on until there are no more pieces
//   reader.finish()
//   while let item = reader.next() { … }

/// A push parser of logs. It also tells what its numbers are called, for those who print them.
package struct LogReader {
  /// The most records that come at once. Who asks what connections are called, or for the text form of
  /// records, should set it to 1: the answers are those at the end of the batch.
  package var maximumBatch = 4096

  /// Whether the log is in the binary form; nil before its first byte.
  package private(set) var isBinary: Bool?

  private var binary: BinaryLogReader
  private var text: TextFormReader

  /// A reader that keeps names in tables under a key, as strangers may have chosen them.
  package init(key: HashKey = HashKey(0, 0)) {
    binary = BinaryLogReader(key: key)
    text = TextFormReader(key: key)
  }

  /// Takes in the next bytes. Precondition: `next` was asked until it gave nothing.
  package mutating func append(_ piece: Span<UInt8>) {
    guard let first = piece.first else { return }
    if isBinary == nil { isBinary = first == LogFormat.magic[0] }
    if isBinary == true { binary.append(piece) } else { text.append(piece) }
  }

  /// Nothing more comes; `next` is to be asked until it gives nothing.
  package mutating func finish() {
    binary.isFinished = true
    text.isFinished = true
  }

  /// The next item; nil when there is none before more bytes, or none at all after `finish`.
  package mutating func next() -> LogItem? {
    isBinary == true ? binary.next(limit: maximumBatch) : text.next(limit: maximumBatch)
  }

  /// Where in the log the reader is, as errors tell it.
  var place: String {
    isBinary == true ? "byte \(binary.offset)" : "line \(text.line)"
  }

  /// The latest batch of records.
  package var records: ContiguousArray<LogRecord> {
    isBinary == true ? binary.decoder.records : text.records
  }

  /// The text of the last of `records`, where that is a message; a message is always the last of its batch.
  package var messageText: [UInt8] {
    isBinary == true ? binary.decoder.text : text.text
  }

  /// Frees the names that the log has freed and that nobody knows, so that a long log needs no more memory
  /// than its writer did. To be called when `records` were applied and their effects were read.
  package mutating func releaseNames(
    unlessKnown isKnown: (NamespaceID) -> Bool, unlessHeld isHeld: (ViewerID) -> Bool
  ) {
    binary.decoder.numbers.namespaces.release { isKnown(NamespaceID($0)) }
    binary.decoder.numbers.viewers.release { isHeld(ViewerID($0)) }
  }

  /// An event of the latest batch as the text form tells it.
  package func textEvent(_ event: Event) -> TextEvent {
    guard isBinary == true else { return text.names.textEvent(event, text: text.text) }
    switch event {
    case .opened(let connection, let namespace, let viewer, let after):
      return .opened(
        connection: number(of: connection), namespace: name(of: namespace),
        viewer: viewer == .none ? nil : name(of: viewer), after: binary.decoder.number(of: after))
    case .closed(let connection): return .closed(connection: number(of: connection))
    case .excluded(let viewer): return .excluded(viewer: name(of: viewer))
    case .message(let namespace, _):
      return .message(namespace: name(of: namespace), text: binary.decoder.text)
    case .peer(let node, let namespace, let members, let connections):
      return .peer(
        node: name(of: node), namespace: name(of: namespace), members: members,
        connections: connections)
    case .bye(let node): return .bye(node: name(of: node))
    }
  }

  /// The id of a namespace by its name, should the log have named it.
  package func find(namespace: [UInt8]) -> NamespaceID? {
    isBinary == true
      ? binary.decoder.numbers.namespaces.find(namespace).map { NamespaceID($0) }
      : text.names.find(namespace: namespace)
  }
}

extension LogReader: LogNames {
  /// What the text form calls a connection: in a binary log, its place in the order of opening.
  package func number(of connection: ConnectionID) -> UInt64 {
    isBinary == true
      ? binary.decoder.numbers.connections.number(of: connection)
      : text.names.number(of: connection)
  }

  package func name(of namespace: NamespaceID) -> [UInt8] {
    isBinary == true
      ? binary.decoder.numbers.namespaces.name(of: namespace.number)
      : text.names.name(of: namespace)
  }

  package func name(of viewer: ViewerID) -> [UInt8] {
    isBinary == true
      ? binary.decoder.numbers.viewers.name(of: viewer.number) : text.names.name(of: viewer)
  }

  package func name(of node: NodeID) -> [UInt8] {
    isBinary == true
      ? TextEscape.visible(binary.decoder.numbers.nodes.name(of: node.number))
      : text.names.name(of: node)
  }
}
