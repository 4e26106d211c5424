// Rule 9: other nodes' counts. What a node said holds until it says something else, says goodbye, or has
// been silent for too long; its `connections` stay in the total until the namespace retires, so that a
// total of the connections ever counted never shrinks.

extension Meter {
  mutating func peerSaid(
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
    silence(remote)
    namespaces[Int(namespace.number)].remoteConnections -=
      UInt128(remotes[Int(remote)].connections)
    namespaces[Int(namespace.number)].remoteConnections += UInt128(connections)
    remotes[Int(remote)].connections = connections
    if members > 0 {
      namespaces[Int(namespace.number)].remoteMembers += UInt128(members)
      remotes[Int(remote)].members = members
      remotes[Int(remote)].saidAt = now
      remoteExpiry.append(remote, in: &remotes)
    }
    if max(members, connections) == 0 { freeFirstRemote(of: namespace.number) }
    remoteMembersChanged(namespace.number)
  }

  /// Forgets all that a node said, in the order of the namespaces' creation. O(n log n) in what it said.
  mutating func bye(_ node: NodeID) {
    var said: ContiguousArray<UInt32> = []
    var index = Int(node.number) < nodes.count ? nodes[Int(node.number)].first : .max
    while index != .max {
      if remotes[Int(index)].members > 0 { said.append(index) }
      index = remotes[Int(index)].nodeLinks.next
    }
    said.sort { left, right in
      let (left, right) = (remotes[Int(left)].namespace, remotes[Int(right)].namespace)
      return namespaces[Int(left)].ordinal < namespaces[Int(right)].ordinal
    }
    for index in said {
      silence(index)
      remoteMembersChanged(remotes[Int(index)].namespace)
    }
  }

  /// Fires the expiry of the counts that were not repeated in time.
  mutating func forgetSilentPeers() {
    while remoteExpiry.firstSince + configuration.clusterNodeTimeout <= now {
      let index = remoteExpiry.head
      silence(index)
      remoteMembersChanged(remotes[Int(index)].namespace)
    }
  }

  /// Takes a node's members of a namespace out of the total.
  private mutating func silence(_ index: UInt32) {
    let remote = remotes[Int(index)]
    guard remote.members > 0 else { return }
    namespaces[Int(remote.namespace)].remoteMembers -= UInt128(remote.members)
    remotes[Int(index)].members = 0
    remoteExpiry.remove(index, from: &remotes)
  }

  /// Puts a count among those of its node.
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
    if nodes[node].saidLast == index { nodes[node].saidLast = .max }
    if links.next != .max { remotes[Int(links.next)].nodeLinks.previous = links.previous }
    if links.previous != .max {
      remotes[Int(links.previous)].nodeLinks.next = links.next
    } else {
      nodes[node].first = links.next
    }
  }

  /// Where nobody is open here, other nodes' members decide whether the namespace is vacant.
  private mutating func remoteMembersChanged(_ index: UInt32) {
    touch(index)
    guard namespaces[Int(index)].open == 0 else { return }
    let isVacant = namespaces[Int(index)].members == 0
    switch (namespaces[Int(index)].queue == .vacant, isVacant) {
    case (false, true): queueIfVacant(index)
    case (true, false): unqueue(index)
    case (true, true), (false, false): break
    }
  }

  /// The place of what a node said of a namespace; `made` if there is none, or nil. O(1) where the node goes on
  /// in the order of its counts, and something is said; else O(n) in the nodes alive, and it comes to the front.
  private mutating func remoteIndex(
    _ node: NodeID, _ namespace: UInt32, made: Bool
  ) -> UInt32? {
    let next = likelyNext(of: node)
    let isNext = made && next != .max && remotes[Int(next)].namespace == namespace
    guard let index = isNext ? next : found(node, namespace, made: made) else { return nil }
    nodes[Int(node.number)].saidLast = index
    return index
  }

  private func likelyNext(of node: NodeID) -> UInt32 {
    guard Int(node.number) < nodes.count else { return .max }
    let last = nodes[Int(node.number)].saidLast
    return last == .max ? .max : remotes[Int(last)].nodeLinks.previous
  }

  /// The place of what a node said of a namespace, searched for. It comes to the front, so that those of nodes
  /// long gone are behind all that are searched for.
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

  /// Frees what was said last of a namespace, which says nothing. Precondition: it has no members, no connections.
  private mutating func freeFirstRemote(of namespace: UInt32) {
    let index = namespaces[Int(namespace)].firstRemote
    namespaces[Int(namespace)].firstRemote = remotes[Int(index)].next
    free(index)
    giveBackRemotes()
  }

  /// Frees all that other nodes said of a namespace that is being retired.
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
