// What the meter costs in memory: for documentation that a test holds, and for tests of giving it back.

/// What one element of each of the meter's tables costs, in bytes.
package enum MeterStrides {
  /// A connection, open or awaiting its close.
  package static let connection = MemoryLayout<Connection>.stride

  /// A viewer id that is held; nothing without `--enable-uuid`.
  package static let viewer = MemoryLayout<ViewerHolder>.stride

  /// A namespace, its place in the order of creation not included.
  package static let namespace = MemoryLayout<Namespace>.stride

  /// A namespace's place in the order of creation.
  package static let creation = MemoryLayout<CreationOrder.Entry>.stride

  /// What one other node said of one namespace.
  package static let remote = MemoryLayout<RemoteCount>.stride
}

extension Meter {
  /// The bytes of the tables of connections, viewer ids, namespaces, remote counts and the nodes
  /// that said them, slack included.
  package var tableBytes: Int {
    connections.capacity * MeterStrides.connection + viewers.capacity * MeterStrides.viewer
      + namespaces.capacity * MeterStrides.namespace + remotes.capacity * MeterStrides.remote
      + nodes.capacity * MemoryLayout<NodeCounts>.stride
      + creations.capacity * MeterStrides.creation
  }
}
