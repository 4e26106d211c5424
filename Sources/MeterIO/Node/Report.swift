// What a reactor says to the sequencer, and what it is told. Both are batches of small fixed-size values
// with the bytes that they name beside them, so that a batch is two arrays whatever is in it.

import MeterModel

/// One thing that a reactor says.
enum Report: Sendable {
  /// A client asks for an event stream. It is answered with `greet` or `refuse`. `streamID` is what it says
  /// of the stream before, of whatever run and node; none without a viewer id.
  case opened(
    Handle, namespace: ByteRange, viewer: ByteRange, after: ConnectionOrdinal,
    streamID: ByteRange)

  /// A connection that was reported as opened is gone. Said exactly once of each.
  case closed(slot: UInt32)

  /// A client asks for a count, and that the holder of a viewer id leave. Answered with `count`.
  case count(Handle, namespace: ByteRange, excluding: ByteRange)

  /// A text for a namespace. Answered with `delivered`.
  case message(Handle, namespace: ByteRange, text: ByteRange)

  /// So many more messages have been begun to be told to the streams of this reactor.
  case told(messages: UInt32)

  /// A client wants the namespaces created after the one with this ordinal. Answered with `statistics`.
  case statistics(Handle, after: UInt64)

  /// A client wants to know of the other nodes. Answered with `cluster`.
  case cluster(Handle)
}

/// What one reactor says at once.
struct Reports: Sendable {
  let reactor: Int
  var reports: ContiguousArray<Report> = []
  var bytes: ContiguousArray<UInt8> = []
}

/// One thing that a reactor is told.
enum Command: Sendable {
  case greet(Handle, ordinal: ConnectionOrdinal, NamespaceID, count: UInt64)
  case notify(NamespaceID, count: UInt64)

  /// Send a framed message to every stream of the namespace. Counted by a `told` to come.
  case message(NamespaceID, frame: ByteRange)
  case end(Handle, EndReason)
  case refuse(Handle, RefusalReason)

  /// How many members a namespace has; nil when the daemon is full.
  case count(Handle, UInt64?)

  /// How many connections were told a message.
  case delivered(Handle, UInt32)

  /// A piece of the statistics' JSON, and the ordinal to go on after; nil for the last piece.
  case statistics(Handle, ByteRange, next: UInt64?)

  /// What is known of the other nodes, as JSON; nil where there is no cluster.
  case cluster(Handle, ByteRange?)

  /// End every connection and return.
  case stop
}

/// What one reactor is told at once.
struct Commands: Sendable {
  var commands: ContiguousArray<Command> = []
  var bytes: ContiguousArray<UInt8> = []
}
