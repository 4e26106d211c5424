// What a node knows of another one.

/// One run of another node.
struct Peer {
  /// Whether the node counts as being there.
  enum Phase {
    /// Heard within the node timeout. Can become `departed`.
    case live

    /// It said goodbye or was not heard for too long. What it says with a number above all that were heard
    /// makes it `live` again. It is remembered, so that it is the same node to the meter then and repeated
    /// datagrams do not revive it.
    case departed
  }

  let session: SessionID

  /// Which of all nodes that were ever heard it is, from 1.
  let serial: UInt64

  /// What the meter calls it; another node may be called so when this one is forgotten.
  let id: NodeID
  var phase = Phase.live
  var address: NodeAddress
  var carrier: Carrier
  var lastHeard: Instant

  /// Whether it is a node of the original, whose datagrams have no numbers.
  var isLegacy: Bool

  /// The numbers of its datagrams and of its events.
  var sequences = SequenceWindow()
  var events = SequenceWindow()
  var assembly = MessageAssembly()

  /// The number of the first datagram of its newest round; 0 before the first.
  var round: UInt64 = 0

  /// That of the round before.
  var formerRound: UInt64 = 0

  /// How many datagrams of the newest round came.
  var received: UInt64 = 0

  /// Whether that round lists all of its counts.
  var isRoundFull = false

  /// Whether something that it said was missed, and not made good since by a full round that came whole.
  var isIncomplete = false

  /// When it was last asked to tell all; nil if never.
  var askedAt: Instant?

  /// Whether it waits among those who are to be asked.
  var isToBeAsked = false

  /// What it said that was not believed since it was last heard.
  var unaccepted: Unaccepted?

  var dropped = DropCounts()

  /// Datagrams that go on though nothing of them is believed, as their numbers are not new.
  struct Unaccepted {
    let since: Instant

    /// The newest round, and how many came of which each was newer than those before.
    var round: UInt64
    var rounds = 1
  }

  /// Takes notice that a datagram of a round has come. The answer is whether the node is to be asked to tell
  /// all. Precondition: the round is at most the datagram's number, which is new.
  mutating func heard(_ number: UInt64, of round: UInt64, isFull: Bool) -> Bool {
    guard round >= self.round else { return false }
    guard round > self.round else {
      received += 1
      return false
    }
    // Its numbers grow by one, and each datagram is of the newest round, so this many were sent.
    let isWhole = self.round > 0 && received == round - self.round
    if !isWhole {
      isIncomplete = true
    } else if isRoundFull {
      isIncomplete = false
    }
    // One that was not known begins with a round that tells all, and nothing of it is missed.
    if self.round == 0, isFull, number == round { isIncomplete = false }
    let hasMissedStart = self.round == 0 && number != round
    formerRound = self.round
    self.round = round
    received = 1
    isRoundFull = isFull
    return isIncomplete && (!isFull || hasMissedStart)
  }

  /// Whether what such a datagram says would be believed at present.
  func accepts(_ number: UInt64, of round: UInt64) -> Bool {
    number > sequences.highest
      || phase == .live && round >= self.round && sequences.verdict(on: number) == .new
  }

  /// Takes notice of a datagram that is not heeded. The answer is whether the numbers that are believed must
  /// be wrong: nothing was heeded for a timeout, and for half of it at least, not just in the moment after
  /// a standstill, there came one newer round after another. What the network holds back is not held back
  /// for that long.
  mutating func isIgnoredWrongly(round: UInt64, at now: Instant, timeout: Duration) -> Bool {
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

  /// Takes all datagrams that were sent up to now for heard, and gives back the memory that is only needed
  /// while the node is there. Of its events those are still taken that were missed.
  mutating func close() {
    sequences.close()
    assembly = MessageAssembly()
  }

  /// Makes ready for a first round, of a node that was gone.
  mutating func begin() {
    phase = .live
    round = 0
    formerRound = 0
    received = 0
    isToBeAsked = false
  }
}
