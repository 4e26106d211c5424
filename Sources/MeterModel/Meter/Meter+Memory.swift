// The memory of the meter, for the documentation that a test checks and for tests of giving memory
// back.

/// The size of an element of each of the meter's tables, in bytes.
package enum MeterElementSize {
  /// A connection that is open or whose close is awaited.
  package static let connection = MemoryLayout<Connection>.stride

  /// A viewer with a viewer id, and its last ping, without its places in the indices.
  package static let viewer = MemoryLayout<Viewer>.stride
  package static let ping = MemoryLayout<LastPing>.stride

  /// A viewer that is leaving or returning, without its place in the index.
  package static let departure = MemoryLayout<Departure>.stride

  /// A namespace, without its entry in the order of creation.
  package static let namespace = MemoryLayout<Namespace>.stride

  /// The entry of a namespace in the order of creation.
  package static let creation = MemoryLayout<CreationOrder.Entry>.stride

  /// The report of one other node for one namespace.
  package static let remote = MemoryLayout<RemoteCount>.stride

  /// The count of one source for one namespace.
  package static let external = MemoryLayout<ExternalCount>.stride

  /// The kept message of one service in one namespace.
  package static let kept = MemoryLayout<KeptMessage>.stride
}

extension Meter {
  /// The bytes of the tables of connections, viewers, departures, namespaces, reports, nodes,
  /// external counts and kept messages, including unused capacity.
  package var tableBytes: Int {
    connections.capacity * MeterElementSize.connection
      + (arrivals.capacity + latePending.capacity) * MemoryLayout<DeadlineHeap.Entry>.stride
      + identified.tableBytes + departures.tableBytes + ages.tableBytes
      + namespaces.capacity * MeterElementSize.namespace
      + remotes.capacity * MeterElementSize.remote
      + nodes.capacity * MemoryLayout<NodeCounts>.stride
      + creations.capacity * MeterElementSize.creation + externals.tableBytes
      + kept.tableBytes
  }
}
