// The judge of the meter: naive, and written straight from the sentences of §2 of the specification, which
// stand beside the code in quotes. It keeps nothing that it can derive, has no queues, and looks at
// everything whenever something happens. Where it and `Meter` differ, one of them is wrong.

/// A meter that is slow and plain.
package struct ReferenceMeter: MeterProtocol {
  let configuration: Configuration

  /// All namespaces in order of their creation.
  var namespaces: [Namespace] = []

  /// "The close of a connection that the model itself ended or refused is expected and ignored": those
  /// whose close is still to come.
  var awaitedCloses: Set<ConnectionID> = []

  var latestOrdinal = ConnectionOrdinal.none
  var namespacesCreated: UInt64 = 0

  var now = Instant.start

  /// How many moments were told apart so far.
  private var moments: UInt64 = 0

  package init(configuration: Configuration) {
    precondition(configuration.notifyMaxDelay > .zero, "notify-max-delay is at least 1 ms")
    self.configuration = configuration
  }

  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    judge(event, into: &effects)
    tellWhatIsDue(into: &effects)
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
      connections: namespace.totalConnections, modified: namespace.modified)
  }

  func index(of id: NamespaceID) -> Int? {
    for index in namespaces.indices where namespaces[index].id == id { return index }
    return nil
  }

  /// This moment, later than all that were asked for before.
  mutating func nextMoment() -> Moment {
    moments += 1
    return Moment(instant: now, order: moments)
  }
}

extension ReferenceMeter {
  /// An instant, and the order of what happened at it.
  struct Moment {
    let instant: Instant
    let order: UInt64
  }

  /// Where a connection is found: in which namespace, and which of its connections it is.
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

    /// "A connection is ended at most max-conn-duration after its open"; nil where that is disabled.
    let ends: Instant?

    /// The connection that this one excluded by opening.
    let excluded: ConnectionOrdinal

    /// False while it is pending.
    var isCounted: Bool
  }

  /// What a node last said of a namespace. Once it is forgotten its members are 0 and its connections stay.
  struct PeerCount {
    let node: NodeID
    var members: UInt64
    var connections: UInt64

    /// When it was said; nil once it is forgotten.
    var said: Moment?
  }

  struct Namespace {
    let id: NamespaceID

    /// 1 for the first namespace that was ever created, 2 for the next.
    let ordinal: UInt64
    let created: Instant

    /// The open connections on this node in order of opening.
    var connections: [Connection] = []

    /// How many connections on this node were counted since the namespace was created.
    var counted: UInt64 = 0
    var peers: [PeerCount] = []
    var told: UInt64 = 0
    var toldAt: Instant

    /// What members were at each greeting since told.
    var greeted: [UInt64] = []
    var modified: Instant?

    /// Since when it is vacant; nil while it is not.
    var vacant: Moment?

    /// "Totals are local + Σ remote, saturating at 2⁶³ − 1."
    var members: UInt64 {
      var total: UInt64 = 0
      for connection in connections where connection.isCounted { total += 1 }
      for peer in peers { total = saturatedSum(total, peer.members) }
      return total
    }

    var totalConnections: UInt64 {
      var total = counted
      for peer in peers { total = saturatedSum(total, peer.connections) }
      return total
    }

    /// "A namespace with no open connection on this node and no members (remote ones included)".
    var hasNobody: Bool {
      connections.isEmpty && members == 0
    }

    mutating func count(_ index: Int) {
      connections[index].isCounted = true
      counted += 1
    }
  }

  /// The largest number that is ever told or shown.
  static let maximumCount: UInt64 = 1 << 63 - 1

  /// The sum, or the largest count if that is less. Precondition: so is neither summand.
  static func saturatedSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    min(left + right, maximumCount)
  }
}
