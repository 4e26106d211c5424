// The meter's only input. Every case is a trivial value of fixed size.

/// Something that happened outside the meter.
package enum Event: Equatable, Sendable {
  /// A client opened an event stream. `viewer` is `.none` without a viewer id. `after` is the
  /// connection that the `Last-Event-ID` of the request names, or `.none`.
  case opened(ConnectionID, NamespaceID, viewer: ViewerID, after: ConnectionOrdinal)

  /// A connection closed. Either side may have ended it.
  case closed(ConnectionID)

  /// A plain request asked to end the connection that holds a viewer id.
  case excluded(ViewerID)

  /// A message was sent to every open connection of a namespace.
  case message(NamespaceID, MessageID)

  /// Another node reported its own counts of a namespace (absolute values, at most 2⁶³ − 1 each).
  case peer(NodeID, NamespaceID, members: UInt64, connections: UInt64)

  /// Another node left the cluster.
  case bye(NodeID)

  /// A source outside of the cluster reported its count of a namespace (an absolute value, at most
  /// 2⁶³ − 1).
  case external(SourceID, NamespaceID, members: UInt64)
}

/// An event and its instant.
package struct LogRecord: Equatable, Sendable {
  package let instant: Instant
  package let event: Event

  package init(_ instant: Instant, _ event: Event) {
    self.instant = instant
    self.event = event
  }
}
