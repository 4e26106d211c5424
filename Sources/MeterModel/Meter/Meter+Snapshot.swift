// Snapshots of a meter's state, and the meter that continues from one.

extension Meter {
  /// The present state. O(n). Precondition: no event is being applied.
  package var snapshot: MeterSnapshot {
    var snapshot = MeterSnapshot()
    snapshot.now = now
    snapshot.lastOrdinal = lastOrdinal
    snapshot.lastNamespaceOrdinal = lastNamespaceOrdinal
    snapshot.countedConnections = countedConnections
    snapshot.peakMembers = peakMembers
    for (number, connection) in connections.enumerated() where connection.phase != .absent {
      snapshot.connections.append(taken(connection, ConnectionID(UInt32(number))))
    }
    for id in existingNamespaces {
      let namespace = namespaces[Int(id.number)]
      let (seconds, nanoseconds) = namespace.record.memberTime(until: now)
      snapshot.namespaces.append(
        MeterSnapshot.Namespace(
          id: id, ordinal: namespace.ordinal, createdAt: namespace.createdAt,
          connections: namespace.localConnections, told: namespace.told,
          toldAt: namespace.toldAt, lowestGreeted: namespace.lowestGreeted,
          highestGreeted: namespace.highestGreeted, modified: namespace.modified,
          peak: namespace.record.peak, peakAt: namespace.record.peakAt,
          memberSeconds: seconds, memberNanoseconds: nanoseconds))
    }
    vacant.forEach(in: namespaces) { index in
      snapshot.vacancies.append(
        MeterSnapshot.Vacancy(
          namespace: NamespaceID(index), since: namespaces[Int(index)].vacantSince))
    }
    remoteExpiry.forEach(in: remotes) { index in
      snapshot.remotes.append(taken(remotes[Int(index)]))
    }
    for remote in remotes where remote.namespace != .max && remote.members == 0 {
      snapshot.remotes.append(taken(remote))
    }
    identified.save(into: &snapshot)
    departures.forEach { departure, isReturning in
      let id = departure.ordinal == .none ? identified[departure.owner].id : .max
      snapshot.departures.append(
        MeterSnapshot.Departure(
          isReturning: isReturning,
          namespace: NamespaceID(namespace(of: departure)), viewer: ViewerID(id),
          ordinal: departure.ordinal, since: departure.since, leftAt: departure.leftAt))
    }
    snapshot.externals = externals.saved
    snapshot.kept = savedKept
    return snapshot
  }

  private func taken(_ connection: Connection, _ id: ConnectionID) -> MeterSnapshot.Connection {
    var saved = MeterSnapshot.Connection(id: id, phase: .dismissed)
    switch connection.phase {
    case .absent, .dismissed: return saved
    case .pending: saved.phase = .pending
    case .member: saved.phase = .member
    case .identified:
      saved.phase = identified[connection.viewer].isMember ? .member : .pending
      saved.viewer = ViewerID(identified[connection.viewer].id)
    case .observer: saved.phase = .observer
    case .arriving: saved.phase = .arriving
    }
    saved.openedAt = connection.openedAt
    saved.ordinal = connection.ordinal
    saved.namespace = NamespaceID(connection.namespace)
    if connection.phase != .identified, connection.phase != .observer {
      saved.since = savedAge(id.number)
    }
    return saved
  }

  /// When the viewer of a connection came, in the form of a snapshot.
  private func savedAge(_ index: UInt32) -> Instant {
    let (since, connection) = (came(index), connections[Int(index)])
    guard since != connection.openedAt, connection.phase == .member,
      now - since >= configuration.decrementDelay
    else { return since }
    return connection.openedAt.before(configuration.decrementDelay)
  }

  private func taken(_ remote: RemoteCount) -> MeterSnapshot.Remote {
    MeterSnapshot.Remote(
      node: remote.node, namespace: NamespaceID(remote.namespace), reportedAt: remote.reportedAt,
      members: remote.members, connections: remote.connections)
  }
}

extension Meter {
  /// A meter that continues from a snapshot. With the same configuration it continues exactly as
  /// the first meter would. With another one, every deadline that is overdue under it fires at
  /// once. Tables are as large as the largest ids.
  package init(
    configuration: Configuration, restoring snapshot: MeterSnapshot
  ) throws(SnapshotError) {
    self.init(configuration: configuration)
    guard snapshot.now <= .latest,
      max(snapshot.countedConnections, snapshot.peakMembers) <= Configuration.maximumCount,
      snapshot.lastNamespaceOrdinal <= Configuration.maximumCount
    else { throw SnapshotError(reason: "a number is too large") }
    now = snapshot.now
    lastOrdinal = snapshot.lastOrdinal
    lastNamespaceOrdinal = snapshot.lastNamespaceOrdinal
    countedConnections = snapshot.countedConnections
    peakMembers = snapshot.peakMembers
    for namespace in snapshot.namespaces { try restore(namespace) }
    try restore(snapshot.remotes)
    try restore(snapshot.externals)
    try restore(snapshot.kept)
    try restore(snapshot.viewers)
    try restore(snapshot.connections)
    try restore(snapshot.pings)
    try restore(snapshot.departures)
    try restore(snapshot.vacancies)
    for namespace in snapshot.namespaces { try restoreRecord(of: namespace) }
    queueNotified(snapshot)
    do throws(BrokenInvariant) {
      try check()
    } catch {
      throw SnapshotError(reason: error.message)
    }
  }

  private mutating func restore(_ saved: MeterSnapshot.Namespace) throws(SnapshotError) {
    let last = creations.count > 0 ? creations[creations.count - 1].ordinal : 0
    guard !exists(saved.id), saved.ordinal > last, saved.ordinal <= lastNamespaceOrdinal,
      saved.createdAt <= now, saved.toldAt <= now, saved.modified ?? .start <= now,
      saved.connections <= Configuration.maximumCount
    else { throw SnapshotError(reason: "a namespace is impossible") }
    namespaces.makeRoom(for: Int(saved.id.number), Namespace(), &namespacesEnd)
    var namespace = Namespace()
    namespace.ordinal = saved.ordinal
    namespace.createdAt = saved.createdAt
    namespace.localConnections = saved.connections
    namespace.told = saved.told
    namespace.toldAt = saved.toldAt
    namespace.lowestGreeted = saved.lowestGreeted
    namespace.highestGreeted = saved.highestGreeted
    namespace.modified = saved.modified
    namespaces[Int(saved.id.number)] = namespace
    namespaceCount += 1
    creations.append(saved.id, ordinal: saved.ordinal)
  }

  /// Restores the record of the members. Precondition: the members are restored.
  private mutating func restoreRecord(
    of saved: MeterSnapshot.Namespace
  ) throws(SnapshotError) {
    let place = Int(saved.id.number)
    let members = namespaces[place].members
    guard saved.peak >= members, saved.peak <= Configuration.maximumCount,
      (saved.createdAt...now).contains(saved.peakAt),
      saved.memberSeconds <= Configuration.maximumCount, saved.memberNanoseconds < 1_000_000_000
    else { throw SnapshotError(reason: "a peak is impossible") }
    let sum = UInt128(saved.memberSeconds) * 1_000_000_000 + UInt128(saved.memberNanoseconds)
    guard sum <= UInt128(saved.peak) * UInt128((now - saved.createdAt).nanoseconds) else {
      throw SnapshotError(reason: "the member seconds are impossible")
    }
    namespaces[place].record = MemberRecord(
      members: members, since: now, peak: saved.peak, peakAt: saved.peakAt, memberTime: sum)
  }

  private mutating func restore(
    _ saved: ContiguousArray<MeterSnapshot.Remote>
  ) throws(SnapshotError) {
    var latest = Instant.start
    for remote in saved {
      guard exists(remote.namespace), remote.reportedAt <= now,
        max(remote.members, remote.connections) <= Configuration.maximumCount,
        remote.members == 0 || remote.reportedAt >= latest
      else { throw SnapshotError(reason: "another node's count is impossible") }
      if remote.members > 0 { latest = remote.reportedAt }
      restore(remote)
    }
  }

  private mutating func restore(_ saved: MeterSnapshot.Remote) {
    let place = Int(saved.namespace.number)
    var remote = RemoteCount(
      node: saved.node, namespace: saved.namespace.number, next: namespaces[place].firstRemote)
    remote.reportedAt = saved.reportedAt
    remote.members = saved.members
    remote.connections = saved.connections
    let index = UInt32(remotes.count)
    remotes.append(remote)
    keptRemotes += 1
    link(index)
    if saved.members > 0 { remoteExpiry.append(index, in: &remotes) }
    namespaces[place].firstRemote = index
    namespaces[place].remoteMembers += UInt128(saved.members)
    namespaces[place].remoteConnections += UInt128(saved.connections)
  }

  /// Restores the connections, which wait in the order in which they opened.
  private mutating func restore(
    _ saved: ContiguousArray<MeterSnapshot.Connection>
  ) throws(SnapshotError) {
    var open: ContiguousArray<MeterSnapshot.Connection> = []
    for connection in saved {
      connections.makeRoom(for: Int(connection.id.number), Connection(), &connectionsEnd)
      guard connections[Int(connection.id.number)].phase == .absent else {
        throw SnapshotError(reason: "a connection is there twice")
      }
      connections[Int(connection.id.number)].phase = .dismissed
      knownConnections += 1
      if connection.phase != .dismissed { open.append(connection) }
    }
    let last = lastOrdinal.number
    open.sort { left, right in
      left.openedAt == right.openedAt
        ? last &- left.ordinal.number > last &- right.ordinal.number
        : left.openedAt < right.openedAt
    }
    for connection in open { try join(connection) }
  }

  private mutating func join(_ saved: MeterSnapshot.Connection) throws(SnapshotError) {
    let index = saved.id.number
    guard exists(saved.namespace), saved.openedAt <= now, saved.since <= now,
      saved.ordinal != .none
    else { throw SnapshotError(reason: "a connection is impossible") }
    connections[Int(index)] = Connection(
      openedAt: saved.openedAt, ordinal: saved.ordinal, namespace: saved.namespace.number)
    openConnections += 1
    let place = Int(saved.namespace.number)
    namespaces[place].open += 1
    guard saved.viewer == .none else { return try joinIdentified(saved) }
    switch saved.phase {
    case .pending:
      connections[Int(index)].phase = .pending
      namespaces[place].pending += 1
      joinPending(index, since: saved.since)
      return
    case .member:
      connections[Int(index)].phase = .member
      namespaces[place].localMembers += 1
      localMembers += 1
      setAge(index, since: saved.since)
    case .arriving:
      connections[Int(index)].phase = .arriving
      awaitArrival(index, since: saved.since)
    case .observer:
      connections[Int(index)].phase = .observer
      namespaces[place].observers += 1
    case .dismissed: return
    }
    waitDirectly(index)
  }

  private mutating func joinPending(_ index: UInt32, since: Instant) {
    if since != connections[Int(index)].openedAt {
      waitDirectly(index)
      setAge(index, since: since)
      awaitCounting(index, since: since)
    } else if lifetimes.holdsPending(
      connections[Int(index)].ordinal, incrementDelay: configuration.incrementDelay)
    {
      lifetimes.append(index, in: &connections)
    } else {
      pending.append(index, in: &connections)
    }
  }

  private mutating func restore(
    _ saved: ContiguousArray<MeterSnapshot.Vacancy>
  ) throws(SnapshotError) {
    var latest = Instant.start
    for vacancy in saved {
      let place = Int(vacancy.namespace.number)
      guard exists(vacancy.namespace), namespaces[place].queue == .none,
        (latest...now).contains(vacancy.since)
      else { throw SnapshotError(reason: "a vacancy is impossible") }
      latest = vacancy.since
      namespaces[place].vacantSince = vacancy.since
      queue(vacancy.namespace.number, .vacant)
    }
  }

  /// Queues the namespaces with open connections on this node by the instant of their last
  /// notification.
  private mutating func queueNotified(_ snapshot: MeterSnapshot) {
    let told = snapshot.namespaces.filter { namespaces[Int($0.id.number)].open > 0 }
      .sorted { ($0.toldAt, $0.ordinal) < ($1.toldAt, $1.ordinal) }
    for namespace in told {
      let age = now - namespace.toldAt
      let (members, observers) = (
        namespaces[Int(namespace.id.number)].members,
        namespaces[Int(namespace.id.number)].observers
      )
      if age >= configuration.notifyMaxDelay && members == 0 && observers == 0 { continue }
      unqueue(namespace.id.number)
      queue(namespace.id.number, age < configuration.notifyMinDelay ? .fresh : .ripe)
    }
  }
}
