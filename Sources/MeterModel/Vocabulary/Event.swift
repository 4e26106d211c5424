// What happened: the meter's only input. Every case is a trivial value of fixed size.

/// One thing that happened outside, to be judged by the meter.
package enum Event: Equatable, Sendable {
  /// A client opened an event stream. `viewer` is `.none` without a viewer id; `after` is the connection
  /// that the stream's `Last-Event-ID` names, or `.none`.
  case opened(ConnectionID, NamespaceID, viewer: ViewerID, after: ConnectionOrdinal)

  /// A connection is gone, whoever ended it.
  case closed(ConnectionID)

  /// A plain request asked that the holder of a viewer id leave.
  case excluded(ViewerID)

  /// A text for every open connection of a namespace.
  case message(NamespaceID, MessageID)

  /// Another node said its own counts of a namespace (absolute values, at most 2⁶³ − 1 each).
  case peer(NodeID, NamespaceID, members: UInt64, connections: UInt64)

  /// Another node said goodbye.
  case bye(NodeID)
}

/// An event and when it happened.
package struct LogRecord: Equatable, Sendable {
  package let instant: Instant
  package let event: Event

  package init(_ instant: Instant, _ event: Event) {
    self.instant = instant
    self.event = event
  }
}
