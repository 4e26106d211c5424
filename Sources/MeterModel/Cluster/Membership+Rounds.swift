// Rounds: the counts of this node are sent every notify interval, and on request.

extension Membership {
  /// Records that the meter retires a namespace, whose number becomes free; its zero is still sent.
  /// Precondition: the name is still bound.
  package mutating func retired(_ namespace: NamespaceID, name: Span<UInt8>) {
    forgetKept(in: name)
    guard let former = advertising.retire(namespace, at: now) else { return }
    retired.add(name, connections: former.connections, until: former.until)
  }

  /// Schedules a full round on request. A node that asks all nodes has just started or was
  /// separated: the events that it missed are repeated before new ones are sent, although the full
  /// round may have to wait.
  mutating func scheduleFullRound(repeatsEvents: Bool = false) {
    if fullRoundDue == .never { fullRoundDue = max(now, nextFullRound) }
    guard repeatsEvents, nextRepetition <= now else { return }
    nextRepetition = now + Self.fullRoundGap
    repeatEvents()
  }

  /// Merges the counts of forgotten nodes. Their connections, which the totals keep, are moved to
  /// one number for all forgotten nodes, so that their own numbers become free. Only a slice of one
  /// node is merged at once, because the meter must apply a slice before the next one is made.
  mutating func mergeForgotten(
    _ meter: borrowing Meter, _ names: borrowing NameTable, into directives: inout ClusterDirectives
  ) {
    guard mergingDue <= now else { return }
    while let node = peers.nextForgotten {
      var kept: ContiguousArray<(namespace: NamespaceID, connections: UInt64)> = []
      meter.visitCounts(of: node, limit: Self.sliceOfForgotten) { kept.append(($0, $1)) }
      guard !kept.isEmpty else {
        peers.releaseForgotten()
        continue
      }
      mergingDue = now + Self.sliceGap
      let tombstone = peers.makeTombstone()
      for (namespace, connections) in kept {
        let (sum, overflows) = connections.addingReportingOverflow(
          meter.connections(of: tombstone, in: namespace))
        let start = directives.bytes.count
        names.withName(of: namespace.number) { directives.bytes.append($0) }
        let name = directives.appended(since: start)
        directives.append(.peer(node, name: name, members: 0, connections: 0))
        guard sum > 0 else { continue }
        let maximum = Configuration.maximumCount
        directives.append(
          .peer(
            tombstone, name: name, members: 0, connections: overflows ? maximum : min(sum, maximum))
        )
      }
      return
    }
  }

  mutating func beginRound(_ meter: borrowing Meter) {
    peers.departSilent(since: timeoutAgo)
    retired.forget(at: now)
    journal.forget(since: instant(before: settings.memory))
    isRoundFull = fullRoundDue <= now
    if isRoundFull {
      fullRoundDue = .never
      // A large round takes some time. The next one begins after the same time once more.
      let length = UInt64(advertising.previousDatagrams) / UInt64(Self.slice)
      nextFullRound = now + Self.fullRoundGap + Duration.milliseconds(2 * length)
      repeatEvents()
    }
    if nextRound <= now {
      let late = (now - nextRound).nanoseconds / settings.interval.nanoseconds
      nextRound = nextRound + Duration(nanoseconds: (late + 1) * settings.interval.nanoseconds)
    }
    let hasLegacyPeer = peers.live.contains { peers[$0].isLegacy }
    advertising.begin(listsAll: isRoundFull || hasLegacyPeer, at: now)
    round = sequence + 1
  }

  /// Sends a slice of the round. The last datagram of the slice is sent even if it is not full.
  mutating func continueRound(
    _ datagrams: inout Int, meter: borrowing Meter, names: borrowing NameTable,
    into directives: inout ClusterDirectives
  ) {
    let started = datagrams
    beginDatagram()
    let end = min(meter.namespaceNumbersEnd, advertising.cursor + Self.sliceOfNamespaces)
    while datagrams < Self.slice, advertising.cursor < end {
      let number = advertising.cursor
      advertising.cursor += 1
      guard let counts = advertising.next(number, of: meter, at: now) else { continue }
      if append(number, counts, names) { continue }
      finishDatagram(into: &directives)
      datagrams += 1
      beginDatagram()
      _ = append(number, counts, names)
    }
    while datagrams < Self.slice, advertising.cursor >= meter.namespaceNumbersEnd,
      advertising.retiredCursor < retired.count
    {
      let entry = retired[advertising.retiredCursor]
      advertising.retiredCursor += 1
      guard let connections = zero(of: entry, meter, names) else { continue }
      figures.retiredZeros += 1
      if append(entry.name.span, (0, connections)) { continue }
      finishDatagram(into: &directives)
      datagrams += 1
      beginDatagram()
      _ = append(entry.name.span, (0, connections))
    }
    let listsKept =
      advertising.cursor >= meter.namespaceNumbersEnd
      && advertising.retiredCursor >= retired.count
    if listsKept { listKept(&datagrams, into: &directives) }
    let isOver = listsKept && advertising.keptCursor >= kept.numbersEnd
    if !encoder.isEmpty || (isOver && advertising.datagrams + datagrams - started == 0) {
      finishDatagram(into: &directives)
      datagrams += 1
    }
    advertising.datagrams += datagrams - started
    guard isOver else {
      advertising.nextSlice = now + Self.sliceGap
      return
    }
    figures.unchangedLeftOut += advertising.leftOut
    advertising.end()
  }

  /// Sends the goodbye, each of its datagrams twice, so that the loss of one does not hide it.
  /// Other nodes act on the first that they receive. Legacy nodes do not know goodbyes. If one was
  /// heard lately, the goodbye lists a count of zero for each that other nodes may hold.
  mutating func sendGoodbye(
    _ names: borrowing NameTable, into directives: inout ClusterDirectives
  ) {
    isRoundFull = false
    round = sequence + 1
    beginDatagram(.goodbye)
    if hasHeardLegacy { appendLastZeros(names, into: &directives) }
    finishDatagram(copies: 2, into: &directives)
  }

  /// Appends the zeros to the goodbye. Sends the datagrams that are full, as long as they are fewer
  /// than `goodbyeLimit`.
  private mutating func appendLastZeros(
    _ names: borrowing NameTable, into directives: inout ClusterDirectives
  ) {
    var datagrams = 1
    for number in 0..<advertising.count {
      guard let connections = advertising.connectionsHeldElsewhere(number, at: now) else {
        continue
      }
      if append(number, (0, connections), names) { continue }
      guard continueGoodbye(&datagrams, into: &directives) else { return }
      _ = append(number, (0, connections), names)
    }
    retired.forget(at: now)
    for place in 0..<retired.count {
      let entry = retired[place]
      if append(entry.name.span, (0, entry.connections)) { continue }
      guard continueGoodbye(&datagrams, into: &directives) else { return }
      _ = append(entry.name.span, (0, entry.connections))
    }
  }

  /// Sends the full datagram of the goodbye and begins the next one. Returns false at the limit.
  private mutating func continueGoodbye(
    _ datagrams: inout Int, into directives: inout ClusterDirectives
  ) -> Bool {
    guard datagrams < Self.goodbyeLimit else { return false }
    finishDatagram(copies: 2, into: &directives)
    datagrams += 1
    beginDatagram(.goodbye)
    return true
  }

  /// Appends the counts of a namespace by its number. Returns false if they do not fit into the
  /// datagram.
  private mutating func append(
    _ number: Int, _ counts: (members: UInt64, connections: UInt64), _ names: borrowing NameTable
  ) -> Bool {
    names.withName(of: UInt32(number)) { append($0, counts) } ?? true
  }

  /// Appends the counts of a namespace, unless its name is withheld from legacy nodes. Returns
  /// false if they do not fit into the datagram.
  private mutating func append(
    _ name: Span<UInt8>, _ counts: (members: UInt64, connections: UInt64)
  ) -> Bool {
    if hasHeardLegacy, LegacyNode.isUnsafe(name) { return true }
    return encoder.append(
      count: name, members: counts.members, connections: counts.connections)
  }

  /// The connections to send with the zero of a retired namespace; nil if it has members again.
  private func zero(
    of entry: RetiredNames.Entry, _ meter: borrowing Meter, _ names: borrowing NameTable
  ) -> UInt64? {
    guard let number = names.find(entry.name.span) else { return entry.connections }
    let namespace = NamespaceID(number)
    guard meter.exists(namespace) else { return entry.connections }
    return meter.ownMembers(of: namespace) > 0 ? nil : meter.localConnections(of: namespace)
  }
}
