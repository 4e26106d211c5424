// Who has a viewer id. One id holds at most one stream in the whole cluster (§2.8), and each stream of an id
// is stamped when it opens, so that of two nodes that let an id in at the same moment both know which stays:
// the one with the larger stamp, or at equal stamps that of the larger session.
//
// A stamp is twice a time, plus one where a stream opened; it is even where a plain request asked the holder
// to leave, so that nobody holds the id then. The time is in UNIX milliseconds, but never less than one more
// than any that was heard (a hybrid logical clock: Kulkarni et al., 2014), so that a node whose clock is slow
// stamps later than what it has heard of all the same.

/// What is known of viewer ids: those that this node holds, and the latest 65,536 that others took or that
/// were ended here.
struct ViewerClaims {
  /// How many ids are remembered that this node does not hold.
  static let rememberedLimit = 65_536

  /// Who is known to have an id.
  enum Claimant: Equatable {
    /// It is not known.
    case unknown

    /// Nobody: it was asked to leave, or left.
    case nobody

    /// This node.
    case this

    /// Another node, while it is there.
    case peer(serial: UInt64, place: UInt32)
  }

  /// One viewer id.
  struct Claim: Waiting {
    var links = QueueLinks()
    var waitsSince: Instant

    /// The stamp of this node's stream; 0 if it has none.
    var localStamp: UInt64 = 0

    /// The largest stamp that was heard, this node's own too.
    var stamp: UInt64 = 0
    var claimant = Claimant.unknown

    /// The id of the stream that the claimant excluded; empty if that is not known.
    var stopped: ContiguousArray<UInt8> = []
    var stoppedAt = Instant.start
  }

  private var names: NameTable
  private var claims: ContiguousArray<Claim> = []

  /// The ids that this node holds, in the order in which their streams opened, and those that it does not, in
  /// the order in which they were last heard of.
  private var held = DeadlineQueue()
  private var remembered = DeadlineQueue()

  init(hashKey: HashKey) {
    names = NameTable(key: hashKey)
  }

  /// How many ids this node holds.
  var heldCount: Int { held.count }

  subscript(number: UInt32) -> Claim {
    get { claims[Int(number)] }
    _modify { yield &claims[Int(number)] }
  }

  /// The number of an id, if something is known of it.
  func find(_ viewer: Span<UInt8>) -> UInt32? { names.find(viewer) }

  /// The number of an id, which is remembered now if it was not, as heard of just now. Nil if the id is
  /// empty, or longer than a name may be.
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

  /// This node holds the id from now on, with a stamp. Precondition: the id was touched at `instant`.
  mutating func hold(_ number: UInt32, stamp: UInt64, at instant: Instant) {
    unqueue(number)
    claims[Int(number)].localStamp = stamp
    claims[Int(number)].stamp = max(stamp, claims[Int(number)].stamp)
    claims[Int(number)].claimant = .this
    claims[Int(number)].waitsSince = instant
    held.append(number, in: &claims)
  }

  /// This node does not hold the id any more; nothing happens if it did not.
  mutating func release(_ number: UInt32, at instant: Instant) {
    guard claims[Int(number)].localStamp != 0 else { return }
    unqueue(number)
    claims[Int(number)].localStamp = 0
    claims[Int(number)].waitsSince = instant
    remembered.append(number, in: &claims)
  }

  /// Forgets an id that this node does not hold.
  mutating func forget(_ number: UInt32) {
    remembered.remove(number, from: &claims)
    names.unbind(number)
  }

  /// Visits the ids that this node holds and that opened at `instant` or later, the last first, at most
  /// `limit` of them. O(visited)
  func visitHeld(
    since instant: Instant, limit: Int, _ visit: (_ viewer: Span<UInt8>, _ stamp: UInt64) -> Void
  ) {
    var (number, visited) = (held.last, 0)
    while number != .max, visited < limit, claims[Int(number)].waitsSince >= instant {
      names.withName(of: number) { visit($0, claims[Int(number)].localStamp) }
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
