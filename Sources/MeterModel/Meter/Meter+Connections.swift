// Connections open, are counted, close and expire (§2 rules 1, 2, 3, 5, 7 and 16).

extension Meter {
  mutating func opened(
    _ id: ConnectionID, in namespace: NamespaceID, viewer: ViewerID, after: ConnectionOrdinal,
    into effects: inout EffectBuffer
  ) {
    lastOrdinal = lastOrdinal.next
    makeRoom(for: id)
    guard !connections[Int(id.number)].isOpen else {
      effects.append(.reject(.open(id)), at: now)
      return
    }
    if viewer != .none, isStopped(viewer, after: after) {
      refuse(id, .stopped, into: &effects)
      return
    }
    // The place of a connection that the newcomer would exclude counts as free.
    let freed: UInt32 = viewer != .none && isHeld(viewer) ? 1 : 0
    guard openConnections - freed < configuration.maximumConnections,
      exists(namespace) || hasRoomForNamespace
    else {
      refuse(id, .full, into: &effects)
      return
    }
    if viewer != .none { take(viewer, for: id, after: after, into: &effects) }
    join(id, namespace, viewer: viewer, into: &effects)
  }

  /// Adds the connection, counts it if there is no delay, and greets it.
  private mutating func join(
    _ id: ConnectionID, _ namespace: NamespaceID, viewer: ViewerID,
    into effects: inout EffectBuffer
  ) {
    createIfUnknown(namespace)
    let place = Int(namespace.number)
    if connections[Int(id.number)].phase == .absent { knownConnections += 1 }
    connections[Int(id.number)] = Connection(
      openedAt: now, ordinal: lastOrdinal, namespace: namespace.number, viewer: viewer,
      phase: .pending)
    openConnections += 1
    namespaces[place].open += 1
    if configuration.incrementDelay == .zero {
      count(id.number)
    } else if lifetimes.holdsPending(
      lastOrdinal, incrementDelay: configuration.incrementDelay)
    {
      lifetimes.append(id.number, in: &connections)
    } else {
      pending.append(id.number, in: &connections)
    }
    greet(id, in: namespace, into: &effects)
    touch(namespace.number)
  }

  private mutating func greet(
    _ id: ConnectionID, in namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    let place = Int(namespace.number)
    let members = namespaces[place].members
    let isPending = connections[Int(id.number)].phase == .pending
    let count = isPending ? min(members + 1, Configuration.maximumCount) : members
    effects.append(
      .greet(id, ordinal: lastOrdinal, namespace, count: count), at: now,
      connection: lastOrdinal, namespace: namespaces[place].ordinal)
    if namespaces[place].open == 1 {
      firstIn(namespace.number)
    } else {
      namespaces[place].greeted(with: members)
    }
  }

  mutating func closed(_ id: ConnectionID, into effects: inout EffectBuffer) {
    giveBack()
    guard Int(id.number) < connections.count, connections[Int(id.number)].phase != .absent else {
      effects.append(.reject(.close(id)), at: now)
      return
    }
    if connections[Int(id.number)].isOpen { leave(id.number) }
    connections[Int(id.number)].phase = .absent
    knownConnections -= 1
  }

  /// Gives back the room of closed connections and of unknown viewer ids. The event that closes a
  /// connection calls this first, so that the connection can still be looked up after the event.
  mutating func giveBack() {
    connections.giveBack(&connectionsEnd, inUse: knownConnections) { $0.phase == .absent }
    viewers.giveBack(&viewersEnd, inUse: knownViewers) { $0.isUnknown }
  }

  /// Ends an open connection; its close is awaited.
  mutating func end(_ id: ConnectionID, _ reason: EndReason, into effects: inout EffectBuffer) {
    let connection = connections[Int(id.number)]
    effects.append(
      .end(id, reason), at: now, connection: connection.ordinal,
      namespace: namespaces[Int(connection.namespace)].ordinal)
    leave(id.number)
    connections[Int(id.number)].phase = .dismissed
  }

  /// Counts the connections whose increment delay is over.
  mutating func countPending() {
    while pending.firstSince + configuration.incrementDelay <= now {
      let index = pending.head
      pending.remove(index, from: &connections)
      count(index)
    }
  }

  /// Ends the connections whose maximum duration is over, in the order in which they opened.
  mutating func endExpired(into effects: inout EffectBuffer) {
    guard lifetimes.earliest <= now else { return }
    for index in lifetimes.due(by: now, in: connections) {
      end(ConnectionID(index), .expired, into: &effects)
    }
  }

  /// Counts a connection. Precondition: it is in no queue.
  private mutating func count(_ index: UInt32) {
    let namespace = connections[Int(index)].namespace
    connections[Int(index)].phase = .member
    if namespaces[Int(namespace)].count() { touched.append(namespace) }
    countedConnections += 1
    localMembers += 1
    peakMembers = max(peakMembers, ownMembers)
    lifetimes.append(index, in: &connections)
  }

  /// Takes an open connection out of all counts and queues. The caller sets its phase.
  private mutating func leave(_ index: UInt32) {
    let connection = connections[Int(index)]
    let place = Int(connection.namespace)
    if connection.phase == .member {
      localMembers -= 1
      lifetimes.remove(index, from: &connections)
    } else if lifetimes.holdsPending(
      connection.ordinal, incrementDelay: configuration.incrementDelay)
    {
      lifetimes.remove(index, from: &connections)
    } else {
      pending.remove(index, from: &connections)
    }
    openConnections -= 1
    let asMember = connection.phase == .member
    if namespaces[place].leave(asMember: asMember) { touched.append(connection.namespace) }
    release(connection.viewer, from: index)
    if namespaces[place].open == 0 { lastOut(connection.namespace) }
  }

  private mutating func refuse(
    _ id: ConnectionID, _ reason: RefusalReason, into effects: inout EffectBuffer
  ) {
    effects.append(.refuse(id, reason), at: now, connection: lastOrdinal)
    if connections[Int(id.number)].phase == .absent { knownConnections += 1 }
    connections[Int(id.number)] = Connection(phase: .dismissed)
  }

  private mutating func makeRoom(for id: ConnectionID) {
    connections.makeRoom(for: Int(id.number), Connection(), &connectionsEnd)
  }
}
