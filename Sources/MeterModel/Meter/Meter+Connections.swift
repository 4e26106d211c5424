// Connections open, are counted, close and expire (§2 rules 1, 2, 3, 5, 7, 12 and 16).

extension Meter {
  mutating func opened(
    _ id: ConnectionID, in namespace: NamespaceID, viewer: ViewerID, after: ConnectionKey,
    as kind: StreamKind, into effects: inout EffectBuffer
  ) {
    lastOrdinal = lastOrdinal.next
    connections.makeRoom(for: Int(id.number), Connection(), &connectionsEnd)
    guard !connections[Int(id.number)].isOpen else {
      effects.append(.reject(.open(id)), at: now)
      return
    }
    // Nearly every stream is a plain one.
    if configuration.viewerIDs == .off || viewer == .none || kind == .observer {
      openPlain(id, namespace, after: kind == .viewer ? after : .none, as: kind, into: &effects)
    } else {
      openIdentified(id, namespace, viewer, after: after, into: &effects)
    }
  }

  private mutating func openPlain(
    _ id: ConnectionID, _ namespace: NamespaceID, after: ConnectionKey, as kind: StreamKind,
    into effects: inout EffectBuffer
  ) {
    let former = after == .none ? nil : openConnection(after, in: namespace)
    guard admit(id, namespace, freeing: former == nil ? 0 : 1, into: &effects) else { return }
    if let former {
      supersede(former, by: id, in: namespace, into: &effects)
      return
    }
    if after != .none, let departure = resumable(after.ordinal, in: namespace) {
      resume(departure, by: id, in: namespace, into: &effects)
      return
    }
    createIfUnknown(namespace)
    switch kind {
    case .viewer: joinAsViewer(id, namespace)
    case .observer:
      join(id, namespace, .observer)
      namespaces[Int(namespace.number)].observers += 1
      waitDirectly(id.number)
    case .arriving:
      join(id, namespace, .arriving)
      waitDirectly(id.number)
      awaitArrival(id.number, since: now)
    }
    greet(id, in: namespace, into: &effects)
  }

  /// Whether the limits allow a connection; otherwise it is refused. `freed` connections would end.
  mutating func admit(
    _ id: ConnectionID, _ namespace: NamespaceID, freeing freed: UInt32,
    into effects: inout EffectBuffer
  ) -> Bool {
    guard openConnections - freed < configuration.maximumConnections,
      exists(namespace) || hasRoomForNamespace
    else {
      refuse(id, .full, into: &effects)
      return false
    }
    return true
  }

  mutating func refuse(
    _ id: ConnectionID, _ reason: RefusalReason, into effects: inout EffectBuffer
  ) {
    effects.append(.refuse(id, reason), at: now, connection: lastOrdinal)
    if connections[Int(id.number)].phase == .absent { knownConnections += 1 }
    connections[Int(id.number)] = Connection(phase: .dismissed)
  }

  /// Adds a connection with a new viewer, and counts the viewer if there is no delay.
  private mutating func joinAsViewer(_ id: ConnectionID, _ namespace: NamespaceID) {
    join(id, namespace, .pending)
    namespaces[Int(namespace.number)].pending += 1
    if configuration.incrementDelay == .zero {
      count(id.number)
    } else if lifetimes.holdsPending(
      lastOrdinal, incrementDelay: configuration.incrementDelay)
    {
      lifetimes.append(id.number, in: &connections)
    } else {
      pending.append(id.number, in: &connections)
    }
  }

  /// Adds a connection. The caller adds it to a queue, and its viewer to the namespace.
  mutating func join(_ id: ConnectionID, _ namespace: NamespaceID, _ phase: Connection.Phase) {
    if connections[Int(id.number)].phase == .absent { knownConnections += 1 }
    connections[Int(id.number)] = Connection(
      openedAt: now, ordinal: lastOrdinal, namespace: namespace.number, phase: phase)
    openConnections += 1
    namespaces[Int(namespace.number)].open += 1
    if namespaces[Int(namespace.number)].queue == .vacant { unqueue(namespace.number) }
  }

  /// Lets a connection that just opened wait for the end of its maximum duration.
  mutating func waitDirectly(_ index: UInt32) {
    connections[Int(index)].isDirect = true
    lifetimes.append(index, in: &connections)
  }

  /// Sends a new connection its first count.
  mutating func greet(
    _ id: ConnectionID, in namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    let place = Int(namespace.number)
    let members = namespaces[place].members
    let count = hasPendingViewer(id.number) ? min(members + 1, Configuration.maximumCount) : members
    effects.append(
      .greet(id, ordinal: lastOrdinal, namespace, count: count), at: now,
      connection: lastOrdinal, namespace: namespaces[place].ordinal)
    sendKept(to: id, in: namespace, into: &effects)
    if namespaces[place].open == 1 {
      firstIn(namespace.number)
    } else {
      namespaces[place].greeted(with: members)
    }
    touch(namespace.number)
  }

  @inline(__always)
  private func hasPendingViewer(_ index: UInt32) -> Bool {
    switch connections[Int(index)].phase {
    case .pending: true
    case .identified: !identified[connections[Int(index)].viewer].isMember
    case .member, .observer, .arriving, .absent, .dismissed: false
    }
  }

  mutating func closed(_ id: ConnectionID, into effects: inout EffectBuffer) {
    giveBack()
    guard Int(id.number) < connections.count, connections[Int(id.number)].phase != .absent else {
      effects.append(.reject(.close(id)), at: now)
      return
    }
    if connections[Int(id.number)].isOpen { leave(id.number, .closed, into: &effects) }
    connections[Int(id.number)].phase = .absent
    knownConnections -= 1
  }

  /// Gives back the room of closed connections and of unknown viewer ids. The event that closes a
  /// connection calls this first, so that the connection can still be looked up after the event.
  mutating func giveBack() {
    connections.giveBack(&connectionsEnd, inUse: knownConnections) { $0.phase == .absent }
    identified.giveBack()
  }

  /// Ends an open connection; its close is awaited.
  mutating func end(
    _ index: UInt32, _ reason: EndReason, leaving: Leaving, into effects: inout EffectBuffer
  ) {
    let (ordinal, namespace) = (
      connections[Int(index)].ordinal, connections[Int(index)].namespace
    )
    effects.append(
      .end(ConnectionID(index), reason), at: now, connection: ordinal,
      namespace: namespaces[Int(namespace)].ordinal)
    leave(index, leaving, into: &effects)
    connections[Int(index)].phase = .dismissed
  }

  /// Counts the viewers whose increment delay is over.
  mutating func countPending() {
    let delay = configuration.incrementDelay
    while pending.firstSince + delay <= now {
      let index = pending.head
      pending.remove(index, from: &connections)
      count(index)
    }
    while let entry = latePending.popDue(by: now) {
      if connections.hold(entry, .pending) { count(entry.connection) }
    }
    while identified.pending.firstSince + delay <= now {
      countIdentified(identified.pending.head)
    }
  }

  /// Ends the connections whose maximum duration is over, in the order in which they opened.
  mutating func endExpired(into effects: inout EffectBuffer) {
    guard lifetimes.earliest <= now else { return }
    for index in lifetimes.due(by: now, in: connections) {
      end(index, .expired, leaving: .closed, into: &effects)
    }
  }

  /// Counts the viewer of a pending connection. Precondition: it waits at most for the end of its
  /// maximum duration.
  mutating func count(_ index: UInt32) {
    let namespace = connections[Int(index)].namespace
    connections[Int(index)].phase = .member
    counted(in: namespace)
    if !connections[Int(index)].isDirect { lifetimes.append(index, in: &connections) }
  }

  /// Counts a pending viewer of a namespace.
  @inline(__always)
  mutating func counted(in namespace: UInt32) {
    if namespaces[Int(namespace)].count() { touched.append(namespace) }
    countedConnections += 1
    localMembers += 1
    peakMembers = max(peakMembers, ownMembers)
  }
}

// MARK: - Leaving

/// What becomes of the viewer of a connection that is gone.
enum Leaving {
  /// A member gets the grace of a close (§2 rule 5).
  case closed
  /// A member gets the grace of a restart (§2 rule 17).
  case cut
  /// The viewer is gone.
  case gone
  /// The caller has said what becomes of the viewer: it is another connection's now.
  case handedOver
}

extension Meter {
  /// Takes an open connection out of all counts and queues. The caller sets its phase.
  mutating func leave(_ index: UInt32, _ leaving: Leaving, into effects: inout EffectBuffer) {
    let connection = connections[Int(index)]
    let place = Int(connection.namespace)
    unqueue(connection, index)
    openConnections -= 1
    let isNew: Bool
    switch (connection.phase, leaving) {
    case (.pending, .closed), (.pending, .cut), (.pending, .gone):
      isNew = namespaces[place].leave(asMember: false)
    case (.member, .closed), (.member, .cut):
      if depart(connection, index, isReturning: leaving == .cut) {
        isNew = namespaces[place].leaveViewer()
      } else {
        localMembers -= 1
        isNew = namespaces[place].leave(asMember: true)
      }
    case (.member, .gone):
      localMembers -= 1
      isNew = namespaces[place].leave(asMember: true)
    case (.observer, _):
      namespaces[place].observers -= 1
      isNew = namespaces[place].leaveViewer()
    case (.pending, .handedOver), (.member, .handedOver), (.identified, _), (.arriving, _),
      (.absent, _), (.dismissed, _):
      isNew = namespaces[place].leaveViewer()
    }
    if isNew { touched.append(connection.namespace) }
    if namespaces[place].open == 0 { lastOut(connection.namespace) }
    ages.remove(index)
    if connection.phase == .identified {
      connections[Int(index)].viewer = .max
      release(connection.viewer, from: index, leaving, into: &effects)
    }
  }

  /// Takes an open connection out of the queue in which it waits.
  @inline(__always)
  private mutating func unqueue(_ connection: Connection, _ index: UInt32) {
    if connection.phase != .pending || connection.isDirect
      || lifetimes.holdsPending(
        connection.ordinal, incrementDelay: configuration.incrementDelay)
    {
      lifetimes.remove(index, from: &connections)
    } else {
      pending.remove(index, from: &connections)
    }
  }
}

extension ContiguousArray<Connection> {
  /// Whether a deadline of a heap has still an effect: its connection is in a phase.
  func hold(_ entry: DeadlineHeap.Entry, _ phase: Connection.Phase) -> Bool {
    let place = Int(entry.connection)
    return place < count && self[place].ordinal == entry.ordinal && self[place].phase == phase
  }
}
