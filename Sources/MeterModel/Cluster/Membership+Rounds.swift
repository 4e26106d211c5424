// The counts of this node, told in rounds: every notify interval, and whenever somebody has to be told all.

extension Membership {
  /// A namespace is forgotten and its number free: its zero is still told. To be called when the meter retires
  /// it, while the name is known.
  package mutating func retired(_ namespace: NamespaceID, name: Span<UInt8>) {
    guard let former = advertising.retire(namespace, at: now) else { return }
    retired.add(name, connections: former.connections, until: former.until)
  }

  /// Somebody wants to be told all. Who asks everybody has just started or was cut off, and is told the events
  /// that it missed before new ones, though a full round may have to wait.
  mutating func isAsked(isReturn: Bool = false) {
    if answerDue == .never { answerDue = max(now, nextAnswer) }
    guard isReturn, nextRepetition <= now else { return }
    nextRepetition = now + Self.answerGap
    repeatEvents()
  }

  /// Nodes that are forgotten: what the totals have of their connections is told to the meter under one number
  /// for all of them, and nothing under their own, which are free then. A slice of one node at once, as the
  /// meter is to have taken it before the next.
  mutating func keepForgotten(
    _ meter: borrowing Meter, _ names: borrowing NameTable, into directives: inout ClusterDirectives
  ) {
    guard keepingDue <= now else { return }
    while let node = peers.nextForgotten {
      var kept: ContiguousArray<(namespace: NamespaceID, connections: UInt64)> = []
      meter.visitCounts(of: node, limit: Self.sliceOfForgotten) { kept.append(($0, $1)) }
      guard !kept.isEmpty else {
        peers.giveBackForgotten()
        continue
      }
      keepingDue = now + Self.sliceGap
      let tombstone = peers.takeTombstone()
      for (namespace, connections) in kept {
        let (sum, overflows) = connections.addingReportingOverflow(
          meter.connections(of: tombstone, in: namespace))
        let start = directives.bytes.count
        names.withName(of: namespace.number) { directives.bytes.append($0) }
        let name = directives.appended(since: start)
        directives.append(.peer(node, name: name, members: 0, connections: 0))
        guard sum > 0 else { continue }
        let most = Configuration.maximumCount
        directives.append(
          .peer(tombstone, name: name, members: 0, connections: overflows ? most : min(sum, most)))
      }
      return
    }
  }

  mutating func beginRound(_ meter: borrowing Meter) {
    peers.departSilent(since: timeoutAgo)
    retired.forget(at: now)
    journal.forget(since: instant(before: settings.memory))
    isRoundFull = answerDue <= now
    if isRoundFull {
      answerDue = .never
      // A large round takes a while, and is not begun again before as long has passed once more.
      let length = UInt64(advertising.formerDatagrams) / UInt64(Self.slice)
      nextAnswer = now + Self.answerGap + Duration.milliseconds(2 * length)
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

  /// Sends a slice of the round. The datagram that is last in the slice is sent though it is not full.
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
      figures.retiredTold += 1
      if append(entry.name.span, (0, connections)) { continue }
      finishDatagram(into: &directives)
      datagrams += 1
      beginDatagram()
      _ = append(entry.name.span, (0, connections))
    }
    let isOver =
      advertising.cursor >= meter.namespaceNumbersEnd
      && advertising.retiredCursor >= retired.count
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

  /// Appends the counts of a namespace by its number. Returns false if they do not fit any more.
  private mutating func append(
    _ number: Int, _ counts: (members: UInt64, connections: UInt64), _ names: borrowing NameTable
  ) -> Bool {
    names.withName(of: UInt32(number)) { append($0, counts) } ?? true
  }

  /// Appends the counts of a namespace, unless its name is kept from legacy nodes. Returns false if they do
  /// not fit any more.
  private mutating func append(
    _ name: Span<UInt8>, _ counts: (members: UInt64, connections: UInt64)
  ) -> Bool {
    if hearsLegacy, LegacyNode.isUnsafe(name) { return true }
    return encoder.append(
      count: name, members: counts.members, connections: counts.connections)
  }

  /// The connections to tell with a retired namespace's zero; nil if it has members again.
  private func zero(
    of entry: RetiredNames.Entry, _ meter: borrowing Meter, _ names: borrowing NameTable
  ) -> UInt64? {
    guard let number = names.find(entry.name.span) else { return entry.connections }
    let namespace = NamespaceID(number)
    guard meter.exists(namespace) else { return entry.connections }
    return meter.localMembers(of: namespace) > 0 ? nil : meter.localConnections(of: namespace)
  }
}
