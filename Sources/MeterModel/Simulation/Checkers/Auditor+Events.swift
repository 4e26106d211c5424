// Events: their consequences in the auditor's state, and the effects that must follow.

extension Auditor {
  mutating func apply(_ event: Event) -> String? {
    switch event {
    case .opened(let id, let namespace, let viewer, let after):
      return opened(id, in: namespace, viewer, after)
    case .closed(let id): return closed(id)
    case .excluded(let viewer):
      let former = holder(of: viewer)
      let wrong = former.flatMap { exclude($0) }
      if viewer != .none, Int(viewer.number) < holders.count {
        note(.forgottenByRequest, if: former == nil && remembered(for: viewer) != .none)
        holders[Int(viewer.number)] = Holder()
      }
      return wrong
    case .message(let namespace, let message):
      guard exists(Int(namespace.number)), audiences[Int(namespace.number)].open > 0 else {
        return nil
      }
      note(.messaged)
      return expect(.message(namespace, message))
    case .peer(let node, let namespace, let members, let connections):
      return peer(node, namespace, members, connections)
    case .bye(let node):
      bye(node)
      return nil
    case .external(let source, let namespace, let members):
      return external(source, namespace, members)
    }
  }

  private mutating func opened(
    _ id: ConnectionID, in namespace: NamespaceID, _ viewer: ViewerID, _ after: ConnectionOrdinal
  ) -> String? {
    latestOrdinal = latestOrdinal.next
    let place = Int(id.number)
    while connections.count <= place { connections.append(Entry()) }
    if connections[place].isOpen {
      note(.rejectedOpen)
      return isOverdue(place) ? "its maximum duration was over" : expect(.reject(.open(id)))
    }
    note(.reopenedBeforeClose, if: connections[place].phase == .dismissed)
    let former = holder(of: viewer)
    var remembered = remembered(for: viewer)
    if former != nil, remembered != .none, after != .none, !after.isNewer(than: remembered) {
      note(.stopped)
      note(.stoppedOlder, if: after != remembered)
      note(.stoppedAfterReturn, if: holders[Int(viewer.number)].isReturn)
      connections[place].phase = .dismissed
      return expect(.refuse(id, .stopped))
    }
    let hasRoom = openCount - (former == nil ? 0 : 1) < configuration.maximumConnections
    let isKnown = exists(Int(namespace.number))
    guard hasRoom, isKnown || namespaceCount < configuration.maximumNamespaces else {
      note(hasRoom ? .fullOfNamespaces : .fullOfConnections)
      note(.refusedWithoutExclusion, if: former != nil)
      connections[place].phase = .dismissed
      return expect(.refuse(id, .full))
    }
    let isReturn = former == nil && remembered != .none
    if let former {
      note(.excludedInChain, if: remembered != .none)
      note(.replacedByItself, if: connections[former].ordinal == after)
      if connections[former].ordinal != after { remembered = connections[former].ordinal }
      if let wrong = exclude(former) { return wrong }
    }
    hold(viewer, place, Holder(connection: id.number, remembered: remembered, isReturn: isReturn))
    return join(id, namespace)
  }

  private mutating func join(_ id: ConnectionID, _ namespace: NamespaceID) -> String? {
    let (place, home) = (Int(id.number), Int(namespace.number))
    create(home)
    opened += 1
    connections[place].opened = now
    connections[place].ordinal = latestOrdinal
    connections[place].namespace = home
    connections[place].phase = .pending
    openCount += 1
    audiences[home].open += 1
    touch(home)
    let isPending = configuration.incrementDelay > .zero
    if isPending {
      pending.append(
        PendingEntry(since: now, connection: id.number, ordinal: latestOrdinal))
    } else {
      count(place)
    }
    let members = audiences[home].members
    let count = min(members + (isPending ? 1 : 0), UInt64(Int64.max))
    if audiences[home].open == 1 {
      setTold(home)
    } else {
      audiences[home].lowestGreeted = min(audiences[home].lowestGreeted, members)
      audiences[home].highestGreeted = max(audiences[home].highestGreeted, members)
    }
    note(.greeted)
    note(.greetedByOthersOnly, if: audiences[home].open == 1 && audiences[home].remote > 0)
    return expect(.greet(id, ordinal: latestOrdinal, namespace, count: count))
  }

  private mutating func closed(_ id: ConnectionID) -> String? {
    let place = Int(id.number)
    guard place < connections.count, connections[place].phase != .absent else {
      note(.rejectedClose)
      return expect(.reject(.close(id)))
    }
    guard !isOverdue(place) else { return "its maximum duration was over before" }
    if connections[place].isOpen {
      note(.closedPending, if: connections[place].phase == .pending)
      leave(place)
    }
    connections[place].phase = .absent
    return nil
  }

  private mutating func peer(
    _ node: NodeID, _ namespace: NamespaceID, _ members: UInt64, _ connections: UInt64
  ) -> String? {
    guard max(members, connections) <= UInt64(Int64.max) else {
      note(.rejectedOutOfRange)
      return expect(.reject(.peerOutOfRange(node, namespace)))
    }
    let place = Int(namespace.number)
    if !exists(place) {
      guard members > 0 else { return nil }
      guard namespaceCount < configuration.maximumNamespaces else {
        note(.rejectedPastLimit)
        return expect(.reject(.peerPastLimit(node, namespace)))
      }
      note(.createdByPeer)
      create(place)
    }
    let key = UInt64(node.number) << 32 | UInt64(namespace.number)
    if let report = remotes[key] {
      audiences[place].remote -= UInt128(report.members)
    } else {
      reportedBy[node, default: []].append(key)
    }
    audiences[place].remote += UInt128(members)
    remotes[key] = Report(members: members, at: now)
    if members > 0 { reports.append(ReportEntry(since: now, key: key)) }
    touch(place)
    return nil
  }

  private mutating func bye(_ node: NodeID) {
    var emptied = 0
    for key in reportedBy[node] ?? [] where (remotes[key]?.members ?? 0) > 0 {
      forgetReport(key)
      emptied += audiences[Int(key & 0xFFFF_FFFF)].vacantSince == now ? 1 : 0
    }
    note(.goodbyeEmptiedSeveral, if: emptied > 1)
  }

  /// Forgets a node's report of a namespace.
  mutating func forgetReport(_ key: UInt64) {
    guard let report = remotes[key] else { return }
    let place = Int(key & 0xFFFF_FFFF)
    remotes[key]?.members = 0
    audiences[place].remote -= UInt128(report.members)
    touch(place)
  }

  mutating func count(_ place: Int) {
    connections[place].phase = .member
    audiences[connections[place].namespace].counted += 1
    countedNow += 1
    touch(connections[place].namespace)
  }

  /// Takes out an open connection. The caller sets its phase.
  mutating func leave(_ place: Int) {
    let home = connections[place].namespace
    if connections[place].phase == .member {
      audiences[home].counted -= 1
      countedNow -= 1
    }
    openCount -= 1
    audiences[home].open -= 1
    if place < viewers.count, viewers[place] != .none {
      holders[Int(viewers[place].number)].connection = .max
      holders[Int(viewers[place].number)].leftAt = now
      viewers[place] = .none
    }
    touch(home)
  }

  /// The connection that holds a viewer id.
  private func holder(of viewer: ViewerID) -> Int? {
    guard viewer != .none, Int(viewer.number) < holders.count else { return nil }
    let connection = holders[Int(viewer.number)].connection
    return connection == .max ? nil : Int(connection)
  }

  /// The connection that is remembered for a viewer id; `.none` if there is none.
  private func remembered(for viewer: ViewerID) -> ConnectionOrdinal {
    guard viewer != .none, Int(viewer.number) < holders.count else { return .none }
    let holder = holders[Int(viewer.number)]
    if let leftAt = holder.leftAt, leftAt + Configuration.exclusionMemory <= now { return .none }
    return holder.remembered
  }

  private mutating func hold(_ viewer: ViewerID, _ place: Int, _ holder: Holder) {
    guard viewer != .none else { return }
    while holders.count <= Int(viewer.number) { holders.append(Holder()) }
    while viewers.count <= place { viewers.append(.none) }
    holders[Int(viewer.number)] = holder
    viewers[place] = viewer
  }

  private mutating func exclude(_ place: Int) -> String? {
    note(.excluded)
    leave(place)
    connections[place].phase = .dismissed
    return expect(.end(ConnectionID(UInt32(place)), .excluded))
  }
}
