// The state of each connection, namespace, viewer id and report of another node: small structs in
// dense tables, each with the links of the one queue in which it can wait.

/// The state of one connection; 32 bytes.
struct Connection: Waiting {
  /// The stages of a connection's life.
  enum Phase: UInt8 {
    /// Unknown. Can become `pending` or `member` (opened), or `dismissed` (refused).
    case absent
    /// Open and not counted yet. Can become `member` (after its delay), `absent` (closed) or
    /// `dismissed`.
    case pending
    /// Open and counted. Can become `absent` (closed) or `dismissed` (ended).
    case member
    /// Ended or refused by the meter; its close is awaited. Can become `absent` (closed) or any
    /// open stage.
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
    /// Without an audience on any node. Can become `fresh` (opened), `none` (another node's
    /// members) or retire.
    case vacant
  }

  var links = QueueLinks()
  var ordinal: UInt64 = 0
  var createdAt = Instant.start
  var vacantSince = Instant.start
  var queue = Queue.none
  var isTouched = false

  /// The open connections on this node, pending ones included.
  var open: UInt32 = 0

  /// The counted connections on this node.
  var localMembers: UInt32 = 0

  /// The connections that were counted on this node since the creation.
  var localConnections: UInt64 = 0

  /// The first of the chained reports of other nodes; `.max` for none.
  var firstRemote: UInt32 = .max

  /// The first of the chained external counts; `.max` for none.
  var firstExternal: UInt32 = .max

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

  /// Counts an open connection. Returns whether it must be judged and was not touched before.
  @inline(__always)
  mutating func count() -> Bool {
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

  /// Removes a connection. Returns the same as `count`.
  @inline(__always)
  mutating func leave(asMember: Bool) -> Bool {
    open -= 1
    if asMember { localMembers -= 1 }
    return touch()
  }

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

/// The state of one viewer id; 8 bytes.
struct ViewerState {
  /// The stages of a viewer id, with the number that each needs.
  enum Stage {
    /// No connection holds the id and none is remembered. Can become `held`.
    case unknown

    /// An open connection holds the id. Can become `departed` (it closed, and a connection is
    /// remembered) or `unknown`.
    case held(connection: UInt32)

    /// No connection holds the id, and one is remembered. Can become `held` or `unknown`.
    case departed(ticket: UInt32)
  }

  private var connection: UInt32 = .max
  private var number: UInt32 = 0

  /// No connection has this number: the id is unknown, or it is departed.
  private static let unknown = UInt32.max
  private static let departed = UInt32.max - 1

  /// An unknown id.
  init() {}

  /// An id that a connection holds. `remembered` is the newest connection that was excluded for it.
  init(heldBy connection: UInt32, remembered: ConnectionOrdinal) {
    (self.connection, number) = (connection, remembered.number)
  }

  /// An id whose last connection left.
  init(departedWith ticket: UInt32) {
    (connection, number) = (Self.departed, ticket)
  }

  var stage: Stage {
    switch connection {
    case Self.unknown: .unknown
    case Self.departed: .departed(ticket: number)
    case let connection: .held(connection: connection)
    }
  }

  var isUnknown: Bool { connection == Self.unknown }

  /// The number of the connection that holds the id; nil if none does.
  var holder: UInt32? { connection < Self.departed ? connection : nil }

  /// The newest connection that was excluded for the id while it is held; otherwise `.none`.
  var remembered: ConnectionOrdinal {
    connection < Self.departed ? ConnectionOrdinal(number) : .none
  }
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
