// The membership of a node in a cluster (§6). It decides which other nodes are present, which
// datagrams are sent to them and when, and which changes a received datagram makes here. Like the
// meter it is pure: no clock, no sockets, no randomness. Datagrams with instants go in, directives
// come out, and the same inputs give the same directives, bit for bit. The node owns it beside the
// meter, performs its directives (a datagram goes to every carrier, a count to the meter) and
// reports local changes to it.
//
// Counts. Every notify interval has a *round*: one or more datagrams, each with a number of its own
// and the number of the round's first. A count is ignored if a later round of its sender has
// already been received, so late datagrams cannot bring old counts back. While no legacy node was
// heard within the timeout, a round lists the counts that changed within the last eight rounds, and
// a share of the others such that each count is sent twice in a timeout. A node that hears another
// one for the first time asks it for all counts (a *full* round). So does one that has missed a
// datagram, which the numbers of the next round show, and one that hears nothing for longer than an
// interval. It asks again until a full round comes. A node that is asked sends a full round at
// once, at most every 200 ms.
//
// Events (messages, viewer ids, streams that ended) have numbers of their own. They are sent within
// milliseconds, and while they are young again with each full round; the number ensures that each
// takes effect once. Nodes that did not hear each other for a while send the viewer ids that opened
// meanwhile, and so detect an id that two nodes hold.
//
// Files: received datagrams are in +Receiving, rounds in +Rounds, datagrams and requests in
// +Sending, events in +Events, viewer ids in +Viewers, retained messages in +Retained. The report
// for `GET /cluster` is in Node+ClusterReport.

/// The state machine of a node's membership in a cluster.
package struct Membership {
  /// The minimum time between two full rounds that were asked for, and between two requests to one
  /// node.
  static let fullRoundGap = Duration.milliseconds(200)

  /// The time for which an event waits for others to share a datagram with.
  static let eventDelay = Duration.milliseconds(5)

  /// The number of datagrams that are sent at once, and the time until more are sent, so that a
  /// large round floods neither the caller nor the receivers.
  static let slice = 32
  static let sliceGap = Duration.milliseconds(1)

  /// The number of namespaces that are visited at once; most of them may have nothing to send.
  static let sliceOfNamespaces = 65_536

  /// The largest number of datagrams of a goodbye. They list some 400,000 namespaces.
  static let goodbyeLimit = 4096

  /// The number of counts of forgotten nodes that are merged at once.
  static let sliceOfForgotten = 1024

  /// A legacy node may still be listening for this long after it was heard.
  static let legacyMemory = Duration.seconds(3600)

  /// The identity of this run of the node.
  package let session: SessionID

  /// The settings of this node.
  package let settings: ClusterSettings
  let secret: ClusterSecret?

  /// The wall clock at `Instant.start`, in UNIX milliseconds.
  var wallStart: UInt64
  var now = Instant.start
  var hasLeft = false

  var peers: PeerTable
  var encoder: DatagramEncoder

  /// The number of the last datagram, and of the first one of the current round; 0 before the
  /// first.
  var sequence: UInt64 = 0
  var round: UInt64 = 0

  /// Whether the current round lists all counts.
  package internal(set) var isRoundFull = false

  var advertising: Advertising
  var retired = RetiredNames()
  var journal = EventJournal()
  var claims: ViewerClaims

  /// The retained messages, the texts that arrive in parts, and those that are asked for.
  var kept: KeptStamps
  var assembly = MessageAssembly()
  var wanted: ContiguousArray<WantedText> = []
  let hashKey: HashKey

  /// The largest time in a stamp that was made or received, in UNIX milliseconds.
  var latestStampTime: UInt64 = 0

  /// The instants when the next regular round, the next full round on request, the next events and
  /// the next requests are due; `Instant.never` if none is.
  var nextRound = Instant.start
  var fullRoundDue = Instant.start
  var eventsDue = Instant.never
  var requestsDue = Instant.never

  /// The instant when the next requests for retained texts are due; `Instant.never` if none is.
  var wantedDue = Instant.never

  /// The instant when it is examined whether nodes must be asked again; `Instant.never` while no
  /// node with numbers is present.
  var askingDue = Instant.never

  /// The instant when the next counts of a forgotten node are merged.
  var mergingDue = Instant.start

  /// Before this instant no full round on request begins.
  var nextFullRound = Instant.start

  /// Before this instant a request to all nodes does not let events be repeated outside of a full
  /// round.
  var nextRepetition = Instant.start

  /// Whether all nodes are to be asked for a full round, and the places of the single nodes to ask.
  var asksAll = true
  var nodesToAsk: ContiguousArray<UInt32> = []

  /// The viewer ids that this node holds are sent again, because other nodes may have missed them:
  /// the instant at which that is due, the earliest opening of the streams concerned, and the
  /// instant before which it is not due again.
  var announcementDue = Instant.never
  var announcedSince: Instant?
  var nextAnnouncement = Instant.start

  /// The instant when a legacy node was last heard; nil if none was.
  var legacyHeardAt: Instant?

  var dropped = DropCounts()
  var skipped = DropCounts()

  /// The counters since the start.
  package internal(set) var figures = ClusterFigures()

  /// The membership of a node that starts at `Instant.start`, when the wall clock shows `wallStart`
  /// (UNIX milliseconds). The hash key hides from strangers which viewer ids collide.
  package init(
    session: SessionID, settings: ClusterSettings, secret: ClusterSecret?, wallStart: UInt64,
    hashKey: HashKey
  ) {
    self.session = session
    self.settings = settings
    self.secret = secret
    self.wallStart = min(wallStart, ClusterDatagram.maximumNumber / 4)
    peers = PeerTable(settings: settings)
    encoder = DatagramEncoder(session: session, secret: secret)
    claims = ViewerClaims(hashKey: hashKey)
    kept = KeptStamps(hashKey: hashKey)
    self.hashKey = hashKey
    advertising = Advertising(settings: settings)
  }

  /// Performs what is due by `instant`: rounds, full rounds on request, events, requests. At most a
  /// slice of datagrams is sent at once; `nextDeadline` is then the instant of the next.
  /// Preconditions: instants never decrease; the names are those of the meter.
  package mutating func advance(
    to instant: Instant, meter: borrowing Meter, names: borrowing NameTable,
    into directives: inout ClusterDirectives
  ) {
    advanceClock(to: instant)
    guard !hasLeft else { return }
    if !advertising.isUnderWay, min(nextRound, fullRoundDue) <= now { beginRound(meter) }
    askAgain()
    sendRequests(into: &directives)
    sendWanted(into: &directives)
    announceHeld()
    mergeForgotten(meter, names, into: &directives)
    var datagrams = 0
    if eventsDue <= now { sendEvents(&datagrams, limit: Self.slice * 3 / 4, into: &directives) }
    if advertising.isUnderWay, advertising.nextSlice <= now {
      continueRound(&datagrams, meter: meter, names: names, into: &directives)
    }
  }

  /// The instant when `advance` must be called next; `Instant.never` after `leave`.
  package var nextDeadline: Instant {
    guard !hasLeft else { return .never }
    let round = advertising.isUnderWay ? advertising.nextSlice : min(nextRound, fullRoundDue)
    let merging = peers.nextForgotten == nil ? .never : mergingDue
    let requests = min(requestsDue, askingDue, wantedDue)
    return min(round, min(eventsDue, requests, announcementDue, merging))
  }

  /// Records that the wall clock shows `milliseconds` (UNIX) at `instant`; it may have been set.
  package mutating func setWall(_ milliseconds: UInt64, at instant: Instant) {
    advanceClock(to: instant)
    let elapsed = now.nanoseconds / 1_000_000
    let milliseconds = min(milliseconds, ClusterDatagram.maximumNumber / 4)
    wallStart = milliseconds > elapsed ? milliseconds - elapsed : 0
  }

  /// Records that a carrier works again after a failure. All nodes are asked for a full round and
  /// are sent one. Earlier events are repeated before new ones are sent.
  package mutating func carrierReturned(at instant: Instant) {
    advanceClock(to: instant)
    asksAll = true
    scheduleFullRound()
    repeatEvents()
  }

  /// Leaves the cluster: sends the waiting events and a goodbye. Nothing is sent after that.
  /// Precondition: the names are those of the meter.
  package mutating func leave(
    at instant: Instant, names: borrowing NameTable, into directives: inout ClusterDirectives
  ) {
    advanceClock(to: instant)
    guard !hasLeft else { return }
    var datagrams = 0
    sendEvents(&datagrams, limit: 1024, into: &directives)
    sendGoodbye(names, into: &directives)
    hasLeft = true
  }

  /// Whether a legacy node was heard lately. If so, names that are unsafe for legacy nodes are not
  /// sent at all: a legacy node may listen while it sends nothing.
  var hasHeardLegacy: Bool {
    guard let legacyHeardAt else { return false }
    return now - legacyHeardAt <= Self.legacyMemory
  }

  /// The number of other nodes that are present.
  package var nodeCount: Int { peers.live.count }

  /// The number of dropped datagrams since the start, by reason.
  package var drops: DropCounts { dropped }

  /// The number of skipped counts of legacy nodes since the start, by reason.
  package var skips: DropCounts { skipped }

  /// The wall clock now, in UNIX milliseconds, at most 2⁵³ − 1.
  var wall: UInt64 { min(wallStart + now.nanoseconds / 1_000_000, ClusterDatagram.maximumNumber) }

  /// The instant one node timeout ago; the start if that is later.
  var timeoutAgo: Instant { instant(before: settings.nodeTimeout) }

  /// The instant a duration before now; the start if that is later.
  func instant(before duration: Duration) -> Instant {
    Instant(nanoseconds: now.nanoseconds - min(now.nanoseconds, duration.nanoseconds))
  }

  mutating func advanceClock(to instant: Instant) {
    invariant(now <= instant, "time went back from \(now) to \(instant)")
    now = instant
  }
}
