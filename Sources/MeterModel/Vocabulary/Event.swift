// The meter's only input. Every case is a trivial value of fixed size.

/// Something that happened outside the meter.
package enum Event: Equatable, Sendable {
  /// A client opened an event stream. `viewer` is `.none` without a viewer id. `after` is the
  /// connection that the `Last-Event-ID` of the request names, or `.none`.
  case opened(
    ConnectionID, NamespaceID, viewer: ViewerID, after: ConnectionKey, as: StreamKind)

  /// A connection closed. Either side may have ended it.
  case closed(ConnectionID)

  /// A plain request asked to end the viewer with a viewer id.
  case excluded(ViewerID)

  /// The daemon itself ended a connection, so that its client comes back (§2 rule 17).
  case cut(ConnectionID)

  /// The daemon has begun anew with what it remembers: every connection is gone (§2 rule 17).
  case restarted

  /// A client without a stream said that its viewer is there (§2 rule 9).
  case pinged(NamespaceID, ViewerID)

  /// A client said that its viewer leaves (§2 rule 9).
  case left(NamespaceID, ViewerID)

  /// Another node has given up the viewer of an arriving connection (§2 rule 18).
  case arrived(ConnectionID, from: NodeID)

  /// Another node has the viewer of a connection of this node now (§2 rule 18).
  case moved(ConnectionKey, to: NodeID)

  /// A viewer moved between two other nodes (§2 rule 18).
  case transferred(NamespaceID, from: NodeID, to: NodeID)

  /// A message was sent to every open connection of a namespace.
  case message(NamespaceID, MessageID)

  /// The same message, which is kept for newcomers in place of the service's last one. `bytes` is
  /// the length of its text; 0 ends the keeping (§2 rule 13).
  case retained(NamespaceID, ServiceID, MessageID, bytes: UInt32)

  /// Another node reported its own counts of a namespace (absolute values, at most 2⁶³ − 1 each).
  case peer(NodeID, NamespaceID, members: UInt64, connections: UInt64)

  /// Another node left the cluster.
  case bye(NodeID)

  /// A source outside of the cluster reported its count of a namespace (an absolute value, at most
  /// 2⁶³ − 1).
  case external(SourceID, NamespaceID, members: UInt64)
}

/// The kinds of streams; the raw value is that of the binary log.
package enum StreamKind: UInt8, Equatable, Sendable {
  /// A stream whose viewer is counted on this node.
  case viewer = 0

  /// A stream that is sent counts and is never counted (§2 rule 12).
  case observer = 1

  /// A stream whose viewer another node may count still (§2 rule 18).
  case arriving = 2
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
