// What arrives: whether it is believed, whom it is from, what was missed before it, and what it means.

extension Membership {
  /// Takes in a datagram, whatever its bytes are.
  package mutating func receive(
    _ bytes: Span<UInt8>, from source: NodeAddress, over carrier: Carrier, at instant: Instant,
    into directives: inout ClusterDirectives
  ) {
    takeTime(instant)
    guard !hasLeft else { return }
    let datagram: ClusterDatagram
    switch ClusterDatagram.decode(bytes) {
    case .success(let decoded): datagram = decoded
    case .failure(let fault): return dropped.add(fault)
    }
    // What this node sent comes back over multicast and over Redis.
    guard datagram.session != session else { return }
    if let fault = distrust(datagram, bytes) { return drop(datagram, fault) }
    if secret == nil, doubts(datagram) { return drop(datagram, .badNumber) }
    guard let place = place(of: datagram, from: source, over: carrier) else { return }
    if peers[place].isLegacy { legacyHeardAt = now }
    var isNewest = true
    if let number = datagram.sequence {
      isNewest = number > peers[place].sequences.highest
      let verdict = peers[place].sequences.admit(number)
      guard verdict == .new else {
        return takeDuplicate(datagram, verdict, over: carrier, from: place)
      }
    }
    take(datagram, bytes, isNewest, from: place, source, carrier, into: &directives)
  }

  /// Takes in what a known node says for the first time.
  private mutating func take(
    _ datagram: ClusterDatagram, _ bytes: Span<UInt8>, _ isNewest: Bool, from place: UInt32,
    _ source: NodeAddress, _ carrier: Carrier, into directives: inout ClusterDirectives
  ) {
    if let wall = datagram.wall { heardTime(wall) }
    var isCurrent = true
    if let number = datagram.sequence {
      let round = datagram.round ?? number
      isCurrent = peers[place].phase == .live && round >= peers[place].round
      if isCurrent, peers[place].heard(number, of: round, isFull: datagram.isFull) { ask(place) }
    }
    if secret == nil { doubtEvents(of: datagram, isNewest, from: place) }
    takeEvents(of: datagram, bytes, from: place, into: &directives)
    if let asked = datagram.asked, datagram.asks(session) { isAsked(isReturn: asked.isEmpty) }
    guard isCurrent else { return }
    peers[place].lastHeard = now
    peers[place].address = source
    peers[place].carrier = carrier
    guard !datagram.isGoodbye else {
      directives.append(.bye(peers[place].id))
      return peers.depart(place, saysGoodbye: true)
    }
    for count in datagram.counts { takeCount(count, bytes, from: place, into: &directives) }
  }

  private mutating func takeCount(
    _ count: ClusterDatagram.Count, _ bytes: Span<UInt8>, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    let name = directives.copy(bytes.extracting(count.name.bounds))
    directives.append(
      .peer(peers[place].id, name: name, members: count.members, connections: count.connections))
  }

  /// Counts a datagram whose number was seen before.
  private mutating func takeDuplicate(
    _ datagram: ClusterDatagram, _ verdict: SequenceWindow.Verdict, over carrier: Carrier,
    from place: UInt32
  ) {
    if verdict == .seen, secret == nil || isSecondCopy(datagram, over: carrier, of: place) {
      figures.duplicates += 1
    } else {
      drop(datagram, .replayed)
    }
  }

  /// Whether what comes again is just what the network brings more than once (a goodbye is sent twice, two
  /// carriers bring everything twice), and nothing that somebody has kept: it is of the sender's newest
  /// round; of the one before if it took another carrier, which may be the slower one.
  private func isSecondCopy(
    _ datagram: ClusterDatagram, over carrier: Carrier, of place: UInt32
  ) -> Bool {
    guard let round = datagram.round ?? datagram.sequence, peers[place].round > 0 else {
      return false
    }
    let isDetour = carrier != peers[place].carrier
    return round >= (isDetour ? peers[place].formerRound : peers[place].round)
  }

  /// Why the sender of a datagram is not believed; nil if it is.
  private func distrust(_ datagram: ClusterDatagram, _ bytes: Span<UInt8>) -> DatagramFault? {
    if let number = datagram.sequence, (datagram.round ?? number) > number { return .badNumber }
    guard let secret else { return nil }
    guard let macStart = datagram.macStart, datagram.sequence != nil, let wall = datagram.wall,
      secret.authenticates(bytes, macStart: macStart)
    else { return .unauthenticated }
    let distance = wall > self.wall ? wall - self.wall : self.wall - wall
    return distance > settings.nodeTimeout.nanoseconds / 1_000_000 ? .late : nil
  }

  /// Without a secret any datagram may be damaged or somebody else's, and must not make all the others old.
  /// Whether this one's number is so far above the others that another near it is waited for. And if the
  /// numbers that are believed have been wrong, all that is remembered of them is forgotten.
  private mutating func doubts(_ datagram: ClusterDatagram) -> Bool {
    guard let place = peers.place(of: datagram.session), let number = datagram.sequence,
      peers[place].sequences.highest > 0
    else { return false }
    if number > peers[place].sequences.highest {
      guard peers[place].sequences.doubts(number, again: false) else { return false }
      ask(place)
      return true
    }
    let round = datagram.round ?? number
    guard !datagram.isGoodbye, !peers[place].accepts(number, of: round),
      peers[place].isIgnoredWrongly(round: round, at: now, timeout: settings.nodeTimeout)
    else { return false }
    if peers[place].phase == .live { peers.depart(place, saysGoodbye: false) }
    peers[place].sequences = SequenceWindow()
    return false
  }

  mutating func drop(_ datagram: ClusterDatagram, _ fault: DatagramFault) {
    dropped.add(fault)
    if let place = peers.place(of: datagram.session) { peers[place].dropped.add(fault) }
  }

  /// The node that a datagram is from, which is there from now on; nil, and the datagram dropped, if it cannot
  /// be: there are too many, or what it says was said before it departed.
  private mutating func place(
    of datagram: ClusterDatagram, from source: NodeAddress, over carrier: Carrier
  ) -> UInt32? {
    guard let place = peers.place(of: datagram.session) else {
      guard hasRoom(for: datagram, isNew: true), !datagram.isGoodbye else { return nil }
      if let number = datagram.sequence, number > 1 { announce(since: .start) }
      return peers.add(
        datagram.session, isLegacy: datagram.sequence == nil, from: source, over: carrier, at: now)
    }
    // A new node does not become an original one; who says so is somebody else. Or it is one, and somebody
    // else spoke with numbers for it; but then no others follow.
    guard peers[place].isLegacy || datagram.sequence != nil || peers[place].lastHeard < timeoutAgo
    else {
      drop(datagram, .replayed)
      return nil
    }
    if peers[place].phase == .live, peers[place].lastHeard < timeoutAgo {
      peers.depart(place, saysGoodbye: false)
    }
    guard peers[place].phase == .departed else {
      if datagram.sequence != nil { peers[place].isLegacy = false }
      return place
    }
    // Whatever it sent before it left has the lower number. Its counts are over; a message is not.
    if let number = datagram.sequence, number <= peers[place].sequences.highest { return place }
    guard !datagram.isGoodbye else {
      // What it sent just before, and what comes after it, does not bring it back either.
      if let number = datagram.sequence {
        peers[place].sequences.admit(number)
        _ = peers[place].heard(number, of: datagram.round ?? number, isFull: false)
      }
      return nil
    }
    guard hasRoom(for: datagram) else { return nil }
    let lastHeard = peers[place].lastHeard
    let missedFrom =
      lastHeard.nanoseconds
      - min(
        lastHeard.nanoseconds, settings.memory.nanoseconds)
    announce(since: Instant(nanoseconds: missedFrom))
    peers[place].isLegacy = datagram.sequence == nil
    peers[place].lastHeard = now
    peers.revive(place)
    figures.returns += 1
    return place
  }

  /// A new node needs a number too.
  private mutating func hasRoom(for datagram: ClusterDatagram, isNew: Bool = false) -> Bool {
    if peers.live.count >= settings.maximumNodes { peers.departSilent(since: timeoutAgo) }
    guard peers.live.count >= settings.maximumNodes || isNew && peers.isFullOfForgotten else {
      return true
    }
    drop(datagram, .tooManyNodes)
    return false
  }
}
