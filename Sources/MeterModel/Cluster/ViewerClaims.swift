// The holders of viewer ids. One id holds at most one stream in the whole cluster (§2 rule 8). Each
// stream of an id gets a stamp when it opens. If two nodes accept an id at the same moment, the
// stamps decide which stream stays: the one with the larger stamp, or at equal stamps that of the
// node with the larger session.
//
// A stamp is twice a time, plus one for a stream that opened. It is even for a plain request that
// asked the holder to leave, after which no stream has the id. The time is in UNIX milliseconds,
// and at least one more than any that was received (a hybrid logical clock: Kulkarni et al., 2014),
// so that a node whose clock is slow still stamps later than what it has received.

/// The state of viewer ids: of those that this node holds, and of the latest 65,536 others that
/// another node claimed or whose stream was ended here.
struct ViewerClaims {
  /// The largest number of ids that are remembered although this node does not hold them.
  static let rememberedLimit = 65_536

  /// The largest number of runs of nodes of which a stopped stream is remembered for one id.
  static let stoppedLimit = 32

  /// The holder of a viewer id, as far as it is known.
  enum Claimant: Equatable {
    /// The holder is not known.
    case unknown

    /// There is none: the last one was asked to leave.
    case nobody

    /// There is none: the last one left.
    case left

    /// A stream of this node, with its stamp, which is not 0.
    case this(stamp: UInt64)

    /// A stream of another node, while that node is present, and the number of the event by which
    /// that node claimed the id.
    case peer(serial: UInt64, event: UInt64, place: UInt32)
  }

  /// The state of one viewer id.
  struct Claim: Waiting {
    var links = QueueLinks()
    var waitsSince: Instant

    /// The largest stamp that was received or made here.
    var stamp: UInt64 = 0
    var claimant = Claimant.unknown

    /// The stamp of this node's stream; 0 if there is none.
    var localStamp: UInt64 {
      if case .this(let stamp) = claimant { stamp } else { 0 }
    }

    /// Of each run of a node, the newest stream that was excluded for the id; the run that was
    /// recorded last is the last one.
    private(set) var stopped: ContiguousArray<StoppedStream> = []

    /// The instant when the last of these was excluded or when the last holder left, whichever is
    /// later, as far as it is known.
    var stoppedAt = Instant.start
  }

  private var names: NameTable
  private var claims: ContiguousArray<Claim> = []

  /// The ids that this node holds, in the order in which their streams opened, and the other ids,
  /// in the order in which they were last recorded.
  private var held = DeadlineQueue()
  private var remembered = DeadlineQueue()

  init(hashKey: HashKey) {
    names = NameTable(key: hashKey)
  }

  /// The number of ids that this node holds.
  var heldCount: Int { held.count }

  subscript(number: UInt32) -> Claim {
    get { claims[Int(number)] }
    _modify { yield &claims[Int(number)] }
  }

  /// The number of an id; nil if nothing is known of it.
  func find(_ viewer: Span<UInt8>) -> UInt32? { names.find(viewer) }

  /// The number of an id, which is recorded now and remembered from now on. Nil if the id is empty,
  /// or longer than a name may be.
  mutating func touch(_ viewer: Span<UInt8>, at instant: Instant) -> UInt32? {
    if let number = names.find(viewer) {
      if claims[Int(number)].localStamp == 0 {
        remembered.remove(number, from: &claims)
        claims[Int(number)].waitsSince = instant
        remembered.append(number, in: &claims)
      }
      return number
    }
    guard let number = names.bind(viewer) else { return nil }
    let claim = Claim(waitsSince: instant)
    if Int(number) == claims.count { claims.append(claim) } else { claims[Int(number)] = claim }
    remembered.append(number, in: &claims)
    while remembered.count > Self.rememberedLimit { forget(remembered.head) }
    return number
  }

  /// Makes this node the holder of an id, with a stamp. Precondition: the id was touched at
  /// `instant`.
  mutating func hold(_ number: UInt32, stamp: UInt64, at instant: Instant) {
    unqueue(number)
    claims[Int(number)].stamp = max(stamp, claims[Int(number)].stamp)
    claims[Int(number)].claimant = .this(stamp: stamp)
    claims[Int(number)].waitsSince = instant
    held.append(number, in: &claims)
  }

  /// Records that this node no longer holds the id, so that the holder is not known; nothing
  /// happens if it did not.
  mutating func release(_ number: UInt32, at instant: Instant) {
    guard claims[Int(number)].localStamp != 0 else { return }
    unqueue(number)
    claims[Int(number)].claimant = .unknown
    claims[Int(number)].waitsSince = instant
    remembered.append(number, in: &claims)
  }

  /// Forgets an id. Precondition: this node does not hold it.
  mutating func forget(_ number: UInt32) {
    remembered.remove(number, from: &claims)
    names.unbind(number)
  }

  /// Visits the ids that this node holds and whose streams opened at `instant` or later, the last
  /// first, at most `limit` of them. O(visited)
  func visitHeld(
    since instant: Instant, limit: Int, _ visit: (_ viewer: Span<UInt8>, Claim) -> Void
  ) {
    var (number, visited) = (held.last, 0)
    while number != .max, visited < limit, claims[Int(number)].waitsSince >= instant {
      names.withName(of: number) { visit($0, claims[Int(number)]) }
      number = claims[Int(number)].links.previous
      visited += 1
    }
  }

  private mutating func unqueue(_ number: UInt32) {
    if claims[Int(number)].localStamp == 0 {
      remembered.remove(number, from: &claims)
    } else {
      held.remove(number, from: &claims)
    }
  }
}

extension ViewerClaims.Claim {
  /// Remembers a stream that was excluded for the id.
  mutating func remember(_ stream: StoppedStream, at instant: Instant) {
    stoppedAt = instant
    if let place = stopped.firstIndex(where: { $0.run == stream.run }) {
      guard stream.ordinal.isNewer(than: stopped[place].ordinal) else { return }
      stopped.remove(at: place)
    }
    if stopped.count == ViewerClaims.stoppedLimit { stopped.removeFirst() }
    stopped.append(stream)
  }

  /// Forgets all streams that were excluded for the id.
  mutating func forgetStopped() {
    stopped = []
  }

  /// Whether a stream was excluded for the id, or opened on its node before one that was.
  func stops(_ stream: StoppedStream) -> Bool {
    stopped.contains { $0.run == stream.run && !stream.ordinal.isNewer(than: $0.ordinal) }
  }
}
