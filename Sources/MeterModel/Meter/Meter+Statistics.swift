// Questions about the state (§2 rule 14 and others). They change nothing.

extension Meter {
  /// The statistics of a namespace; nil if it does not exist.
  package func statistics(of namespace: NamespaceID) -> NamespaceStatistics? {
    guard exists(namespace) else { return nil }
    let state = namespaces[Int(namespace.number)]
    return NamespaceStatistics(
      created: state.createdAt, members: state.members, connections: state.connections,
      modified: state.modified, peak: state.record.peak, peakAt: state.record.peakAt,
      memberSeconds: state.record.memberTime(until: now).seconds)
  }

  /// The members of a namespace on all nodes; 0 if it does not exist.
  package func members(of namespace: NamespaceID) -> UInt64 {
    exists(namespace) ? namespaces[Int(namespace.number)].members : 0
  }

  /// The open connections of a namespace on this node, pending ones included.
  package func openConnections(of namespace: NamespaceID) -> UInt32 {
    exists(namespace) ? namespaces[Int(namespace.number)].open : 0
  }

  /// The counted connections of a namespace on this node.
  package func localMembers(of namespace: NamespaceID) -> UInt32 {
    exists(namespace) ? namespaces[Int(namespace.number)].localMembers : 0
  }

  /// All connections of a namespace that were counted on this node since its creation.
  package func localConnections(of namespace: NamespaceID) -> UInt64 {
    exists(namespace) ? namespaces[Int(namespace.number)].localConnections : 0
  }

  /// The counts of this node in the namespace with a number, external ones included; nil if there
  /// is none. For the cluster rounds, which report each namespace in turn.
  @inline(__always)
  func localCounts(_ number: Int) -> (members: UInt64, connections: UInt64)? {
    guard namespaces[number].ordinal != 0 else { return nil }
    return (reportedMembers(number), namespaces[number].localConnections)
  }

  /// An upper bound of the namespaces' numbers, itself excluded.
  var namespaceNumbersEnd: Int { namespaces.count }

  /// Visits the valid reports of other nodes: the node and its members. O(all reports)
  func visitRemoteCounts(_ visit: (NodeID, UInt64) -> Void) {
    for remote in remotes where remote.members > 0 { visit(remote.node, remote.members) }
  }

  /// Visits at most `limit` of the namespaces for which a report of a node is kept, with the
  /// connections of its last report. O(visited)
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

  /// The connections in a node's last report of an existing namespace; 0 without a report. O(nodes)
  func connections(of node: NodeID, in namespace: NamespaceID) -> UInt64 {
    var index = namespaces[Int(namespace.number)].firstRemote
    while index != .max {
      if remotes[Int(index)].node == node { return remotes[Int(index)].connections }
      index = remotes[Int(index)].next
    }
    return 0
  }

  /// The namespace of a connection that is or was open; nil if it never was.
  package func namespace(of connection: ConnectionID) -> NamespaceID? {
    guard Int(connection.number) < connections.count else { return nil }
    let namespace = connections[Int(connection.number)].namespace
    return namespace == .max ? nil : NamespaceID(namespace)
  }

  /// The existing namespaces in the order of their creation. O(n)
  var existingNamespaces: ContiguousArray<NamespaceID> {
    var existing: ContiguousArray<NamespaceID> = []
    for position in 0..<creations.count
    where namespaces.hold(creations[position]) {
      existing.append(creations[position].namespace)
    }
    return existing
  }

  /// Visits at most `limit` namespaces in the order of their creation, from the one after `ordinal`
  /// (0: the first) on. Returns the ordinal after which to continue; nil if none is left.
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
