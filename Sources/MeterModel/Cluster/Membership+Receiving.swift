// Received datagrams: their acceptance, their sender, the losses before them, and their contents.

extension Membership {
  /// Processes a datagram of any content.
  package mutating func receive(
    _ bytes: Span<UInt8>, from source: NodeAddress, over carrier: Carrier, at instant: Instant,
    into directives: inout ClusterDirectives
  ) {
    advanceClock(to: instant)
    guard !hasLeft else { return }
    let datagram: ClusterDatagram
    switch ClusterDatagram.decode(bytes) {
    case .success(let decoded): datagram = decoded
    case .failure(let fault): return dropped.add(fault)
    }
    // Multicast and Redis deliver this node's own datagrams too.
    guard datagram.session != session else { return }
    if let fault = authenticationFault(of: datagram, bytes) { return drop(datagram, fault) }
    if secret == nil, mustIgnore(datagram) { return drop(datagram, .badNumber) }
    guard let place = place(of: datagram, from: source, over: carrier) else { return }
    if peers[place].isLegacy { legacyHeardAt = now }
    var isNewest = true
    if let number = datagram.sequence {
      isNewest = number > peers[place].sequences.highest
      let verdict = peers[place].sequences.admit(number)
      guard verdict == .new else {
        return countDuplicate(datagram, verdict, over: carrier, from: place)
      }
    }
    accept(datagram, bytes, isNewest, from: place, source, carrier, into: &directives)
  }

  /// Processes a datagram that was received for the first time.
  private mutating func accept(
    _ datagram: ClusterDatagram, _ bytes: Span<UInt8>, _ isNewest: Bool, from place: UInt32,
    _ source: NodeAddress, _ carrier: Carrier, into directives: inout ClusterDirectives
  ) {
    if let wall = datagram.wall { observeTime(wall) }
    var isCurrent = true
    if let number = datagram.sequence {
      let round = datagram.round ?? number
      isCurrent = peers[place].phase == .live && round >= peers[place].round
      if isCurrent, peers[place].record(number, of: round, isFull: datagram.isFull) {
        requestFullRound(from: place)
      }
    }
    if secret == nil { quarantineEvents(of: datagram, isNewest, from: place) }
    receiveEvents(of: datagram, bytes, from: place, into: &directives)
    if let asked = datagram.asked, datagram.asks(session) {
      scheduleFullRound(repeatsEvents: asked.isEmpty)
    }
    guard isCurrent else { return }
    peers[place].lastHeard = now
    peers[place].address = source
    peers[place].carrier = carrier
    guard !datagram.isGoodbye else {
      directives.append(.bye(peers[place].id))
      return peers.depart(place, saysGoodbye: true)
    }
    for count in datagram.counts { directCount(count, bytes, from: place, into: &directives) }
    for fault in datagram.skipped {
      skipped.add(fault)
      peers[place].skipped.add(fault)
    }
  }

  private mutating func directCount(
    _ count: ClusterDatagram.Count, _ bytes: Span<UInt8>, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    let name = directives.copy(bytes.extracting(count.name.bounds))
    directives.append(
      .peer(peers[place].id, name: name, members: count.members, connections: count.connections))
  }

  /// Counts a datagram whose number was received before.
  private mutating func countDuplicate(
    _ datagram: ClusterDatagram, _ verdict: SequenceWindow.Verdict, over carrier: Carrier,
    from place: UInt32
  ) {
    if verdict == .seen, secret == nil || isSecondCopy(datagram, over: carrier, of: place) {
      figures.duplicates += 1
    } else {
      drop(datagram, .replayed)
    }
  }

  /// Whether a repeated datagram is a second copy from the network, and not a recording that an
  /// attacker sends. Second copies are normal: a goodbye is sent twice, and each of two carriers
  /// delivers everything. A copy is of the newest round of its sender, or, over another carrier,
  /// which may be slower, of the round before.
  private func isSecondCopy(
    _ datagram: ClusterDatagram, over carrier: Carrier, of place: UInt32
  ) -> Bool {
    guard let round = datagram.round ?? datagram.sequence, peers[place].round > 0 else {
      return false
    }
    let isDetour = carrier != peers[place].carrier
    return round >= (isDetour ? peers[place].formerRound : peers[place].round)
  }

  /// The reason why a datagram is not authentic; nil if it is.
  private func authenticationFault(
    of datagram: ClusterDatagram, _ bytes: Span<UInt8>
  ) -> DatagramFault? {
    if let number = datagram.sequence, (datagram.round ?? number) > number { return .badNumber }
    guard let secret else { return nil }
    guard let macStart = datagram.macStart, datagram.sequence != nil, let wall = datagram.wall,
      secret.authenticates(bytes, macStart: macStart)
    else { return .unauthenticated }
    let distance = wall > self.wall ? wall - self.wall : self.wall - wall
    return distance > settings.nodeTimeout.nanoseconds / 1_000_000 ? .late : nil
  }

  /// Returns whether a datagram must be ignored because its number is too far above the others.
  /// Without a secret any datagram may be damaged or forged; its number must not make the numbers
  /// of all later datagrams too old. If the accepted numbers turn out to be wrong, they are
  /// forgotten.
  private mutating func mustIgnore(_ datagram: ClusterDatagram) -> Bool {
    guard let place = peers.place(of: datagram.session), let number = datagram.sequence,
      peers[place].sequences.highest > 0
    else { return false }
    if number > peers[place].sequences.highest {
      guard peers[place].sequences.quarantines(number, again: false) else { return false }
      requestFullRound(from: place)
      return true
    }
    let round = datagram.round ?? number
    guard !datagram.isGoodbye, !peers[place].accepts(number, of: round),
      peers[place].isWronglyIgnored(round: round, at: now, timeout: settings.nodeTimeout)
    else { return false }
    if peers[place].phase == .live { peers.depart(place, saysGoodbye: false) }
    peers[place].sequences = SequenceWindow()
    return false
  }

  mutating func drop(_ datagram: ClusterDatagram, _ fault: DatagramFault) {
    dropped.add(fault)
    if let place = peers.place(of: datagram.session) { peers[place].dropped.add(fault) }
  }

  /// The place of the node that sent a datagram. The node is present from now on, unless it has
  /// departed and the datagram was sent before that. Nil if the datagram is not to be processed:
  /// there are too many nodes, it has no number although its node uses numbers, or it is a goodbye
  /// of a node that is not present.
  private mutating func place(
    of datagram: ClusterDatagram, from source: NodeAddress, over carrier: Carrier
  ) -> UInt32? {
    guard let place = peers.place(of: datagram.session) else {
      guard hasRoom(for: datagram, isNew: true), !datagram.isGoodbye else { return nil }
      if let number = datagram.sequence, number > 1 { scheduleAnnouncement(since: .start) }
      askingDue = min(askingDue, now + settings.interval)
      return peers.add(
        datagram.session, isLegacy: datagram.sequence == nil, from: source, over: carrier, at: now)
    }
    // A node with numbers does not become a legacy node, so a datagram without a number is normally
    // forged. It is accepted only if no datagram of the node was accepted within the timeout: then
    // the node may be a legacy node in whose name a datagram with a number was forged.
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
    // A datagram that the node sent before it departed has a lower number. Its counts are ignored;
    // its messages are delivered.
    if let number = datagram.sequence, number <= peers[place].sequences.highest { return place }
    guard !datagram.isGoodbye else {
      // A datagram that the node sent before the goodbye and that arrives later must not revive it.
      if let number = datagram.sequence {
        peers[place].sequences.admit(number)
        _ = peers[place].record(number, of: datagram.round ?? number, isFull: false)
      }
      return nil
    }
    guard hasRoom(for: datagram) else { return nil }
    let lastHeard = peers[place].lastHeard
    let missedFrom =
      lastHeard.nanoseconds
      - min(
        lastHeard.nanoseconds, settings.memory.nanoseconds)
    scheduleAnnouncement(since: Instant(nanoseconds: missedFrom))
    peers[place].isLegacy = datagram.sequence == nil
    peers[place].lastHeard = now
    peers.revive(place)
    askingDue = min(askingDue, now + settings.interval)
    figures.returns += 1
    return place
  }

  /// Whether a node can become present. A new node also needs a number.
  private mutating func hasRoom(for datagram: ClusterDatagram, isNew: Bool = false) -> Bool {
    if peers.live.count >= settings.maximumNodes { peers.departSilent(since: timeoutAgo) }
    guard peers.live.count >= settings.maximumNodes || isNew && peers.isFullOfForgotten else {
      return true
    }
    drop(datagram, .tooManyNodes)
    return false
  }
}
