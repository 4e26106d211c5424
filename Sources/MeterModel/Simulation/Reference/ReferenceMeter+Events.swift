// Events: what each does, rule by rule.

extension ReferenceMeter {
  mutating func judge(_ event: Event, into effects: inout EffectBuffer) {
    switch event {
    case .opened(let id, let namespace, let viewer, let after):
      judgeOpened(id, in: namespace, viewer: viewer, after: after, into: &effects)
    case .closed(let id):
      judgeClosed(id, into: &effects)
    case .excluded(let viewer):
      // "So has the exclusion of a viewer id that no stream holds" (no effect).
      if let holder = holder(of: viewer) { end(holder, .excluded, into: &effects) }
      // Rule 8: "An `exclude` event ends the memory."
      if forgetsOnRequest { forget(viewer) }
    case .message(let namespace, let message):
      judgeMessage(message, to: namespace, into: &effects)
    case .peer(let node, let namespace, let members, let connections):
      judgePeer(node, namespace, members: members, connections: connections, into: &effects)
    case .bye(let node):
      judgeBye(node)
    case .external(let source, let namespace, let members):
      judgeExternal(source, namespace, members: members, into: &effects)
    }
  }

  private mutating func judgeOpened(
    _ id: ConnectionID, in namespace: NamespaceID, viewer: ViewerID, after: ConnectionOrdinal,
    into effects: inout EffectBuffer
  ) {
    latestOrdinal = latestOrdinal.next
    let ordinal = latestOrdinal

    // "An open of a stream that is open and a close of a stream that is unknown are rejected and
    // change nothing."
    guard place(of: id) == nil else {
      return effects.append(.reject(.open(id)), at: now)
    }

    // Rule 8: "While a stream with the id is open, a stream with the id that comes after the
    // remembered stream, or after one that opened before that, is refused (`stopped`)."
    let holder = holder(of: viewer)
    let remembered = remembered(for: viewer)
    if holder != nil, remembered != .none, after != .none, !after.isNewer(than: remembered) {
      return refuse(id, ordinal, .stopped, into: &effects)
    }

    // Rule 16: "An open past either limit is refused (`full`) and changes nothing: it excludes no
    // stream. (A stream that it would exclude counts as gone when the first limit is judged.)"
    let isKnown = index(of: namespace) != nil
    guard openConnections - (holder == nil ? 0 : 1) < configuration.maximumConnections,
      isKnown || namespaces.count < configuration.maximumNamespaces
    else { return refuse(id, ordinal, .full, into: &effects) }

    // Rule 8: "A new stream with the same id excludes the former one, which is ended (`excluded`)
    // first." "The newest stream that was excluded for an id is remembered …, except one that the
    // new stream comes after."
    var excluded = remembered
    if let holder {
      let former = namespaces[holder.namespace].connections[holder.connection].ordinal
      if former != after { excluded = former }
      end(holder, .excluded, into: &effects)
    }
    forget(viewer)
    if excluded != .none { memories.append(Memory(viewer: viewer, excluded: excluded)) }

    let connection = Connection(
      id: id, ordinal: ordinal, viewer: viewer, opened: now,
      ends: configuration.lifetime(of: ordinal).map { now + $0 }, isCounted: false)
    open(connection, in: index(of: namespace) ?? create(namespace), into: &effects)
  }

  private mutating func open(
    _ connection: Connection, in index: Int, into effects: inout EffectBuffer
  ) {
    awaitedCloses.remove(connection.id)
    namespaces[index].connections.append(connection)
    // Rule 15: only a namespace without an open stream is retired.
    namespaces[index].vacant = nil

    // Rule 1: "With a delay of 0 it is counted when it opens."
    let isPending = configuration.incrementDelay > .zero
    if !isPending { namespaces[index].count(namespaces[index].connections.count - 1) }

    // Rule 2: "Each new stream is sent the members at once, and one more if it is pending."
    let members = namespaces[index].members
    let count = Self.saturatedSum(members, isPending ? 1 : 0)
    effects.append(
      .greet(connection.id, ordinal: connection.ordinal, namespaces[index].id, count: count),
      at: now, connection: connection.ordinal, namespace: namespaces[index].ordinal)
    namespaces[index].greeted.append(members)

    // Rule 3: "When a stream opens in a namespace without another open stream on this node, its
    // greeting counts as a notification: told := members, told-at := now."
    if namespaces[index].connections.count == 1 { setTold(index) }
  }

  private mutating func judgeClosed(_ id: ConnectionID, into effects: inout EffectBuffer) {
    // Rule 5: "When a member closes, members − 1 at once; `connections` is unchanged."
    if let place = place(of: id) {
      let connection = namespaces[place.namespace].connections.remove(at: place.connection)
      left(connection.viewer)
      noteVacancy(place.namespace)
    } else if awaitedCloses.remove(id) == nil {
      effects.append(.reject(.close(id)), at: now)
    }
  }

  private func judgeMessage(
    _ message: MessageID, to namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    // Rule 13: "It changes no count and nothing that was told, and it has no effect where no stream
    // is open."
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
    // Rule 10: "A report with members > 0 creates the namespace. A report with 0 members neither
    // creates nor keeps it." Rule 16: "A `peer` report that would create a namespace past the limit
    // is rejected."
    if index(of: namespace) == nil {
      guard members > 0 else { return }
      guard namespaces.count < configuration.maximumNamespaces else {
        return effects.append(.reject(.peerPastLimit(node, namespace)), at: now)
      }
    }
    let index = index(of: namespace) ?? create(namespace)

    // Rule 10: "… replaces what that node last reported of that namespace."
    namespaces[index].peers.removeAll { $0.node == node }
    namespaces[index].peers.append(
      PeerCount(
        node: node, members: members, connections: connections, reported: nextMoment()))

    // Rule 15: only a namespace without members on any node is retired.
    if members > 0 { namespaces[index].vacant = nil }
    noteVacancy(index)
  }

  private mutating func judgeBye(_ node: NodeID) {
    // Rule 10: "`bye(node)` forgets the members of all its namespaces at once."
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

  /// The connection that is remembered for a viewer id; `.none` if there is none.
  private func remembered(for viewer: ViewerID) -> ConnectionOrdinal {
    for memory in memories where memory.viewer == viewer {
      // At one instant, deadlines come before events.
      if let ends = memory.ends, ends <= now { continue }
      return memory.excluded
    }
    return .none
  }

  private mutating func forget(_ viewer: ViewerID) {
    memories.removeAll { $0.viewer == viewer }
  }

  /// Begins the last time of a viewer id's memory. Rule 8: "… while a stream with the id is open,
  /// and for 5 s after the last one has left."
  private mutating func left(_ viewer: ViewerID) {
    for index in memories.indices where memories[index].viewer == viewer {
      memories[index].ends = now + exclusionMemory
    }
  }

  private var openConnections: Int {
    var count = 0
    for namespace in namespaces { count += namespace.connections.count }
    return count
  }

  mutating func create(_ id: NamespaceID) -> Int {
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

  /// Ends a connection. The event `closed` for it is still awaited.
  mutating func end(_ place: Place, _ reason: EndReason, into effects: inout EffectBuffer) {
    let connection = namespaces[place.namespace].connections.remove(at: place.connection)
    awaitedCloses.insert(connection.id)
    left(connection.viewer)
    effects.append(
      .end(connection.id, reason), at: now, connection: connection.ordinal,
      namespace: namespaces[place.namespace].ordinal)
    noteVacancy(place.namespace)
  }

  /// Forgets a report. Rule 10: "The connections of a node whose members are forgotten stay in the
  /// total until the namespace retires, or until the same node reports again."
  mutating func forget(_ peer: Int, of index: Int) {
    namespaces[index].peers[peer].members = 0
    namespaces[index].peers[peer].reported = nil
    noteVacancy(index)
  }

  /// Remembers the instant at which a namespace became vacant.
  mutating func noteVacancy(_ index: Int) {
    guard namespaces[index].isWithoutAudience && namespaces[index].vacant == nil else { return }
    namespaces[index].vacant = nextMoment()
  }

  /// Rule 4: "Told := members, told-at := now, and the greetings are forgotten."
  mutating func setTold(_ index: Int) {
    namespaces[index].told = namespaces[index].members
    namespaces[index].toldAt = now
    namespaces[index].greeted = []
  }
}
