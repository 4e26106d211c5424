// What is to be done: the meter's only output. Effects are addressed as coarsely as possible; the shell
// fans a notification out to the namespace's connections.

/// One decision of the meter and the instant at which it falls.
package struct Effect: Equatable, Sendable {
  package let instant: Instant
  package let action: Action

  package init(_ instant: Instant, _ action: Action) {
    self.instant = instant
    self.action = action
  }

  package enum Action: Equatable, Sendable {
    /// Tell one new connection its first count. `ordinal` names the connection for good.
    case greet(ConnectionID, ordinal: ConnectionOrdinal, NamespaceID, count: UInt64)

    /// Tell every open connection of the namespace its count.
    case notify(NamespaceID, count: UInt64)

    /// Tell every open connection of the namespace a text.
    case message(NamespaceID, MessageID)

    /// End a connection that was open.
    case end(ConnectionID, EndReason)

    /// The namespace is forgotten; its id is free.
    case retire(NamespaceID)

    /// A connection was not opened.
    case refuse(ConnectionID, RefusalReason)

    /// An event made no sense and changed nothing.
    case reject(Rejection)
  }
}

/// Why the meter ended a connection.
package enum EndReason: UInt8, Equatable, Sendable {
  /// It reached its maximum duration.
  case expired = 1

  /// Another connection, or a plain request, has its viewer id.
  case excluded = 2
}

/// Why a connection was not opened.
package enum RefusalReason: UInt8, Equatable, Sendable {
  /// It is the one that its viewer id's present holder excluded, come back.
  case stopped = 1

  /// `max-connections` or `max-namespaces` is reached.
  case full = 2
}

/// Which event made no sense.
package enum Rejection: Equatable, Sendable {
  /// An open of a connection that is open.
  case open(ConnectionID)

  /// A close of a connection that is not known.
  case close(ConnectionID)

  /// A peer's count that would create a namespace past `max-namespaces`.
  case peerPastLimit(NodeID, NamespaceID)

  /// A peer's count above 2⁶³ − 1.
  case peerOutOfRange(NodeID, NamespaceID)
}
