// The state of each connection, namespace, viewer id and report of another node: small structs in
// dense tables, each with the links of the one queue in which it can wait.

/// The state of one connection; 32 bytes. A viewer without a viewer id is part of its connection.
struct Connection: Waiting {
  /// The stages of a connection's life.
  enum Phase: UInt8 {
    /// Unknown. Can become any open stage (opened), or `dismissed` (refused).
    case absent
    /// Open, with a viewer of its own who is not counted yet. Can become `member` (after its
    /// delay), `absent` (closed) or `dismissed`.
    case pending
    /// Open, with a viewer of its own who is counted. Can become `absent` (closed) or `dismissed`
    /// (ended).
    case member
    /// Open, and one of the connections of a viewer with a viewer id. Can become as `member`.
    case identified
    /// Open without a viewer. Can become as `member`.
    case observer
    /// Open, and its viewer may still be on another node. Can become `member` (arrived), `pending`
    /// (in time), or as `member`.
    case arriving
    /// Ended or refused by the meter, or cut; its close is awaited. Can become `absent` (closed) or
    /// any open stage.
    case dismissed
  }

  var links = QueueLinks()
  var openedAt = Instant.start
  var ordinal = ConnectionOrdinal.none
  var namespace: UInt32 = .max

  /// The place of the viewer of an `identified` connection; otherwise `.max`.
  var viewer: UInt32 = .max
  var phase = Phase.absent

  /// Whether the connection waits for the end of its maximum duration since its open; otherwise
  /// since it was counted.
  var isDirect = false

  /// Whether its viewer came before it, and was as old as the decrement delay when it opened or has
  /// become so.
  var hasFullGrace = false

  var isOpen: Bool { phase != .absent && phase != .dismissed }
  var waitsSince: Instant { openedAt }
}

/// The state of one namespace. An ordinal of 0 means that no namespace has this id.
struct Namespace: Waiting {
  /// The queue in which the namespace waits.
  enum Queue: UInt8 {
    /// None: its told-at is older than the max delay, or only other nodes have an audience.
    case none
    /// Notified less than the min delay ago. Can become `ripe`, `none`, `vacant`.
    case fresh
    /// Notified at least the min delay ago. Can become `fresh` (notified again), `none`, `vacant`.
    case ripe
    /// Without connections, viewers and members on any node. Can become `fresh` (opened), `none`
    /// (another node's members) or retire.
    case vacant
  }

  var links = QueueLinks()
  var ordinal: UInt64 = 0
  var createdAt = Instant.start
  var vacantSince = Instant.start
  var queue = Queue.none
  var isTouched = false

  /// The open connections on this node, and the observers among them.
  var open: UInt32 = 0
  var observers: UInt32 = 0

  /// The viewers of this node who are counted, and those who are not counted yet.
  var localMembers: UInt32 = 0
  var pending: UInt32 = 0

  /// The viewers that were counted on this node since the creation.
  var localConnections: UInt64 = 0

  /// The first of the chained reports of other nodes; `.max` for none.
  var firstRemote: UInt32 = .max

  /// The first of the chained external counts; `.max` for none.
  var firstExternal: UInt32 = .max

  /// The first of the chained kept messages; `.max` for none.
  var firstKept: UInt32 = .max

  /// The members that are no viewers of this node: those of other nodes and the external counts.
  var remoteMembers: UInt128 = 0
  var remoteConnections: UInt128 = 0

  var told: UInt64 = 0
  var toldAt = Instant.start
  var lowestGreeted: UInt64 = 0
  var highestGreeted: UInt64 = 0
  var modified: Instant?
  var record = MemberRecord()

  var exists: Bool { ordinal != 0 }
  var waitsSince: Instant { queue == .vacant ? vacantSince : toldAt }

  // Each change of a table's element checks again whether the table is shared. Changes that belong
  // together are therefore one function, which saved a tenth of the meter's instructions.

  /// Told := members, told-at := now, and the greetings are forgotten.
  @inline(__always)
  mutating func setTold(at now: Instant) {
    let members = members
    told = members
    toldAt = now
    lowestGreeted = members
    highestGreeted = members
  }

  /// Adds a greeting to those since told-at.
  @inline(__always)
  mutating func greeted(with members: UInt64) {
    lowestGreeted = min(lowestGreeted, members)
    highestGreeted = max(highestGreeted, members)
  }

  /// Counts a pending viewer. Returns whether the namespace must be judged and was not touched
  /// before.
  @inline(__always)
  mutating func count() -> Bool {
    pending -= 1
    localMembers += 1
    localConnections += 1
    return touch()
  }

  /// Notes that the namespace is to be judged. Returns false if that was noted before.
  @inline(__always)
  mutating func touch() -> Bool {
    defer { isTouched = true }
    return !isTouched
  }

  /// Removes a connection and its viewer, who is a member or pending. Returns the same as `count`.
  @inline(__always)
  mutating func leave(asMember: Bool) -> Bool {
    open -= 1
    if asMember { localMembers -= 1 } else { pending -= 1 }
    return touch()
  }

  /// Removes a connection whose viewer stays. Returns the same as `count`.
  @inline(__always)
  mutating func leaveViewer() -> Bool {
    open -= 1
    return touch()
  }

  /// Whether nobody is there, so that the namespace is to be forgotten after a while (§2 rule 15).
  @inline(__always)
  var isVacant: Bool { open == 0 && pending == 0 && members == 0 }

  /// The members on all nodes. Inlined, because a call copies the whole namespace: a fifth of a
  /// replay's time.
  @inline(__always)
  var members: UInt64 { saturated(UInt128(localMembers) + remoteMembers) }

  /// The connections that were counted on all nodes.
  var connections: UInt64 { saturated(UInt128(localConnections) + remoteConnections) }

  /// Whether `members` differ enough from told, or from the members at a greeting since (§2 rule 4
  /// a).
  @inline(__always)
  func differs(_ members: UInt64, under configuration: Configuration) -> Bool {
    let threshold = configuration.notificationThreshold(told: told)
    let lowest = min(told, lowestGreeted)
    let highest = max(told, highestGreeted)
    return (members > lowest && members - lowest >= threshold)
      || (members < highest && highest - members >= threshold)
  }

  @inline(__always)
  private func saturated(_ total: UInt128) -> UInt64 {
    UInt64(min(total, UInt128(Configuration.maximumCount)))
  }
}

/// The members of a namespace over time, for the statistics (§2 rule 14).
struct MemberRecord {
  /// The members when they were last judged to have changed, and the instant.
  var members: UInt64 = 0
  var since = Instant.start

  /// The largest number of members, and the instant at which it was first reached.
  var peak: UInt64 = 0
  var peakAt = Instant.start

  /// The sum of the members over the time until `since`, in nanoseconds. It cannot overflow: both
  /// factors are less than 2⁶³.
  var memberTime: UInt128 = 0

  /// Records that there are `members` members from `now` on.
  @inline(__always)
  mutating func note(_ members: UInt64, at now: Instant) {
    guard members != self.members else { return }
    memberTime = sum(until: now)
    self.members = members
    since = now
    if members > peak {
      peak = members
      peakAt = now
    }
  }

  /// The sum of the members over the time until `now`, in nanoseconds.
  @inline(__always)
  private func sum(until now: Instant) -> UInt128 {
    let product = members.multipliedFullWidth(by: (now - since).nanoseconds)
    return memberTime + (UInt128(product.high) << 64 | UInt128(product.low))
  }

  /// The same in seconds, saturated, and the nanoseconds beyond them.
  func memberTime(until now: Instant) -> (seconds: UInt64, nanoseconds: UInt64) {
    let (seconds, nanoseconds) = sum(until: now).quotientAndRemainder(dividingBy: 1_000_000_000)
    return (UInt64(min(seconds, UInt128(Configuration.maximumCount))), UInt64(nanoseconds))
  }
}

/// The state of one viewer with a viewer id; 40 bytes. It waits while it is pending.
struct Viewer: Waiting {
  var links = QueueLinks()

  /// When the first stream or ping of the viewer came.
  var since = Instant.start

  /// The namespace; `.max` in a free place.
  var namespace: UInt32 = .max
  var id: UInt32 = .max

  /// Where viewer ids are exclusive, the number of the open connection; `.max` for none.
  var holder: UInt32 = .max

  /// Where viewer ids are shared, the number of open connections; otherwise the ordinal of the
  /// newest connection that was excluded for the id, 0 for none.
  private var streamsOrRemembered: UInt32 = 0

  /// The place of the viewer's departure; `.max` if it is neither leaving nor returning.
  var departure: UInt32 = .max
  var isMember = false
  var isPinging = false

  /// A free place.
  init() {}

  /// A viewer without connections and pings.
  init(namespace: UInt32, id: UInt32) {
    self.namespace = namespace
    self.id = id
  }

  var waitsSince: Instant { since }

  var streams: UInt32 {
    get { streamsOrRemembered }
    set { streamsOrRemembered = newValue }
  }

  var remembered: ConnectionOrdinal {
    get { ConnectionOrdinal(streamsOrRemembered) }
    set { streamsOrRemembered = newValue.number }
  }
}

/// The last ping of the viewer in the same place; 16 bytes.
struct LastPing: Waiting {
  var links = QueueLinks()
  var at = Instant.start

  var waitsSince: Instant { at }
}

/// The chained reports of one node, newest first.
struct NodeCounts {
  /// The first report of the chain; `.max` for none.
  var first: UInt32 = .max

  /// The report that the node repeated last; `.max` for none. A node reports its counts in the
  /// order of their creation, so the next report is probably the one before it in the chain.
  var lastReported: UInt32 = .max
}

/// The last report of another node for one namespace.
struct RemoteCount: Waiting {
  var links = QueueLinks()

  /// The neighbours in the chain of the same node.
  var nodeLinks = QueueLinks()
  var reportedAt = Instant.start
  var node = NodeID(.max)
  var namespace: UInt32 = .max

  /// The next report of the same namespace, or of the list of free ones; `.max` for none.
  var next: UInt32 = .max
  var members: UInt64 = 0
  var connections: UInt64 = 0

  var waitsSince: Instant { reportedAt }
}
