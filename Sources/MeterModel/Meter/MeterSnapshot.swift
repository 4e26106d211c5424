// All that a meter knows, as plain values. It holds what happened and not what follows from it: queues and
// sums are made anew when a meter is restored, so they cannot contradict one another, and the settings
// may be others by then.

/// The state of a meter at one instant.
package struct MeterSnapshot: Equatable, Sendable {
  package var now = Instant.start
  package var lastOrdinal = ConnectionOrdinal.none
  package var lastNamespaceOrdinal: UInt64 = 0
  package var countedConnections: UInt64 = 0
  package var peakMembers: UInt64 = 0

  /// Those that are open, or that were ended and are not closed yet.
  package var connections: ContiguousArray<Connection> = []

  /// Those that exist, in the order of their creation.
  package var namespaces: ContiguousArray<Namespace> = []

  /// Namespaces without an audience, in the order in which they will be forgotten.
  package var vacancies: ContiguousArray<Vacancy> = []

  /// What other nodes said: first what holds, in the order in which it will expire, then what is over.
  package var remotes: ContiguousArray<Remote> = []

  package init() {}

  package struct Connection: Equatable, Sendable {
    package enum Phase: UInt8, Sendable {
      case dismissed = 0
      case pending = 1
      case member = 2
    }

    package var id: ConnectionID
    package var phase: Phase

    // What follows says nothing of one that is dismissed.
    package var openedAt = Instant.start
    package var ordinal = ConnectionOrdinal.none
    package var namespace = NamespaceID(.max)
    package var viewer = ViewerID.none

    /// The connection that this one excluded when it opened.
    package var predecessor = ConnectionOrdinal.none
  }

  package struct Namespace: Equatable, Sendable {
    package var id: NamespaceID
    package var ordinal: UInt64
    package var createdAt: Instant
    package var connections: UInt64
    package var told: UInt64
    package var toldAt: Instant
    package var lowestGreeted: UInt64
    package var highestGreeted: UInt64
    package var modified: Instant?
  }

  package struct Vacancy: Equatable, Sendable {
    package var namespace: NamespaceID
    package var since: Instant
  }

  package struct Remote: Equatable, Sendable {
    package var node: NodeID
    package var namespace: NamespaceID
    package var saidAt: Instant
    package var members: UInt64
    package var connections: UInt64
  }
}

/// Why no meter can be in the state that a snapshot describes, as a clause.
package struct SnapshotError: Error, Equatable, Sendable {
  package let reason: String
}
