// The counts of other nodes (§2 rule 10). A report is valid until the node reports again, leaves,
// or is silent for too long. Its `connections` stay in the total until the namespace retires, so
// that the total of connections ever counted never decreases.

extension Meter {
  mutating func peerReported(
    _ node: NodeID, _ namespace: NamespaceID, members: UInt64, connections: UInt64,
    into effects: inout EffectBuffer
  ) {
    guard max(members, connections) <= Configuration.maximumCount else {
      effects.append(.reject(.peerOutOfRange(node, namespace)), at: now)
      return
    }
    if !exists(namespace) {
      guard members > 0 else { return }
      guard hasRoomForNamespace else {
        effects.append(.reject(.peerPastLimit(node, namespace)), at: now)
        return
      }
      createIfUnknown(namespace)
    }
    guard let remote = remoteIndex(node, namespace.number, made: max(members, connections) > 0)
    else { return }
    removeMembers(remote)
    namespaces[Int(namespace.number)].remoteConnections -=
      UInt128(remotes[Int(remote)].connections)
    namespaces[Int(namespace.number)].remoteConnections += UInt128(connections)
    remotes[Int(remote)].connections = connections
    if members > 0 {
      namespaces[Int(namespace.number)].remoteMembers += UInt128(members)
      remotes[Int(remote)].members = members
      remotes[Int(remote)].reportedAt = now
      remoteExpiry.append(remote, in: &remotes)
    }
    if max(members, connections) == 0 { freeFirstRemote(of: namespace.number) }
    remoteMembersChanged(namespace.number)
  }

  /// Takes what a node reported of a namespace as one member lower, until it reports again (§2 rule
  /// 18).
  mutating func lower(_ node: NodeID, _ namespace: UInt32) {
    guard let index = report(of: node, in: namespace), remotes[Int(index)].members > 0 else {
      return
    }
    namespaces[Int(namespace)].remoteMembers -= 1
    remotes[Int(index)].members -= 1
    if remotes[Int(index)].members == 0 { remoteExpiry.remove(index, from: &remotes) }
    remoteMembersChanged(namespace)
  }

  /// Takes what a node reported of a namespace as one member higher, until it reports again. If it
  /// reported none, it does so now (§2 rule 18).
  mutating func raise(_ node: NodeID, _ namespace: UInt32) {
    guard let index = found(node, namespace, made: true),
      remotes[Int(index)].members < Configuration.maximumCount
    else { return }
    namespaces[Int(namespace)].remoteMembers += 1
    remotes[Int(index)].members += 1
    if remotes[Int(index)].members == 1 {
      remotes[Int(index)].reportedAt = now
      remoteExpiry.append(index, in: &remotes)
    }
    remoteMembersChanged(namespace)
  }

  /// The place of a node's report of a namespace; nil if there is none. O(n) in the live nodes.
  func report(of node: NodeID, in namespace: UInt32) -> UInt32? {
    var index = namespaces[Int(namespace)].firstRemote
    while index != .max, remotes[Int(index)].node != node { index = remotes[Int(index)].next }
    return index == .max ? nil : index
  }

  /// Forgets all reports of a node, in the order of the namespaces' creation. O(n log n) in its
  /// reports.
  mutating func bye(_ node: NodeID) {
    var reports: ContiguousArray<UInt32> = []
    var index = Int(node.number) < nodes.count ? nodes[Int(node.number)].first : .max
    while index != .max {
      if remotes[Int(index)].members > 0 { reports.append(index) }
      index = remotes[Int(index)].nodeLinks.next
    }
    reports.sort { left, right in
      let (left, right) = (remotes[Int(left)].namespace, remotes[Int(right)].namespace)
      return namespaces[Int(left)].ordinal < namespaces[Int(right)].ordinal
    }
    for index in reports {
      removeMembers(index)
      remoteMembersChanged(remotes[Int(index)].namespace)
    }
  }

  /// Forgets the reports that were not repeated in time.
  mutating func expireRemoteCounts() {
    while remoteExpiry.firstSince + configuration.clusterNodeTimeout <= now {
      let index = remoteExpiry.head
      removeMembers(index)
      remoteMembersChanged(remotes[Int(index)].namespace)
    }
  }

  /// Takes the members of a report out of the total.
  private mutating func removeMembers(_ index: UInt32) {
    let remote = remotes[Int(index)]
    guard remote.members > 0 else { return }
    namespaces[Int(remote.namespace)].remoteMembers -= UInt128(remote.members)
    remotes[Int(index)].members = 0
    remoteExpiry.remove(index, from: &remotes)
  }

  /// Adds a report to the chain of its node.
  mutating func link(_ index: UInt32) {
    let node = Int(remotes[Int(index)].node.number)
    while nodes.count <= node { nodes.append(NodeCounts()) }
    let next = nodes[node].first
    remotes[Int(index)].nodeLinks = QueueLinks(previous: .max, next: next)
    if next != .max { remotes[Int(next)].nodeLinks.previous = index }
    nodes[node].first = index
  }

  private mutating func unlink(_ index: UInt32) {
    let (links, node) = (remotes[Int(index)].nodeLinks, Int(remotes[Int(index)].node.number))
    if nodes[node].lastReported == index { nodes[node].lastReported = .max }
    if links.next != .max { remotes[Int(links.next)].nodeLinks.previous = links.previous }
    if links.previous != .max {
      remotes[Int(links.previous)].nodeLinks.next = links.next
    } else {
      nodes[node].first = links.next
    }
  }

  /// Makes the namespace vacant or not vacant. Where no connection is open, the members of other
  /// nodes and the external counts decide.
  mutating func remoteMembersChanged(_ index: UInt32) {
    touch(index)
    guard namespaces[Int(index)].open == 0 else { return }
    let isVacant = namespaces[Int(index)].isVacant
    switch (namespaces[Int(index)].queue == .vacant, isVacant) {
    case (false, true): queueIfVacant(index)
    case (true, false): unqueue(index)
    case (true, true), (false, false): break
    }
  }

  /// The place of a node's report of a namespace. If there is none, the report is made if `made`;
  /// otherwise the result is nil. O(1) if the node reports its namespaces in the same order as
  /// before and `made` is true. Otherwise O(n) in the live nodes; the report then moves to the
  /// front of its chain.
  private mutating func remoteIndex(
    _ node: NodeID, _ namespace: UInt32, made: Bool
  ) -> UInt32? {
    let next = likelyNext(of: node)
    let isNext = made && next != .max && remotes[Int(next)].namespace == namespace
    guard let index = isNext ? next : found(node, namespace, made: made) else { return nil }
    nodes[Int(node.number)].lastReported = index
    return index
  }

  private func likelyNext(of node: NodeID) -> UInt32 {
    guard Int(node.number) < nodes.count else { return .max }
    let last = nodes[Int(node.number)].lastReported
    return last == .max ? .max : remotes[Int(last)].nodeLinks.previous
  }

  /// The place of a node's report of a namespace, by a search. The report moves to the front of the
  /// chain. The reports of nodes that left long ago are thus at the end of the chain, and those of
  /// live nodes are found before them.
  private mutating func found(_ node: NodeID, _ namespace: UInt32, made: Bool) -> UInt32? {
    var (previous, index) = (UInt32.max, namespaces[Int(namespace)].firstRemote)
    while index != .max, remotes[Int(index)].node != node {
      (previous, index) = (index, remotes[Int(index)].next)
    }
    if index != .max {
      guard previous != .max else { return index }
      remotes[Int(previous)].next = remotes[Int(index)].next
      remotes[Int(index)].next = namespaces[Int(namespace)].firstRemote
      namespaces[Int(namespace)].firstRemote = index
      return index
    }
    guard made else { return nil }
    let place: UInt32
    if firstFreeRemote != .max {
      place = firstFreeRemote
      firstFreeRemote = remotes[Int(place)].next
    } else {
      place = UInt32(remotes.count)
      remotes.append(RemoteCount())
    }
    keptRemotes += 1
    remotes[Int(place)] = RemoteCount(
      node: node, namespace: namespace, next: namespaces[Int(namespace)].firstRemote)
    namespaces[Int(namespace)].firstRemote = place
    link(place)
    return place
  }

  /// Frees the first report of a namespace. Precondition: it has no members and no connections.
  private mutating func freeFirstRemote(of namespace: UInt32) {
    let index = namespaces[Int(namespace)].firstRemote
    namespaces[Int(namespace)].firstRemote = remotes[Int(index)].next
    free(index)
    giveBackRemotes()
  }

  /// Frees all reports of a namespace that is being retired.
  mutating func freeRemotes(of namespace: UInt32) {
    var index = namespaces[Int(namespace)].firstRemote
    while index != .max {
      let next = remotes[Int(index)].next
      free(index)
      index = next
    }
    giveBackRemotes()
  }

  private mutating func free(_ index: UInt32) {
    unlink(index)
    remotes[Int(index)] = RemoteCount(next: firstFreeRemote)
    firstFreeRemote = index
    keptRemotes -= 1
  }

  private mutating func giveBackRemotes() {
    if keptRemotes == 0 { (remotes, nodes, firstFreeRemote) = ([], [], .max) }
  }
}
