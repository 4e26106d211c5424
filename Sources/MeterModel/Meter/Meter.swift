// The meter makes every decision about counts: it counts connections, sends counts, ends
// connections and forgets state, each at a defined instant. It is pure: no clock, no sockets, no
// randomness, no threads. Events with instants go in, effects come out, and the same events have
// the same effects, bit for bit.
//
// Each deadline fires at its own instant, independently of the time at which the meter is called:
// `apply` first fires every deadline up to its instant. Therefore a wake-up is not an input, and
// one long advance has the same effects as many short ones.

/// The state machine with the rules of §2.
package struct Meter: MeterProtocol {
  /// The settings, which never change.
  package let configuration: Configuration

  /// The instant of the last event or advance.
  package internal(set) var now = Instant.start

  /// The open connections on this node, observers included.
  package internal(set) var openConnections: UInt32 = 0

  /// The viewers that are counted on this node now, in all namespaces.
  package internal(set) var localMembers: UInt64 = 0

  /// The maximum that `ownMembers` ever had.
  package internal(set) var peakMembers: UInt64 = 0

  /// All viewers that were ever counted on this node.
  package internal(set) var countedConnections: UInt64 = 0

  /// All namespaces that were ever created.
  package var createdNamespaces: UInt64 { lastNamespaceOrdinal }

  /// The namespaces that exist.
  package internal(set) var namespaceCount: UInt32 = 0

  // Tables indexed by number, dense.
  var connections: ContiguousArray<Connection> = []
  var namespaces: ContiguousArray<Namespace> = []
  var remotes: ContiguousArray<RemoteCount> = []

  /// The viewers with a viewer id.
  var identified: ViewerTable

  /// Connections that are not absent, and reports of other nodes that are kept.
  var knownConnections = 0
  var keptRemotes = 0
  var connectionsEnd = TableEnd()
  var namespacesEnd = TableEnd()
  var firstFreeRemote: UInt32 = .max

  /// The external counts of all namespaces.
  var externals = ExternalCounts()

  /// The kept messages of all namespaces.
  var kept = KeptMessages()

  /// The chained reports of each node.
  var nodes: ContiguousArray<NodeCounts> = []

  var lastOrdinal = ConnectionOrdinal.none
  var lastNamespaceOrdinal: UInt64 = 0
  var creations = CreationOrder()

  /// Namespaces that changed and for which the notification rule is still to be judged.
  var touched: ContiguousArray<UInt32> = []

  /// A value that depends on everything that `fetch` reads, so that the compiler keeps the reads.
  var fetched: UInt32 = 0

  // The deadline queues; see `fire` for the order within an instant.
  var arrivals = DeadlineHeap()
  var pending = DeadlineQueue()
  var latePending = DeadlineHeap()
  var lifetimes: LifetimeQueues
  var remoteExpiry = DeadlineQueue()
  var fresh = DeadlineQueue()
  var ripe = DeadlineQueue()
  var vacant = DeadlineQueue()
  var departures: Departures

  /// When the viewers came whose connection is not their first.
  var ages = ViewerAges()

  /// A meter without connections and namespaces, at the start of the log.
  package init(configuration: Configuration) {
    self.configuration = configuration
    lifetimes = LifetimeQueues(configuration: configuration)
    departures = Departures(configuration: configuration)
    identified = ViewerTable(configuration.viewerIDs)
  }

  /// Applies one event. Precondition: `instant` is not before the last one, nor after
  /// `Instant.latest`.
  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    switch event {
    case .opened(let connection, let namespace, let viewer, let after, let kind):
      opened(
        connection, in: namespace, viewer: viewer, after: after, as: kind, into: &effects)
    case .closed(let connection):
      closed(connection, into: &effects)
    case .excluded(let viewer):
      exclude(viewer, into: &effects)
    case .cut(let connection): cut(connection, into: &effects)
    case .restarted: restart(into: &effects)
    case .pinged(let namespace, let viewer): pinged(namespace, viewer, into: &effects)
    case .left(let namespace, let viewer): left(namespace, viewer, into: &effects)
    case .arrived(let connection, let node): arrived(connection, from: node, into: &effects)
    case .moved(let key, let node): moved(key, to: node, into: &effects)
    case .transferred(let namespace, let former, let node):
      transferred(namespace, from: former, to: node)
    case .message(let namespace, let message):
      deliver(message, to: namespace, into: &effects)
    case .retained(let namespace, let service, let message, let bytes):
      retained(message, of: service, in: namespace, bytes: bytes, into: &effects)
    case .peer(let node, let namespace, let members, let connections):
      peerReported(
        node, namespace, members: members, connections: connections, into: &effects)
    case .bye(let node):
      bye(node)
    case .external(let source, let namespace, let members):
      externalReported(source, namespace, members: members, into: &effects)
    }
    judgeTouched(into: &effects)
  }

  /// Fires every deadline up to and including `instant`, each at its own instant.
  package mutating func advance(to instant: Instant, into effects: inout EffectBuffer) {
    invariant(now <= instant, "time went back from \(now) to \(instant)")
    invariant(instant <= .latest, "\(instant) is past the last instant of a log")
    while earliestDeadline <= instant {
      now = max(now, earliestDeadline)
      fire(into: &effects)
    }
    now = instant
  }

  /// The instant of the next deadline, at which the caller should advance; nil if there is none.
  package var nextDeadline: Instant? {
    earliestDeadline < .never ? earliestDeadline : nil
  }

  private var earliestDeadline: Instant {
    let told = min(fresh.firstSince, ripe.firstSince)
    return min(
      min(
        min(pending.firstSince, identified.pending.firstSince) + configuration.incrementDelay,
        min(arrivals.earliest, latePending.earliest, lifetimes.earliest)),
      min(
        identified.pinging.firstSince + configuration.pingTimeout, departures.earliest),
      min(
        remoteExpiry.firstSince + configuration.clusterNodeTimeout,
        fresh.firstSince + configuration.notifyMinDelay),
      min(
        min(
          told + configuration.notifyMaxDelay,
          externals.firstSince + configuration.externalTimeout),
        vacant.firstSince + configuration.namespaceCleanDelay))
  }

  /// Fires all deadlines that are due now, in the order of §2.
  private mutating func fire(into effects: inout EffectBuffer) {
    endArrivals()
    countPending()
    endExpired(into: &effects)
    endPings(into: &effects)
    endDepartures(into: &effects)
    expireRemoteCounts()
    expireExternalCounts(into: &effects)
    touchDueNamespaces()
    judgeTouched(into: &effects)
    retireVacant(into: &effects)
  }
}
