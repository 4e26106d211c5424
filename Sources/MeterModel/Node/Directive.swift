// The outputs of a node for its reactors.

/// One thing that a reactor is to do.
package enum Directive: Sendable {
  /// Send a new stream its head and its first count. `ordinal` goes into the stream's id.
  case greet(ConnectionHandle, ordinal: ConnectionOrdinal, NamespaceID, count: UInt64)

  /// Send every stream of the namespace its count.
  case notify(NamespaceID, count: UInt64)

  /// Send every stream of the namespace an event, whose bytes are complete. It is in flight until the reactor
  /// acknowledges it.
  case message(NamespaceID, frame: ByteRange)

  /// End a stream.
  case end(ConnectionHandle, EndReason)

  /// Tell a client that asked for a stream why it gets none.
  case refuse(ConnectionHandle, RefusalReason)

  /// Answer a client's question.
  case answer(ConnectionHandle, Answer)

  /// End all connections and return.
  case stop
}

/// What one reactor is to do, in order.
package struct DirectiveBatch: Sendable {
  package private(set) var directives: ContiguousArray<Directive> = []

  /// What the directives' ranges name.
  package private(set) var bytes: ContiguousArray<UInt8> = []

  package init() {}

  mutating func append(_ directive: Directive) {
    directives.makeRoom()
    directives.append(directive)
  }

  /// Copies bytes. Returns where they lie now.
  mutating func copy(_ text: Span<UInt8>) -> ByteRange { bytes.appendText(text) }

  /// Lets `body` append bytes. Returns where they lie.
  mutating func write(_ body: (inout ContiguousArray<UInt8>) -> Void) -> ByteRange {
    bytes.makeRoom()
    let start = bytes.count
    body(&bytes)
    return ByteRange(start..<bytes.count)
  }
}

/// What a node wants done since the outputs were last taken.
package struct NodeOutputs: Sendable {
  /// By reactor.
  package private(set) var reactors: ContiguousArray<DirectiveBatch>

  /// Datagrams for the other nodes, to be sent over every carrier.
  package internal(set) var datagrams = DatagramBatch()

  init(reactors: Int) {
    self.reactors = ContiguousArray(repeating: DirectiveBatch(), count: reactors)
  }

  /// Takes what a reactor is to do; nil if that is nothing.
  package mutating func take(for reactor: Int) -> DirectiveBatch? {
    guard !reactors[reactor].directives.isEmpty else { return nil }
    var taken = DirectiveBatch()
    swap(&taken, &reactors[reactor])
    return taken
  }

  /// Takes the datagrams; nil if there are none.
  package mutating func takeDatagrams() -> DatagramBatch? {
    guard !datagrams.isEmpty else { return nil }
    var taken = DatagramBatch()
    swap(&taken, &datagrams)
    return taken
  }

  subscript(reactor: Int) -> DirectiveBatch {
    get { reactors[reactor] }
    _modify { yield &reactors[reactor] }
  }
}
