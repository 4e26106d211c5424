// The meter decides everything: who is counted, who is told what and when, who is ended, what is
// forgotten. It is pure: no clock, no sockets, no randomness, no threads. Events with instants go in,
// effects come out, and the same events give the same effects, bit for bit.
//
// Deadlines fire at their own instant, not when somebody woke up: `apply` first fires all that was due by
// then, so waking is no input, and advancing in one step or in many is the same.

/// The state machine that counts. The rules are those of the specification's section "Counting".
package struct Meter: MeterProtocol {
  package let configuration: Configuration

  /// The instant of the last event or advance.
  package internal(set) var now = Instant.start

  /// Open connections on this node.
  package internal(set) var openConnections: UInt32 = 0

  /// Connections counted on this node now, all namespaces together.
  package internal(set) var localMembers: UInt64 = 0

  /// The most that `localMembers` ever was.
  package internal(set) var peakMembers: UInt64 = 0

  /// Connections ever counted on this node.
  package internal(set) var countedConnections: UInt64 = 0

  /// Namespaces ever created.
  package var createdNamespaces: UInt64 { lastNamespaceOrdinal }

  /// Namespaces that exist.
  package internal(set) var namespaceCount: UInt32 = 0

  // By number; dense.
  var connections: ContiguousArray<Connection> = []
  var namespaces: ContiguousArray<Namespace> = []
  var viewers: ContiguousArray<ViewerHolder> = []
  var remotes: ContiguousArray<RemoteCount> = []

  /// Connections that are not absent, viewer ids that are held, remote counts that are kept.
  var knownConnections = 0
  var heldViewers = 0
  var keptRemotes = 0
  var connectionsEnd = TableEnd()
  var namespacesEnd = TableEnd()
  var viewersEnd = TableEnd()
  var firstFreeRemote: UInt32 = .max

  /// The counts of each node, which are chained.
  var nodes: ContiguousArray<NodeCounts> = []

  var lastOrdinal = ConnectionOrdinal.none
  var lastNamespaceOrdinal: UInt64 = 0
  var creations = CreationOrder()

  /// Namespaces in which something changed that their notification has not been judged for.
  var touched: ContiguousArray<UInt32> = []

  /// Depends on what `fetch` read, so that the reads are not left out.
  var fetched: UInt32 = 0

  // Who waits for what; see `fire` for the order within an instant.
  var pending = DeadlineQueue()
  var lifetimes: LifetimeQueues
  var remoteExpiry = DeadlineQueue()
  var fresh = DeadlineQueue()
  var ripe = DeadlineQueue()
  var vacant = DeadlineQueue()

  package init(configuration: Configuration) {
    self.configuration = configuration
    lifetimes = LifetimeQueues(configuration: configuration)
  }

  /// Judges one event. Precondition: `instant` is not before the last one, nor after `Instant.latest`.
  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    switch event {
    case .opened(let connection, let namespace, let viewer, let after):
      opened(connection, in: namespace, viewer: viewer, after: after, into: &effects)
    case .closed(let connection):
      closed(connection, into: &effects)
    case .excluded(let viewer):
      exclude(viewer, into: &effects)
    case .message(let namespace, let message):
      deliver(message, to: namespace, into: &effects)
    case .peer(let node, let namespace, let members, let connections):
      peerSaid(
        node, namespace, members: members, connections: connections, into: &effects)
    case .bye(let node):
      bye(node)
    }
    judgeTouched(into: &effects)
  }

  /// Fires every deadline that is due by `instant`, each at its own.
  package mutating func advance(to instant: Instant, into effects: inout EffectBuffer) {
    invariant(now <= instant, "time went back from \(now) to \(instant)")
    invariant(instant <= .latest, "\(instant) is past the last instant of a log")
    while earliestDeadline <= instant {
      now = max(now, earliestDeadline)
      fire(into: &effects)
    }
    now = instant
  }

  /// When the next deadline is due, if any: the shell wakes the meter then.
  package var nextDeadline: Instant? {
    earliestDeadline < .never ? earliestDeadline : nil
  }

  private var earliestDeadline: Instant {
    let told = min(fresh.firstSince, ripe.firstSince)
    return min(
      min(pending.firstSince + configuration.incrementDelay, lifetimes.earliest),
      min(
        remoteExpiry.firstSince + configuration.clusterNodeTimeout,
        fresh.firstSince + configuration.notifyMinDelay),
      min(
        told + configuration.notifyMaxDelay,
        vacant.firstSince + configuration.namespaceCleanDelay))
  }

  /// Fires all deadlines that are due now, in the order of the specification.
  private mutating func fire(into effects: inout EffectBuffer) {
    countPending()
    endExpired(into: &effects)
    forgetSilentPeers()
    touchThoseDueForNotification()
    judgeTouched(into: &effects)
    retireVacant(into: &effects)
  }
}
