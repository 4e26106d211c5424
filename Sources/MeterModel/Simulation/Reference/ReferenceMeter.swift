// The reference that judges the meter. It is naive and follows the sentences of §2, which are
// quoted beside the code. It stores nothing that it can derive, has no queues, and looks at
// everything at each event. Where it and `Meter` differ, one of them is wrong.

/// A slow and simple meter.
package struct ReferenceMeter: MeterProtocol {
  let configuration: Configuration

  /// All namespaces in the order of their creation.
  var namespaces: [Namespace] = []

  /// The connections whose close is awaited: "The close of a stream that the meter ended or refused
  /// is expected and has no effect."
  var awaitedCloses: Set<ConnectionID> = []

  /// Rule 8: what is remembered of viewer ids, at most once for each.
  var memories: [Memory] = []

  /// Rule 8: "… and for 5 s after the last one has left." A canary changes it.
  var exclusionMemory = Duration.seconds(5)

  /// Rule 8: "An `exclude` event ends the memory." A canary changes it.
  var forgetsOnRequest = true

  /// Rule 11: "A namespace has at most 16 sources." A canary changes it.
  var maximumSources = 16

  /// Rule 11: "… and at once when the source reports 0." A canary changes it.
  var forgetsZeroCounts = true

  var latestOrdinal = ConnectionOrdinal.none
  var namespacesCreated: UInt64 = 0

  var now = Instant.start

  /// The number of moments so far.
  private var moments: UInt64 = 0

  /// A meter without connections and namespaces, at the start of the log.
  package init(configuration: Configuration) {
    precondition(configuration.notifyMaxDelay > .zero, "notify-max-delay is at least 1 ms")
    self.configuration = configuration
  }

  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    judge(event, into: &effects)
    notifyDueNamespaces(into: &effects)
  }

  package mutating func advance(to instant: Instant, into effects: inout EffectBuffer) {
    precondition(now <= instant, "time never decreases")
    while let deadline = nextDeadline, deadline <= instant {
      now = max(now, deadline)
      fireDeadlines(into: &effects)
    }
    now = instant
  }

  package func statistics(of id: NamespaceID) -> NamespaceStatistics? {
    guard let index = index(of: id) else { return nil }
    let namespace = namespaces[index]
    return NamespaceStatistics(
      created: namespace.created, members: namespace.members,
      connections: namespace.totalConnections, modified: namespace.modified,
      peak: namespace.peak.members, peakAt: namespace.peak.at,
      memberSeconds: namespace.memberSeconds(until: now))
  }

  func index(of id: NamespaceID) -> Int? {
    for index in namespaces.indices where namespaces[index].id == id { return index }
    return nil
  }

  /// A moment at the present instant, after all earlier ones.
  mutating func nextMoment() -> Moment {
    moments += 1
    return Moment(instant: now, order: moments)
  }
}

extension ReferenceMeter {
  /// An instant, and the order among the moments of the same instant.
  struct Moment {
    let instant: Instant
    let order: UInt64
  }

  /// The place of a connection: its namespace, and its place among the connections there.
  struct Place {
    let namespace: Int
    let connection: Int
  }

  /// An open connection.
  struct Connection {
    let id: ConnectionID
    let ordinal: ConnectionOrdinal
    let viewer: ViewerID
    let opened: Instant

    /// Rule 7: "A stream is ended at most `max-conn-duration` after its open"; nil if that is
    /// disabled.
    let ends: Instant?

    /// Whether the connection is counted; false while it is pending.
    var isCounted: Bool
  }

  /// The newest connection that was excluded for a viewer id.
  struct Memory {
    let viewer: ViewerID
    let excluded: ConnectionOrdinal

    /// The instant at which it is forgotten; nil while a connection holds the id.
    var ends: Instant?
  }

  /// A node's last report of a namespace. After it is forgotten, its members are 0 and its
  /// connections stay.
  struct PeerCount {
    let node: NodeID
    var members: UInt64
    var connections: UInt64

    /// The moment of the report; nil after it is forgotten.
    var reported: Moment?
  }

  /// The last count of a source.
  struct ExternalCount {
    let source: SourceID
    let members: UInt64
    let reported: Moment
  }

  struct Namespace {
    let id: NamespaceID

    /// The number of the namespace in the order of creation, from 1.
    let ordinal: UInt64
    let created: Instant

    /// The open connections on this node in the order of opening.
    var connections: [Connection] = []

    /// The connections that were counted on this node since the namespace was created.
    var counted: UInt64 = 0
    var peers: [PeerCount] = []
    var externals: [ExternalCount] = []
    var told: UInt64 = 0
    var toldAt: Instant

    /// The members at each greeting since told-at.
    var greeted: [UInt64] = []
    var modified: Instant?

    /// The members since the creation, at each instant at which they were judged to have changed.
    var course: [(at: Instant, members: UInt64)] = []

    /// The moment at which the namespace became vacant; nil if it is not vacant.
    var vacant: Moment?

    /// Rule 10: "Totals are the sums over all nodes, saturating at 2⁶³ − 1."
    var members: UInt64 {
      var total: UInt64 = 0
      for connection in connections where connection.isCounted { total += 1 }
      for external in externals { total = saturatedSum(total, external.members) }
      for peer in peers { total = saturatedSum(total, peer.members) }
      return total
    }

    /// Rule 14: "`peak`, the largest number of members since the creation, and `peak_at`, the time
    /// at which it was first reached: the creation while it is 0."
    var peak: (members: UInt64, at: Instant) {
      var peak = (members: UInt64(0), at: created)
      for step in course where step.members > peak.members { peak = (step.members, step.at) }
      return peak
    }

    /// Rule 14: "`member_seconds`, the sum of the members over the time since the creation."
    func memberSeconds(until now: Instant) -> UInt64 {
      var nanoseconds: UInt128 = 0
      for (index, step) in course.enumerated() {
        let end = index + 1 < course.count ? course[index + 1].at : now
        nanoseconds += UInt128(step.members) * UInt128((end - step.at).nanoseconds)
      }
      return UInt64(min(nanoseconds / 1_000_000_000, UInt128(ReferenceMeter.maximumCount)))
    }

    var totalConnections: UInt64 {
      var total = counted
      for peer in peers { total = saturatedSum(total, peer.connections) }
      return total
    }

    /// Rule 15: "A namespace that has had no open stream on this node and no members on any node …"
    var isWithoutAudience: Bool {
      connections.isEmpty && members == 0
    }

    mutating func count(_ index: Int) {
      connections[index].isCounted = true
      counted += 1
    }
  }

  /// The maximum of a count.
  static let maximumCount: UInt64 = 1 << 63 - 1

  /// The sum, at most `maximumCount`. Precondition: both summands are at most `maximumCount`.
  static func saturatedSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    min(left + right, maximumCount)
  }
}
