// Datagrams on their way out: each takes the next number.

extension Membership {
  /// Begins the next datagram of the present round.
  mutating func beginDatagram(_ flags: DatagramEncoder.Flags = []) {
    let flags = isRoundFull ? flags.union(.full) : flags
    encoder.begin(sequence: sequence + 1, round: max(round, 1), wall: wall, flags: flags)
  }

  /// Sends the datagram that was begun, and takes its number.
  mutating func finishDatagram(
    copies: Int = 1, into directives: inout ClusterDirectives
  ) {
    let start = directives.bytes.count
    encoder.finish(into: &directives.bytes)
    let range = directives.appended(since: start)
    for _ in 0..<copies { directives.append(.send(range)) }
    sequence += 1
  }

  /// Puts a node among those who are to be asked to tell all: at once, unless it was asked just now.
  mutating func ask(_ place: UInt32) {
    guard !peers[place].isToBeAsked else { return }
    peers[place].isToBeAsked = true
    toBeAsked.append(place)
    let soonest = peers[place].askedAt.map { max(now, $0 + Self.answerGap) } ?? now
    questionsDue = min(questionsDue, soonest)
  }

  /// Asks those whom it is time to ask.
  mutating func sendQuestions(into directives: inout ClusterDirectives) {
    if asksEverybody {
      asksEverybody = false
      beginDatagram(.asksEverybody)
      finishDatagram(into: &directives)
      for place in peers.live { peers[place].askedAt = now }
    }
    guard questionsDue <= now else { return }
    questionsDue = .never
    beginDatagram()
    var waiting: ContiguousArray<UInt32> = []
    for place in toBeAsked where peers[place].isToBeAsked {
      let soonest = peers[place].askedAt.map { $0 + Self.answerGap } ?? now
      guard soonest <= now else {
        waiting.append(place)
        questionsDue = min(questionsDue, soonest)
        continue
      }
      if !encoder.append(asked: peers[place].session) {
        finishDatagram(into: &directives)
        beginDatagram()
        _ = encoder.append(asked: peers[place].session)
      }
      peers[place].askedAt = now
      peers[place].isToBeAsked = false
    }
    toBeAsked = waiting
    if !encoder.isEmpty { finishDatagram(into: &directives) }
  }
}
