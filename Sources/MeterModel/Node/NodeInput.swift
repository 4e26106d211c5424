// The inputs of a node: the reports of its reactors. A batch has two arrays, whatever its inputs
// are: values of fixed size, and the bytes to which they refer.

/// One connection of a reactor, identified by its slot and its generation. A slot is used again,
/// and each use has a different generation. The functions are inlinable, because a reactor makes a
/// handle for each event of a socket.
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

/// One input from a reactor.
package enum NodeInput: Sendable {
  /// A client asked for an event stream. The directive `greet` or `refuse` follows. `after` is the
  /// `Last-Event-ID`, which can be of another run or node, or forged; nil for what is no id.
  /// Precondition: the namespace has 1 to 255 visible ASCII bytes, the viewer id at most 128; both
  /// `viewer` and `after` are of a viewer's stream.
  case opened(
    ConnectionHandle, namespace: ByteRange, viewer: ByteRange, after: StreamIdentifier?,
    as: StreamKind)

  /// A client asked for one response for several streams, which are the next `streams` inputs, all
  /// `opened`. They are opened all together or not at all.
  case grouped(streams: Int)

  /// A stream that was reported as opened is closed. Reported exactly once for each.
  case closed(slot: UInt32)

  /// A client asked a question. The directive `answer` follows.
  case asked(ConnectionHandle, Question)

  /// The reactor has begun to send this many further messages to its streams.
  case acknowledged(messages: UInt32)
}

/// The inputs that one reactor reports at once.
package struct InputBatch: Sendable {
  /// The number of the reactor, from 0.
  package let reactor: Int

  /// The inputs, in the order in which they occurred.
  package var inputs: ContiguousArray<NodeInput> = []

  /// The bytes to which the ranges of the inputs refer.
  package var bytes: ContiguousArray<UInt8> = []

  /// An empty batch.
  package init(reactor: Int) { self.reactor = reactor }
}
