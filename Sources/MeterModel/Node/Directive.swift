// The outputs of a node: directives for its reactors, and datagrams.

/// One action that a reactor is directed to perform.
package enum Directive: Sendable {
  /// Send a new stream its response head and its first count; of several streams that are one
  /// response, when all of them have theirs. `ordinal` becomes part of the stream's id.
  case greet(ConnectionHandle, ordinal: ConnectionOrdinal, NamespaceID, count: UInt64)

  /// Send a stream an event, whose bytes are complete: a kept message after its greeting. It needs
  /// no acknowledgement.
  case send(ConnectionHandle, frame: ByteRange)

  /// Send every stream of the namespace its count.
  case notify(NamespaceID, count: UInt64)

  /// Send every stream of the namespace an event, whose bytes are complete. It is in flight until
  /// the reactor acknowledges it.
  case message(NamespaceID, frame: ByteRange)

  /// End a stream, and the response that it is a part of.
  case end(ConnectionHandle, EndReason)

  /// Refuse a stream to a client that asked for one, and the response that it is a part of.
  case refuse(ConnectionHandle, RefusalReason)

  /// Answer the question of a client.
  case answer(ConnectionHandle, Answer)

  /// End all connections and return from the event loop.
  case stop
}

/// The directives for one reactor, in order.
package struct DirectiveBatch: Sendable {
  /// The directives, in the order in which they must be performed.
  package private(set) var directives: ContiguousArray<Directive> = []

  /// The bytes to which the ranges of the directives refer.
  package private(set) var bytes: ContiguousArray<UInt8> = []

  /// The events of kept messages that are in the batch already.
  private var frames: [UInt64: ByteRange] = [:]

  /// An empty batch.
  package init() {}

  mutating func append(_ directive: Directive) {
    directives.makeRoom()
    directives.append(directive)
  }

  /// Copies bytes into the batch. Returns their range.
  mutating func copy(_ text: Span<UInt8>) -> ByteRange { bytes.appendText(text) }

  /// The event of a kept message, which `body` appends the first time. Returns its range.
  mutating func frame(
    of message: MessageID, _ body: (inout ContiguousArray<UInt8>) -> Void
  ) -> ByteRange {
    if let range = frames[message.number] { return range }
    let range = write(body)
    frames[message.number] = range
    return range
  }

  /// Lets `body` append bytes to the batch. Returns their range.
  mutating func write(_ body: (inout ContiguousArray<UInt8>) -> Void) -> ByteRange {
    bytes.makeRoom()
    let start = bytes.count
    body(&bytes)
    return ByteRange(start..<bytes.count)
  }
}

/// The outputs of a node since they were last taken.
package struct NodeOutputs: Sendable {
  /// The directives, by reactor.
  package private(set) var reactors: ContiguousArray<DirectiveBatch>

  /// The datagrams for the other nodes; each goes to every carrier.
  package internal(set) var datagrams = DatagramBatch()

  init(reactors: Int) {
    self.reactors = ContiguousArray(repeating: DirectiveBatch(), count: reactors)
  }

  /// Takes the directives for a reactor; nil if there are none.
  package mutating func take(for reactor: Int) -> DirectiveBatch? {
    guard !reactors[reactor].directives.isEmpty else { return nil }
    var batch = DirectiveBatch()
    swap(&batch, &reactors[reactor])
    return batch
  }

  /// Takes the datagrams; nil if there are none.
  package mutating func takeDatagrams() -> DatagramBatch? {
    guard !datagrams.isEmpty else { return nil }
    var batch = DatagramBatch()
    swap(&batch, &datagrams)
    return batch
  }

  subscript(reactor: Int) -> DirectiveBatch {
    get { reactors[reactor] }
    _modify { yield &reactors[reactor] }
  }
}
