// The state of a meter as plain values. It contains no value that follows from the others: a
// restored meter computes its queues and sums, so that they cannot contradict one another. Its
// configuration may differ from that of the first meter.

/// The state of a meter at one instant.
package struct MeterSnapshot: Equatable, Sendable {
  /// The instant of the snapshot.
  package var now = Instant.start

  /// The ordinals of the last connection that opened and of the last namespace that was created.
  package var lastOrdinal = ConnectionOrdinal.none
  package var lastNamespaceOrdinal: UInt64 = 0

  /// The totals of the meter (see `Meter`).
  package var countedConnections: UInt64 = 0
  package var peakMembers: UInt64 = 0

  /// The connections that are open or whose close is awaited.
  package var connections: ContiguousArray<Connection> = []

  /// The existing namespaces in the order of their creation.
  package var namespaces: ContiguousArray<Namespace> = []

  /// The namespaces without an audience, in the order in which they will be retired.
  package var vacancies: ContiguousArray<Vacancy> = []

  /// The reports of other nodes: first the valid ones in the order in which they will expire, then
  /// the others.
  package var remotes: ContiguousArray<Remote> = []

  /// The viewers with a viewer id, in the order of their numbers and namespaces.
  package var viewers: ContiguousArray<Viewer> = []

  /// The pings that keep their viewers, in the order in which they will end.
  package var pings: ContiguousArray<Ping> = []

  /// The viewers that are leaving or returning: first those that are leaving, then the others, each
  /// in the order in which they left.
  package var departures: ContiguousArray<Departure> = []

  /// The external counts, in the order in which they will expire.
  package var externals: ContiguousArray<External> = []

  /// The kept messages, in the order of their namespaces and in the order in which the services of
  /// one namespace were first kept.
  package var kept: ContiguousArray<Kept> = []

  package init() {}

  /// A connection that is not absent.
  package struct Connection: Equatable, Sendable {
    /// The stage of the connection; the raw value is that of the binary log.
    package enum Phase: UInt8, Sendable {
      case dismissed = 0
      case pending = 1
      case member = 2
      case observer = 3
      case arriving = 4
    }

    package var id: ConnectionID
    package var phase: Phase

    // The following fields have no meaning for a dismissed connection.
    package var openedAt = Instant.start
    package var ordinal = ConnectionOrdinal.none
    package var namespace = NamespaceID(.max)
    package var viewer = ViewerID.none

    /// When the viewer came, or when the arrival began. It has no meaning for an observer and for a
    /// connection with a viewer id. Of a member who came before its connection and is as old as the
    /// decrement delay, it is the open less the decrement delay.
    package var since = Instant.start
  }

  /// An existing namespace.
  package struct Namespace: Equatable, Sendable {
    package var id = NamespaceID(.max)
    package var ordinal: UInt64 = 0
    package var createdAt = Instant.start

    /// The connections that were counted on this node since the creation.
    package var connections: UInt64 = 0

    /// The count last sent, its instant, and the range of the members at greetings since.
    package var told: UInt64 = 0
    package var toldAt = Instant.start
    package var lowestGreeted: UInt64 = 0
    package var highestGreeted: UInt64 = 0

    /// The instant of the last notification; nil if there was none.
    package var modified: Instant?

    /// The largest number of members since the creation, and the instant at which it was first
    /// reached.
    package var peak: UInt64 = 0
    package var peakAt = Instant.start

    /// The sum of the members over the time until the snapshot, in seconds, saturated at 2⁶³ − 1,
    /// and the nanoseconds beyond them.
    package var memberSeconds: UInt64 = 0
    package var memberNanoseconds: UInt64 = 0
  }

  /// A namespace without an audience, and the instant since which it has none.
  package struct Vacancy: Equatable, Sendable {
    package var namespace = NamespaceID(.max)
    package var since = Instant.start
  }

  /// The last report of another node for one namespace. Its members are 0 when it is no longer
  /// valid.
  package struct Remote: Equatable, Sendable {
    package var node = NodeID(.max)
    package var namespace = NamespaceID(.max)
    package var reportedAt = Instant.start
    package var members: UInt64 = 0
    package var connections: UInt64 = 0
  }

  /// A viewer with a viewer id. Its streams are those of `connections` with the id and the
  /// namespace.
  package struct Viewer: Equatable, Sendable {
    package var id = ViewerID.none
    package var namespace = NamespaceID(.max)
    package var isMember = false

    /// When the first stream or ping of the viewer came.
    package var since = Instant.start

    /// The newest connection that was excluded for the id.
    package var remembered = ConnectionOrdinal.none
  }

  /// The last ping of a viewer.
  package struct Ping: Equatable, Sendable {
    package var viewer = ViewerID.none
    package var namespace = NamespaceID(.max)
    package var at = Instant.start
  }

  /// A viewer that is leaving or returning.
  package struct Departure: Equatable, Sendable {
    /// Whether the daemon itself ended the last stream (§2 rule 17).
    package var isReturning = false
    package var namespace = NamespaceID(.max)
    package var viewer = ViewerID.none

    /// The last stream.
    package var ordinal = ConnectionOrdinal.none

    /// When the viewer came; that of the viewer with the id, if there is one.
    package var since = Instant.start

    /// When the last stream closed.
    package var leftAt = Instant.start
  }

  /// The count of a source for one namespace. Its members are not 0.
  package struct External: Equatable, Sendable {
    package var source = SourceID(.max)
    package var namespace = NamespaceID(.max)
    package var reportedAt = Instant.start
    package var members: UInt64 = 0
  }

  /// The kept message of a service in a namespace. Its text is not empty.
  package struct Kept: Equatable, Sendable {
    package var namespace = NamespaceID(.max)
    package var service = ServiceID(.max)
    package var message = MessageID(0)

    /// The length of the text.
    package var bytes: UInt32 = 0
  }
}

/// The reason why a snapshot describes an impossible state, as a clause.
package struct SnapshotError: Error, Equatable, Sendable {
  /// A clause that states the reason.
  package let reason: String
}
