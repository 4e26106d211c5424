// What the meter keeps of each connection, namespace, viewer id and remote count: small structs in dense
// tables, each with the links of the one queue that it can wait in.

/// One connection's state; 32 bytes.
struct Connection: Waiting {
  /// Where a connection is in its life.
  enum Phase: UInt8 {
    /// Not known. Can become `pending` or `member` (opened), or `dismissed` (refused).
    case absent
    /// Open, not counted yet. Can become `member` (its delay is over), `absent` (closed) or `dismissed`.
    case pending
    /// Open and counted. Can become `absent` (closed) or `dismissed` (ended).
    case member
    /// Ended or refused by the meter; its close is awaited. Can become `absent` (closed), or open anew.
    case dismissed
  }

  var links = QueueLinks()
  var openedAt = Instant.start
  var ordinal = ConnectionOrdinal.none
  var namespace: UInt32 = .max
  var viewer = ViewerID.none
  var phase = Phase.absent

  var isOpen: Bool { phase == .pending || phase == .member }
  var waitsSince: Instant { openedAt }
}

/// One namespace's state. An ordinal of 0 means that there is none with this id.
struct Namespace: Waiting {
  /// Which queue the namespace waits in.
  enum Queue: UInt8 {
    /// None: its told is older than the max delay, or only other nodes have an audience.
    case none
    /// Told less than the min delay ago. Can become `ripe`, `none`, `vacant`.
    case fresh
    /// Told at least the min delay ago. Can become `fresh` (told again), `none`, `vacant`.
    case ripe
    /// Without any audience. Can become `fresh` (opened), `none` (a peer's members) or be retired.
    case vacant
  }

  var links = QueueLinks()
  var ordinal: UInt64 = 0
  var createdAt = Instant.start
  var vacantSince = Instant.start
  var queue = Queue.none
  var isTouched = false

  /// Open connections on this node, pending ones too.
  var open: UInt32 = 0

  /// Counted connections on this node.
  var localMembers: UInt32 = 0

  /// Connections counted on this node since the creation.
  var localConnections: UInt64 = 0

  /// The first of the other nodes' counts, chained; `.max` for none.
  var firstRemote: UInt32 = .max
  var remoteMembers: UInt128 = 0
  var remoteConnections: UInt128 = 0

  var told: UInt64 = 0
  var toldAt = Instant.start
  var lowestGreeted: UInt64 = 0
  var highestGreeted: UInt64 = 0
  var modified: Instant?

  var exists: Bool { ordinal != 0 }
  var waitsSince: Instant { queue == .vacant ? vacantSince : toldAt }

  // Each change of a table's element asks anew whether the table is shared; those that belong together are
  // one change, which took a tenth off the meter's instructions.

  /// Told := members, told-at := now, and the greetings are forgotten.
  @inline(__always)
  mutating func tell(at now: Instant) {
    let members = members
    told = members
    toldAt = now
    lowestGreeted = members
    highestGreeted = members
  }

  /// Remembers a greeting since told.
  @inline(__always)
  mutating func greeted(with members: UInt64) {
    lowestGreeted = min(lowestGreeted, members)
    highestGreeted = max(highestGreeted, members)
  }

  /// Counts a connection that is open. The answer is whether it must be judged and was not touched yet.
  @inline(__always)
  mutating func count() -> Bool {
    localMembers += 1
    localConnections += 1
    return touch()
  }

  /// Notes that it is to be judged; false when that was noted already.
  @inline(__always)
  mutating func touch() -> Bool {
    defer { isTouched = true }
    return !isTouched
  }

  /// Takes out a connection; the answer is as that of `count`.
  @inline(__always)
  mutating func leave(asMember: Bool) -> Bool {
    open -= 1
    if asMember { localMembers -= 1 }
    return touch()
  }

  /// Members of all nodes. Inlined, as a call copies the whole namespace: a fifth of a replay's time.
  @inline(__always)
  var members: UInt64 { saturated(UInt128(localMembers) + remoteMembers) }

  /// Counted connections of all nodes.
  var connections: UInt64 { saturated(UInt128(localConnections) + remoteConnections) }

  /// Whether `members` differ enough from told, or from what they were at a greeting since (rule 4).
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

/// Who holds a viewer id.
struct ViewerHolder {
  /// The connection's number; `.max` for nobody.
  var connection: UInt32 = .max

  /// The connection that the holder excluded when it opened.
  var predecessor = ConnectionOrdinal.none
}

/// The chain of the counts of one node, the last one made first.
struct NodeCounts {
  /// `.max` for none.
  var first: UInt32 = .max

  /// The one that it said last; `.max` for none. A node tells its counts in the order in which they came to
  /// be, so the one before this in the chain is likely the next.
  var saidLast: UInt32 = .max
}

/// What another node last said of one namespace.
struct RemoteCount: Waiting {
  var links = QueueLinks()

  /// The neighbours among the counts of the same node.
  var nodeLinks = QueueLinks()
  var saidAt = Instant.start
  var node = NodeID(.max)
  var namespace: UInt32 = .max

  /// The next count of the same namespace, or of the free list; `.max` for none.
  var next: UInt32 = .max
  var members: UInt64 = 0
  var connections: UInt64 = 0

  var waitsSince: Instant { saidAt }
}
