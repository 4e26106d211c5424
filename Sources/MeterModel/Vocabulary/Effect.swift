// The meter's only output. An effect addresses as many connections as possible: the reactors send
// a notification to each connection of the namespace.

/// One decision of the meter, and its instant.
package struct Effect: Equatable, Sendable {
  /// The instant of the decision.
  package let instant: Instant
  package let action: Action

  package init(_ instant: Instant, _ action: Action) {
    self.instant = instant
    self.action = action
  }

  /// The kinds of effects. Their payloads are trivial values.
  package enum Action: Equatable, Sendable {
    /// Send a new connection its first count. `ordinal` names the connection permanently.
    case greet(ConnectionID, ordinal: ConnectionOrdinal, NamespaceID, count: UInt64)

    /// Send every open connection of the namespace the count.
    case notify(NamespaceID, count: UInt64)

    /// Send every open connection of the namespace a message.
    case message(NamespaceID, MessageID)

    /// Send a new connection a message that is kept (§2 rule 13).
    case send(ConnectionID, NamespaceID, MessageID)

    /// Answer a ping with the count (§2 rule 9).
    case pong(NamespaceID, ViewerID, count: UInt64)

    /// End an open connection.
    case end(ConnectionID, EndReason)

    /// Forget the namespace; its id is free.
    case retire(NamespaceID)

    /// Refuse a connection that asked to open.
    case refuse(ConnectionID, RefusalReason)

    /// Report an invalid event, which changed nothing.
    case reject(Rejection)
  }
}

/// The reason for which the meter ended a connection.
package enum EndReason: UInt8, Equatable, Sendable {
  /// The connection reached its maximum duration (§2 rule 7).
  case expired = 1

  /// Another connection has its viewer id, or a plain request excluded it (§2 rule 8).
  case excluded = 2

  /// Another connection of the same viewer, here or on another node, takes its place (§2 rules 6
  /// and 18).
  case superseded = 3
}

/// The reason for which a connection was refused.
package enum RefusalReason: UInt8, Equatable, Sendable {
  /// A connection has its viewer id, and its client was excluded before (§2 rule 8).
  case stopped = 1

  /// `max-connections` or `max-namespaces` is reached (§2 rule 16).
  case full = 2
}

/// An event that is invalid, or that the present state of the meter does not allow.
package enum Rejection: Equatable, Sendable {
  /// The open of a connection that is open.
  case open(ConnectionID)

  /// The close of an unknown connection.
  case close(ConnectionID)

  /// Another node's report that would create a namespace past `max-namespaces`.
  case peerPastLimit(NodeID, NamespaceID)

  /// Another node's report of a number above 2⁶³ − 1.
  case peerOutOfRange(NodeID, NamespaceID)

  /// An external count above 2⁶³ − 1, one of a 17th source of a namespace, or one that would create
  /// a namespace past `max-namespaces` (§2 rule 11).
  case external(SourceID, NamespaceID)

  /// A ping where viewer ids are not shared, one past `max-pings`, or one that would create a
  /// namespace past `max-namespaces` (§2 rule 9).
  case ping(NamespaceID, ViewerID)

  /// A leave where viewer ids are not shared (§2 rule 9).
  case leave(NamespaceID, ViewerID)

  /// A message to be kept past the limits of its namespace (§2 rule 13).
  case retain(NamespaceID, ServiceID)
}
