// Datagrams on their way out: each takes the next number.

extension ClusterNode {
  /// Begins the next datagram of the present round.
  mutating func beginDatagram(_ flags: DatagramEncoder.Flags = []) {
    let flags = isRoundFull ? flags.union(.full) : flags
    encoder.begin(sequence: sequence + 1, round: max(round, 1), wall: wall, flags: flags)
  }

  /// Sends the datagram that was begun, and takes its number.
  mutating func finishDatagram(
    _ reach: ClusterOrders.Reach, copies: Int = 1, into orders: inout ClusterOrders
  ) {
    let start = orders.bytes.count
    encoder.finish(into: &orders.bytes)
    let range = orders.appended(since: start)
    for _ in 0..<copies { orders.append(.send(range, reach)) }
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
  mutating func sendQuestions(into orders: inout ClusterOrders) {
    if asksEverybody {
      asksEverybody = false
      beginDatagram(.asksEverybody)
      finishDatagram(.everyCarrier, into: &orders)
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
        finishDatagram(.everyCarrier, into: &orders)
        beginDatagram()
        _ = encoder.append(asked: peers[place].session)
      }
      peers[place].askedAt = now
      peers[place].isToBeAsked = false
    }
    toBeAsked = waiting
    if !encoder.isEmpty { finishDatagram(.everyCarrier, into: &orders) }
  }
}
