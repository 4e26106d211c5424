// Rule 11, and what the shell asks for: figures that change nothing.

extension Meter {
  /// A namespace's figures; nil if it is not known.
  package func statistics(of namespace: NamespaceID) -> NamespaceStatistics? {
    guard exists(namespace) else { return nil }
    let state = namespaces[Int(namespace.number)]
    return NamespaceStatistics(
      created: state.createdAt, members: state.members, connections: state.connections,
      modified: state.modified)
  }

  /// The count of a namespace, all nodes together; 0 if it is not known.
  package func members(of namespace: NamespaceID) -> UInt64 {
    exists(namespace) ? namespaces[Int(namespace.number)].members : 0
  }

  /// How many connections of a namespace are open on this node, pending ones too.
  package func openConnections(of namespace: NamespaceID) -> UInt32 {
    exists(namespace) ? namespaces[Int(namespace.number)].open : 0
  }

  /// How many connections of a namespace are counted on this node.
  package func localMembers(of namespace: NamespaceID) -> UInt32 {
    exists(namespace) ? namespaces[Int(namespace.number)].localMembers : 0
  }

  /// How many connections of a namespace were counted on this node since it was created.
  package func localConnections(of namespace: NamespaceID) -> UInt64 {
    exists(namespace) ? namespaces[Int(namespace.number)].localConnections : 0
  }

  /// What this node counts in the namespace with a number, for the nodes that are told of every namespace
  /// in turn; nil if there is none.
  @inline(__always)
  func localCounts(_ number: Int) -> (members: UInt32, connections: UInt64)? {
    guard namespaces[number].ordinal != 0 else { return nil }
    return (namespaces[number].localMembers, namespaces[number].localConnections)
  }

  /// All namespaces' numbers are below this.
  var namespaceNumbersEnd: Int { namespaces.count }

  /// Visits what other nodes say of namespaces and is not over: the node and its members. O(all)
  func visitRemoteCounts(_ visit: (NodeID, UInt64) -> Void) {
    for remote in remotes where remote.members > 0 { visit(remote.node, remote.members) }
  }

  /// Visits at most `limit` of the namespaces of which something is kept that a node said, with the connections
  /// that it said last. O(visited)
  func visitCounts(of node: NodeID, limit: Int, _ visit: (NamespaceID, UInt64) -> Void) {
    var index = Int(node.number) < nodes.count ? nodes[Int(node.number)].first : .max
    var visited = 0
    while index != .max, visited < limit {
      let remote = remotes[Int(index)]
      visit(NamespaceID(remote.namespace), remote.connections)
      index = remote.nodeLinks.next
      visited += 1
    }
  }

  /// The connections that a node last said of a namespace that exists; 0 if it said nothing. O(nodes)
  func connections(of node: NodeID, in namespace: NamespaceID) -> UInt64 {
    var index = namespaces[Int(namespace.number)].firstRemote
    while index != .max {
      if remotes[Int(index)].node == node { return remotes[Int(index)].connections }
      index = remotes[Int(index)].next
    }
    return 0
  }

  /// The namespace that a connection is in, or was in last; nil if it was in none.
  package func namespace(of connection: ConnectionID) -> NamespaceID? {
    guard Int(connection.number) < connections.count else { return nil }
    let namespace = connections[Int(connection.number)].namespace
    return namespace == .max ? nil : NamespaceID(namespace)
  }

  /// Visits the namespaces of the connections that will have been counted by `instant`, should nothing else
  /// happen before.
  func visitPending(dueBy instant: Instant, _ visit: (NamespaceID) -> Void) {
    var index = pending.head
    while index != .max,
      connections[Int(index)].openedAt + configuration.incrementDelay <= instant
    {
      visit(NamespaceID(connections[Int(index)].namespace))
      index = connections[Int(index)].links.next
    }
  }

  /// The namespaces that exist, in the order of their creation. O(n).
  var existingNamespaces: ContiguousArray<NamespaceID> {
    var existing: ContiguousArray<NamespaceID> = []
    for position in 0..<creations.count
    where namespaces.hold(creations[position]) {
      existing.append(creations[position].namespace)
    }
    return existing
  }

  /// Visits namespaces in the order of their creation, from the one after `ordinal` (0: the first) on,
  /// at most `limit` of them. The answer is the ordinal to go on after; nil when none is left.
  package func visitNamespaces(
    after ordinal: UInt64, limit: Int,
    _ visit: (NamespaceID, NamespaceStatistics) -> Void
  ) -> UInt64? {
    var position = creations.position(after: ordinal)
    var (visited, last) = (0, ordinal)
    while position < creations.count, visited < limit {
      let entry = creations[position]
      if namespaces.hold(entry), let statistics = statistics(of: entry.namespace) {
        visit(entry.namespace, statistics)
        visited += 1
      }
      last = entry.ordinal
      position += 1
    }
    return position < creations.count ? last : nil
  }
}
