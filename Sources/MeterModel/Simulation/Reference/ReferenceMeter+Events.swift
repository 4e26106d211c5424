// What each event does, rule by rule.

extension ReferenceMeter {
  mutating func judge(_ event: Event, into effects: inout EffectBuffer) {
    switch event {
    case .opened(let id, let namespace, let viewer, let after):
      judgeOpened(id, in: namespace, viewer: viewer, after: after, into: &effects)
    case .closed(let id):
      judgeClosed(id, into: &effects)
    case .excluded(let viewer):
      // "So is excluding an id that nobody holds" (ignored).
      if let holder = holder(of: viewer) { end(holder, .excluded, into: &effects) }
    case .message(let namespace, let message):
      judgeMessage(message, to: namespace, into: &effects)
    case .peer(let node, let namespace, let members, let connections):
      judgePeer(node, namespace, members: members, connections: connections, into: &effects)
    case .bye(let node):
      judgeBye(node)
    }
  }

  private mutating func judgeOpened(
    _ id: ConnectionID, in namespace: NamespaceID, viewer: ViewerID, after: ConnectionOrdinal,
    into effects: inout EffectBuffer
  ) {
    latestOrdinal = latestOrdinal.next
    let ordinal = latestOrdinal

    // "One that makes no sense (… an open of one that is open) is answered with a reject effect and
    // changes nothing."
    guard place(of: id) == nil else {
      return effects.append(.reject(.open(id)), at: now)
    }

    // Rule 8: "one that comes back with the Last-Event-ID of the connection that its id's present holder
    // excluded is refused with 204 No Content".
    var excluded = ConnectionOrdinal.none
    if let holder = holder(of: viewer) {
      let present = namespaces[holder.namespace].connections[holder.connection]
      if after != .none && after == present.excluded {
        return refuse(id, ordinal, .stopped, into: &effects)
      }
      // "A newcomer with the same id excludes the former one … (it goes first, then the newcomer opens)."
      end(holder, .excluded, into: &effects)
      excluded = present.ordinal
    }

    // Rule 12: "an open past either is refused (full) and creates nothing (a former connection excluded by
    // it leaves its place first)".
    let isKnown = index(of: namespace) != nil
    guard openConnections < configuration.maximumConnections,
      isKnown || namespaces.count < configuration.maximumNamespaces
    else { return refuse(id, ordinal, .full, into: &effects) }

    let connection = Connection(
      id: id, ordinal: ordinal, viewer: viewer, opened: now,
      ends: configuration.lifetime(of: ordinal).map { now + $0 }, excluded: excluded,
      isCounted: false)
    open(connection, in: index(of: namespace) ?? create(namespace), into: &effects)
  }

  private mutating func open(
    _ connection: Connection, in index: Int, into effects: inout EffectBuffer
  ) {
    awaitedCloses.remove(connection.id)
    namespaces[index].connections.append(connection)
    // Rule 7: "Opening … cancels it."
    namespaces[index].vacant = nil

    // Rule 1: "With delay 0 it is counted at the open."
    let isPending = configuration.incrementDelay > .zero
    if !isPending { namespaces[index].count(namespaces[index].connections.count - 1) }

    // Rule 2: "Each new connection is told at once: members, +1 if it is itself still pending."
    let members = namespaces[index].members
    let count = Self.saturatedSum(members, isPending ? 1 : 0)
    effects.append(
      .greet(connection.id, ordinal: connection.ordinal, namespaces[index].id, count: count),
      at: now, connection: connection.ordinal, namespace: namespaces[index].ordinal)
    namespaces[index].greeted.append(members)

    // Rule 3: "When a connection opens in a namespace with no other open connection on this node, then
    // told := members and told-at := now (after it was counted, if the delay is 0)."
    if namespaces[index].connections.count == 1 { setTold(index) }
  }

  private mutating func judgeClosed(_ id: ConnectionID, into effects: inout EffectBuffer) {
    // Rule 5: "A member that closes: members −1 (connections unchanged)."
    if let place = place(of: id) {
      namespaces[place.namespace].connections.remove(at: place.connection)
      noteVacancy(place.namespace)
    } else if awaitedCloses.remove(id) == nil {
      effects.append(.reject(.close(id)), at: now)
    }
  }

  private func judgeMessage(
    _ message: MessageID, to namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    // Rule 10: "it changes no count and no told, and has no effect where nobody is open."
    guard let index = index(of: namespace), !namespaces[index].connections.isEmpty else { return }
    effects.append(
      .message(namespace, message), at: now, namespace: namespaces[index].ordinal)
  }

  private mutating func judgePeer(
    _ node: NodeID, _ namespace: NamespaceID, members: UInt64, connections: UInt64,
    into effects: inout EffectBuffer
  ) {
    guard members <= Self.maximumCount && connections <= Self.maximumCount else {
      return effects.append(.reject(.peerOutOfRange(node, namespace)), at: now)
    }
    // Rule 9: "A peer with members > 0 creates the namespace; one with 0 neither creates nor keeps it."
    // Rule 12: "a peer that would create a namespace past it is rejected."
    if index(of: namespace) == nil {
      guard members > 0 else { return }
      guard namespaces.count < configuration.maximumNamespaces else {
        return effects.append(.reject(.peerPastLimit(node, namespace)), at: now)
      }
    }
    let index = index(of: namespace) ?? create(namespace)

    // "Replaces what that node last said of that namespace."
    namespaces[index].peers.removeAll { $0.node == node }
    namespaces[index].peers.append(
      PeerCount(
        node: node, members: members, connections: connections, said: nextMoment()))

    // Rule 7: "a remote member cancels it".
    if members > 0 { namespaces[index].vacant = nil }
    noteVacancy(index)
  }

  private mutating func judgeBye(_ node: NodeID) {
    // Rule 9: "bye(node) forgets all that the node said."
    for index in namespaces.indices {
      for peer in namespaces[index].peers.indices
      where namespaces[index].peers[peer].node == node {
        forget(peer, of: index)
      }
    }
  }
}

extension ReferenceMeter {
  private func place(of id: ConnectionID) -> Place? {
    for namespace in namespaces.indices {
      let connections = namespaces[namespace].connections
      for index in connections.indices where connections[index].id == id {
        return Place(namespace: namespace, connection: index)
      }
    }
    return nil
  }

  private func holder(of viewer: ViewerID) -> Place? {
    guard viewer != .none else { return nil }
    for namespace in namespaces.indices {
      let connections = namespaces[namespace].connections
      for index in connections.indices where connections[index].viewer == viewer {
        return Place(namespace: namespace, connection: index)
      }
    }
    return nil
  }

  private var openConnections: Int {
    var count = 0
    for namespace in namespaces { count += namespace.connections.count }
    return count
  }

  private mutating func create(_ id: NamespaceID) -> Int {
    namespacesCreated += 1
    namespaces.append(
      Namespace(id: id, ordinal: namespacesCreated, created: now, toldAt: now))
    return namespaces.count - 1
  }

  private mutating func refuse(
    _ id: ConnectionID, _ ordinal: ConnectionOrdinal, _ reason: RefusalReason,
    into effects: inout EffectBuffer
  ) {
    awaitedCloses.insert(id)
    effects.append(.refuse(id, reason), at: now, connection: ordinal)
  }

  /// The model ends a connection: it is gone, and the shell's close of it is still to come.
  mutating func end(_ place: Place, _ reason: EndReason, into effects: inout EffectBuffer) {
    let connection = namespaces[place.namespace].connections.remove(at: place.connection)
    awaitedCloses.insert(connection.id)
    effects.append(
      .end(connection.id, reason), at: now, connection: connection.ordinal,
      namespace: namespaces[place.namespace].ordinal)
    noteVacancy(place.namespace)
  }

  /// What the node said holds no longer. "A departed node's connections stay in the total until the
  /// namespace retires" (§6).
  mutating func forget(_ peer: Int, of index: Int) {
    namespaces[index].peers[peer].members = 0
    namespaces[index].peers[peer].said = nil
    noteVacancy(index)
  }

  /// Remembers since when a namespace has nobody.
  mutating func noteVacancy(_ index: Int) {
    guard namespaces[index].hasNobody && namespaces[index].vacant == nil else { return }
    namespaces[index].vacant = nextMoment()
  }

  /// "Then told := members, told-at := now, and the greetings are forgotten."
  mutating func setTold(_ index: Int) {
    namespaces[index].told = namespaces[index].members
    namespaces[index].toldAt = now
    namespaces[index].greeted = []
  }
}
