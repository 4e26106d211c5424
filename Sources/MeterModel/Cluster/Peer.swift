// The state of another node, as this node knows it.

/// One run of another node; a node that restarts is another peer.
struct Peer {
  /// Whether the node is present.
  enum Phase {
    /// The node was heard within the node timeout. Can become `departed`.
    case live

    /// The node sent a goodbye, or was not heard for the node timeout. A datagram with a number
    /// above all that were received makes it `live` again. It is remembered, so that it keeps its
    /// number in the meter, and repeated datagrams do not revive it.
    case departed
  }

  let session: SessionID

  /// The number of this node among all nodes that were ever heard, from 1.
  let serial: UInt64

  /// The number of the node in the meter. Another node can get it when this one is forgotten.
  let id: NodeID
  var phase = Phase.live
  var address: NodeAddress
  var carrier: Carrier
  var lastHeard: Instant

  /// Whether it is a legacy node, whose datagrams have no numbers.
  var isLegacy: Bool

  /// The numbers of the datagrams and of the events that were received.
  var sequences = SequenceWindow()
  var events = SequenceWindow()
  var assembly = MessageAssembly()

  /// The newest round: the number of its first datagram; 0 before the first.
  var round: UInt64 = 0

  /// The round before the newest; 0 if there is none.
  var formerRound: UInt64 = 0

  /// The number of datagrams of the newest round that were received.
  var received: UInt64 = 0

  /// Whether the newest round lists all counts.
  var isRoundFull = false

  /// Whether a datagram was lost since the last full round that was received completely.
  var isIncomplete = false

  /// The last request for a full round; nil if there was none.
  var askedAt: Instant?

  /// Whether a request for a full round is to be sent.
  var isToBeAsked = false

  /// The datagrams that were ignored because their numbers are not new; nil if none was since the
  /// node was last heard.
  var unaccepted: Unaccepted?

  /// The datagrams of the node that were dropped, and the counts in others that were skipped.
  var dropped = DropCounts()
  var skipped = DropCounts()

  /// A run of datagrams that are ignored because their numbers are not new.
  struct Unaccepted {
    let since: Instant

    /// The newest round of these datagrams, and how often a round was newer than those before.
    var round: UInt64
    var rounds = 1
  }

  /// Records a datagram of a round. Returns whether the node must be asked for a full round.
  /// Precondition: the round is at most the number of the datagram, and the number is new.
  mutating func record(_ number: UInt64, of round: UInt64, isFull: Bool) -> Bool {
    guard round >= self.round else { return false }
    guard round > self.round else {
      received += 1
      return false
    }
    // The numbers grow by one, and each datagram belongs to the newest round, so this is the number
    // of datagrams that were sent.
    let isWhole = self.round > 0 && received == round - self.round
    if !isWhole {
      isIncomplete = true
    } else if isRoundFull {
      isIncomplete = false
    }
    // If a new node begins with a full round, nothing was missed.
    if self.round == 0, isFull, number == round { isIncomplete = false }
    let hasMissedStart = self.round == 0 && number != round
    formerRound = self.round
    self.round = round
    received = 1
    isRoundFull = isFull
    return isIncomplete && (!isFull || hasMissedStart)
  }

  /// Whether the counts of a datagram with this number would be accepted now.
  func accepts(_ number: UInt64, of round: UInt64) -> Bool {
    number > sequences.highest
      || phase == .live && round >= self.round && sequences.verdict(on: number) == .new
  }

  /// Records a datagram that is ignored. Returns whether the accepted numbers must be wrong. They
  /// are wrong if no datagram was accepted for the node timeout, and for at least half of it newer
  /// rounds followed one another. The network does not delay datagrams for that long. After a pause
  /// of this node, old datagrams arrive for a shorter time than that.
  mutating func isWronglyIgnored(round: UInt64, at now: Instant, timeout: Duration) -> Bool {
    let elapsed = now - lastHeard
    if var run = unaccepted, run.since >= lastHeard, now - run.since <= timeout + timeout {
      if round > run.round {
        run.round = round
        run.rounds += 1
      }
      unaccepted = run
    } else {
      unaccepted = Unaccepted(since: now, round: round)
    }
    guard let run = unaccepted, run.rounds >= 3, elapsed > timeout else { return false }
    return now - run.since >= Duration(nanoseconds: timeout.nanoseconds / 2)
  }

  /// Treats all datagrams up to now as received, and frees the memory that is needed only while the
  /// node is present. Events that were missed are still accepted.
  mutating func close() {
    sequences.close()
    assembly = MessageAssembly()
  }

  /// Prepares for the first round of a node that had departed.
  mutating func begin() {
    phase = .live
    round = 0
    formerRound = 0
    received = 0
    isToBeAsked = false
  }
}
