// Datagrams that are sent, and requests for full rounds.

extension Membership {
  /// Begins the next datagram of the current round.
  mutating func beginDatagram(_ flags: DatagramEncoder.Flags = []) {
    let flags = isRoundFull ? flags.union(.full) : flags
    encoder.begin(sequence: sequence + 1, round: max(round, 1), wall: wall, flags: flags)
  }

  /// Sends the datagram that was begun. It gets the next number.
  mutating func finishDatagram(
    copies: Int = 1, into directives: inout ClusterDirectives
  ) {
    let start = directives.bytes.count
    encoder.finish(into: &directives.bytes)
    let range = directives.appended(since: start)
    for _ in 0..<copies { directives.append(.send(range)) }
    sequence += 1
  }

  /// Requests a full round again from each node of which something is missing: a datagram was lost,
  /// and no full round is arriving; or none came for longer than an interval, in which each node
  /// sends at least one. O(nodes)
  mutating func askAgain() {
    guard askingDue <= now else { return }
    askingDue = .never
    let silence = settings.interval + Duration(nanoseconds: settings.interval.nanoseconds / 4)
    for place in peers.live where !peers[place].isLegacy {
      let silentAt = peers[place].lastHeard + silence
      let isMissing = peers[place].isIncomplete && !peers[place].isRoundFull
      if isMissing || silentAt <= now {
        requestFullRound(from: place)
      } else {
        askingDue = min(askingDue, silentAt)
      }
    }
  }

  /// Requests a full round from a node: at once, or `fullRoundGap` after the last request to it.
  /// The need of another request is examined a while later.
  mutating func requestFullRound(from place: UInt32) {
    askingDue = min(askingDue, now + settings.requestGap)
    guard !peers[place].isToBeAsked else { return }
    peers[place].isToBeAsked = true
    nodesToAsk.append(place)
    let soonest = peers[place].askedAt.map { max(now, $0 + Self.fullRoundGap) } ?? now
    requestsDue = min(requestsDue, soonest)
  }

  /// Sends the requests that are due.
  mutating func sendRequests(into directives: inout ClusterDirectives) {
    if asksAll {
      asksAll = false
      beginDatagram(.asksEverybody)
      finishDatagram(into: &directives)
      for place in peers.live { peers[place].askedAt = now }
    }
    guard requestsDue <= now else { return }
    requestsDue = .never
    beginDatagram()
    var waiting: ContiguousArray<UInt32> = []
    for place in nodesToAsk where peers[place].isToBeAsked {
      let soonest = peers[place].askedAt.map { $0 + Self.fullRoundGap } ?? now
      guard soonest <= now else {
        waiting.append(place)
        requestsDue = min(requestsDue, soonest)
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
    nodesToAsk = waiting
    if !encoder.isEmpty { finishDatagram(into: &directives) }
  }
}
