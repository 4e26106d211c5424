// One node of a cluster (§6): what it tells the others and when, whom it knows, and what it makes of what
// arrives. It is pure as the meter is: no clock, no sockets, no randomness. Bytes with instants go in, orders
// come out, and the same go-betweens give the same orders, bit for bit. Who owns the meter owns its node too,
// performs the orders (a datagram to every carrier, an event to the meter) and tells it what happened here.
//
// Counts. Every notify interval a *round*: at least one datagram, numbered, of which each carries the number
// of the round's first. What was said in an earlier round than the newest that was heard is not believed any
// more, so late datagrams cannot bring counts back. While every node heard within the timeout is new, a round
// lists what changed and, in turn, as much of the rest that each count is told twice in a timeout. A receiver
// sees by the numbers, when the next round begins, that something was lost, and asks; who is asked, or is
// heard for the first time, tells everything at once (a *full* round), at most every 200 ms.
//
// Events (messages, viewer ids, streams that ended) have numbers of their own, leave within milliseconds, and
// are told again with a full round while they are young; their number makes them happen once. Nodes that
// had forgotten one another tell which ids opened meanwhile, and so find who holds one twice.
//
// Files: what arrives in +Receiving, rounds in +Rounds, what is sent between them in +Sending, events in
// +Events, viewer ids in +Viewers, `GET /cluster` in +Report.

/// The state machine of a node among others.
package struct Membership {
  /// The least time between two full rounds that were asked for, and between two questions to one node.
  static let answerGap = Duration.milliseconds(200)

  /// How long events wait for others to share a datagram with.
  static let eventDelay = Duration.milliseconds(5)

  /// How many datagrams are sent at once, and the time after which more are, so that a large round floods
  /// neither the caller nor the receivers.
  static let slice = 32
  static let sliceGap = Duration.milliseconds(1)

  /// How many namespaces are looked at at once, where most have nothing to tell.
  static let sliceOfNamespaces = 65_536

  /// Of how many namespaces the meter is told at once what forgotten nodes said.
  static let sliceOfForgotten = 1024

  /// For how long a legacy node counts as a listener after it was heard.
  static let legacyMemory = Duration.seconds(3600)

  /// This run's name.
  package let session: SessionID
  package let settings: ClusterSettings
  let secret: ClusterSecret?

  /// The wall clock at `Instant.start`, UNIX milliseconds.
  var wallStart: UInt64
  var now = Instant.start
  var hasLeft = false

  var peers: PeerTable
  var encoder: DatagramEncoder

  /// The number of the last datagram, and of the first one of the present round; 0 before the first.
  var sequence: UInt64 = 0
  var round: UInt64 = 0
  package internal(set) var isRoundFull = false

  var advertising: Advertising
  var retired = RetiredNames()
  var journal = EventJournal()
  var claims: ViewerClaims

  /// The largest time in a stamp that was made or heard.
  var latestStampTime: UInt64 = 0

  /// When the next regular round is due, a full round that was asked for, the next events, the next
  /// questions; `Instant.never` if none.
  var nextRound = Instant.start
  var answerDue = Instant.start
  var eventsDue = Instant.never
  var questionsDue = Instant.never

  /// When the meter is next told of a node that is forgotten.
  var keepingDue = Instant.start

  /// Before this, no other full round that is asked for begins.
  var nextAnswer = Instant.start

  /// Before this, a question to everybody has no events told again but with the full round.
  var nextRepetition = Instant.start

  /// Whom to ask to tell all: everybody, or those.
  var asksEverybody = true
  var toBeAsked: ContiguousArray<UInt32> = []

  /// When the ids that are held are told again, as nodes are heard that may have missed them; from which open
  /// on; and before when not once more.
  var announcementDue = Instant.never
  var announcedSince: Instant?
  var nextAnnouncement = Instant.start

  /// When a legacy node was last heard; nil if never.
  var legacyHeardAt: Instant?

  var dropped = DropCounts()

  /// What came to pass since the start.
  package internal(set) var figures = ClusterFigures()

  /// A node that has just started at `Instant.start`, when the wall clock showed `wallStart` (UNIX
  /// milliseconds). The hash key hides from strangers which viewer ids collide.
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
    advertising = Advertising(settings: settings)
  }

  /// Does what is due by `instant`: rounds, answers, events, questions. At most a slice of datagrams at once;
  /// `nextDeadline` says when to go on. Precondition: instants never decrease; the names are the meter's.
  package mutating func advance(
    to instant: Instant, meter: borrowing Meter, names: borrowing NameTable,
    into directives: inout ClusterDirectives
  ) {
    takeTime(instant)
    guard !hasLeft else { return }
    if !advertising.isUnderWay, min(nextRound, answerDue) <= now { beginRound(meter) }
    sendQuestions(into: &directives)
    announceHeld()
    keepForgotten(meter, names, into: &directives)
    var datagrams = 0
    if eventsDue <= now { sendEvents(&datagrams, limit: Self.slice * 3 / 4, into: &directives) }
    if advertising.isUnderWay, advertising.nextSlice <= now {
      continueRound(&datagrams, meter: meter, names: names, into: &directives)
    }
  }

  /// When `advance` has something to do next; not after that.
  package var nextDeadline: Instant {
    guard !hasLeft else { return .never }
    let round = advertising.isUnderWay ? advertising.nextSlice : min(nextRound, answerDue)
    let keeping = peers.nextForgotten == nil ? .never : keepingDue
    return min(round, min(eventsDue, questionsDue, announcementDue, keeping))
  }

  /// The wall clock was set: `milliseconds` (UNIX) is what it shows at `instant`.
  package mutating func setWall(_ milliseconds: UInt64, at instant: Instant) {
    takeTime(instant)
    let elapsed = now.nanoseconds / 1_000_000
    let milliseconds = min(milliseconds, ClusterDatagram.maximumNumber / 4)
    wallStart = milliseconds > elapsed ? milliseconds - elapsed : 0
  }

  /// A carrier works again: everybody is asked to tell all, and told all. What happened meanwhile is told before
  /// what happens from now on.
  package mutating func carrierReturned(at instant: Instant) {
    takeTime(instant)
    asksEverybody = true
    isAsked()
    repeatEvents()
  }

  /// Leaves the cluster: what is still to be told of events, and a goodbye, after which nothing is sent.
  package mutating func leave(at instant: Instant, into directives: inout ClusterDirectives) {
    takeTime(instant)
    guard !hasLeft else { return }
    var datagrams = 0
    sendEvents(&datagrams, limit: 1024, into: &directives)
    round = sequence + 1
    isRoundFull = false
    // Twice the same, so that one loss does not hide it.
    beginDatagram(.goodbye)
    finishDatagram(copies: 2, into: &directives)
    hasLeft = true
  }

  /// Whether a legacy node was heard lately. Names that would end it are told to nobody then: it may go on
  /// listening when it has nothing to tell.
  var hearsLegacy: Bool {
    guard let legacyHeardAt else { return false }
    return now - legacyHeardAt <= Self.legacyMemory
  }

  /// How many other nodes are there now.
  package var nodeCount: Int { peers.live.count }

  /// How many datagrams were dropped since the start, and why.
  package var drops: DropCounts { dropped }

  /// The wall clock now, UNIX milliseconds, at most 2⁵³ − 1.
  var wall: UInt64 { min(wallStart + now.nanoseconds / 1_000_000, ClusterDatagram.maximumNumber) }

  /// The instant a node timeout ago; the start if there was none.
  var timeoutAgo: Instant { instant(before: settings.nodeTimeout) }

  /// An instant before now, not before the start.
  func instant(before duration: Duration) -> Instant {
    Instant(nanoseconds: now.nanoseconds - min(now.nanoseconds, duration.nanoseconds))
  }

  mutating func takeTime(_ instant: Instant) {
    invariant(now <= instant, "time went back from \(now) to \(instant)")
    now = instant
  }
}
