// The inputs of a node: what its reactors report. A batch is two arrays whatever is in it: small values of
// fixed size, and the bytes that they name.

/// A connection of a reactor. A slot is used again; the generation tells its users apart. The
/// functions are inlinable, because a reactor makes a handle for each event of a socket.
@usableFromInline package struct ConnectionHandle: Equatable, Sendable {
  /// The slot in the reactor's table.
  @usableFromInline package let slot: UInt32

  /// 1 and up.
  @usableFromInline package let generation: UInt32

  /// The connection with this generation in this slot.
  @inlinable package init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }
}

/// One thing that happened on a reactor.
package enum NodeInput: Sendable {
  /// A client asks for an event stream. The directive `greet` or `refuse` follows. `after` is the stream of
  /// this run that the `Last-Event-ID` names; `lastEventID` its bytes, whatever run and node they are from,
  /// and none without a viewer id. Precondition: the namespace has 1 to 255 visible ASCII bytes, the viewer
  /// id at most 128.
  case opened(
    ConnectionHandle, namespace: ByteRange, viewer: ByteRange, after: ConnectionOrdinal,
    lastEventID: ByteRange)

  /// A stream that was reported as opened is gone. Reported exactly once for each.
  case closed(slot: UInt32)

  /// A client asks a question. The directive `answer` follows.
  case asked(ConnectionHandle, Question)

  /// The reactor has begun to send that many more messages to its streams.
  case acknowledged(messages: UInt32)
}

/// What one reactor reports at once.
package struct InputBatch: Sendable {
  /// From 0.
  package let reactor: Int
  package var inputs: ContiguousArray<NodeInput> = []

  /// What the inputs' ranges name.
  package var bytes: ContiguousArray<UInt8> = []

  package init(reactor: Int) { self.reactor = reactor }
}
