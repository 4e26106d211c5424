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
      if namespaces[Int(entry.namespace.number)].ordinal == entry.ordinal,
        let statistics = statistics(of: entry.namespace)
      {
        visit(entry.namespace, statistics)
        visited += 1
      }
      last = entry.ordinal
      position += 1
    }
    return position < creations.count ? last : nil
  }
}
