// Reads a log in either form from bytes in pieces of any size. The first byte determines the form.
// No input can crash the reader, and no length or number is used before it is checked.
//
//   var reader = LogReader()
//   reader.append(piece)
//   while let item = reader.next() { … }            and so on for each piece
//   reader.finish()
//   while let item = reader.next() { … }

/// A push parser of logs. It also has the names of the numbers in its records.
package struct LogReader {
  /// The largest number of records in a batch. Names, and the text form of records, are those at
  /// the end of the batch, so a caller that uses them should set this to 1.
  package var maximumBatch = 4096

  /// Whether the log is in the binary form; nil before its first byte.
  package private(set) var isBinary: Bool?

  private var binary: BinaryLogReader
  private var text: TextFormReader

  /// A reader with tables of names under a key, which must be secret if strangers chose the names.
  package init(key: HashKey = HashKey(0, 0)) {
    binary = BinaryLogReader(key: key)
    text = TextFormReader(key: key)
  }

  /// Adds the next bytes. Precondition: `next` was called until it returned nil.
  package mutating func append(_ piece: Span<UInt8>) {
    guard let first = piece.first else { return }
    if isBinary == nil { isBinary = first == LogFormat.magic[0] }
    if isBinary == true { binary.append(piece) } else { text.append(piece) }
  }

  /// Ends the log: no more bytes follow. `next` returns the items that are left.
  package mutating func finish() {
    binary.isFinished = true
    text.isFinished = true
  }

  /// The next item; nil when the next item needs more bytes, or after the last item when `finish`
  /// was called.
  package mutating func next() -> LogItem? {
    isBinary == true ? binary.next(limit: maximumBatch) : text.next(limit: maximumBatch)
  }

  /// The position in the log, as in `LogDamage`.
  var place: String {
    isBinary == true ? "byte \(binary.offset)" : "line \(text.line)"
  }

  /// The latest batch of records.
  package var records: ContiguousArray<LogRecord> {
    isBinary == true ? binary.decoder.records : text.records
  }

  /// The text of the last of `records`, if that is a message or one that is kept. Such a record is
  /// always the last of its batch.
  package var messageText: [UInt8] {
    isBinary == true ? binary.decoder.text : text.text
  }

  /// Whether `releaseNames` may find a name to free.
  var hasIdleNames: Bool {
    binary.decoder.numbers.namespaces.hasIdle || binary.decoder.numbers.viewers.hasIdle
      || binary.decoder.numbers.sources.hasIdle || binary.decoder.numbers.services.hasIdle
  }

  /// Frees the names that the log has freed and the meter does not need, so that a long log needs
  /// no more memory than its writer did. To be called when `records` were applied and their effects
  /// were read.
  package mutating func releaseNames(
    unlessKnown isKnown: (NamespaceID) -> Bool,
    unlessViewerKnown isViewerKnown: (ViewerID) -> Bool,
    unlessSourceKnown isSourceKnown: (SourceID) -> Bool,
    unlessServiceKnown isServiceKnown: (ServiceID) -> Bool
  ) {
    binary.decoder.numbers.namespaces.release { isKnown(NamespaceID($0)) }
    binary.decoder.numbers.viewers.release { isViewerKnown(ViewerID($0)) }
    binary.decoder.numbers.sources.release { isSourceKnown(SourceID($0)) }
    binary.decoder.numbers.services.release { isServiceKnown(ServiceID($0)) }
  }

  /// An event of the latest batch with the names of the text form.
  package func textEvent(_ event: Event) -> TextEvent { textEvent(event, text: messageText) }

  /// The id of a namespace by its name; nil if the log has not bound the name.
  package func find(namespace: [UInt8]) -> NamespaceID? {
    isBinary == true
      ? binary.decoder.numbers.namespaces.find(namespace).map { NamespaceID($0) }
      : text.names.find(namespace: namespace)
  }
}

extension LogReader: LogNames {
  /// The number of a connection in the text form: in a binary log its position in the order of
  /// opening.
  package func number(of connection: ConnectionID) -> UInt64 {
    isBinary == true
      ? binary.decoder.numbers.connections.number(of: connection)
      : text.names.number(of: connection)
  }

  /// How the latest `open` names a connection in the text form.
  package func reference(to connection: ConnectionKey) -> ConnectionReference {
    isBinary == true
      ? binary.decoder.reference(to: connection.ordinal, inOpen: true)
      : text.names.reference(to: connection)
  }

  /// How an event after the latest `open` names a connection in the text form.
  package func reference(toMoved connection: ConnectionKey) -> ConnectionReference {
    isBinary == true
      ? binary.decoder.reference(to: connection.ordinal, inOpen: false)
      : text.names.reference(toMoved: connection)
  }

  /// The name of a namespace. Precondition: the namespace is in the log.
  package func name(of namespace: NamespaceID) -> [UInt8] {
    isBinary == true
      ? binary.decoder.numbers.namespaces.name(of: namespace.number)
      : text.names.name(of: namespace)
  }

  /// The text of a viewer id. Precondition: the viewer id is in the log.
  package func name(of viewer: ViewerID) -> [UInt8] {
    isBinary == true
      ? binary.decoder.numbers.viewers.name(of: viewer.number) : text.names.name(of: viewer)
  }

  /// The name of a node, which may have any bytes. Precondition: the node is in the log.
  package func name(of node: NodeID) -> [UInt8] {
    isBinary == true
      ? binary.decoder.numbers.nodes.name(of: node.number) : text.names.name(of: node)
  }

  /// The name of a source. Precondition: the source is in the log.
  package func name(of source: SourceID) -> [UInt8] {
    isBinary == true
      ? binary.decoder.numbers.sources.name(of: source.number) : text.names.name(of: source)
  }

  /// The name of a service. Precondition: the service is in the log.
  package func name(of service: ServiceID) -> [UInt8] {
    isBinary == true
      ? binary.decoder.numbers.services.name(of: service.number) : text.names.name(of: service)
  }
}
