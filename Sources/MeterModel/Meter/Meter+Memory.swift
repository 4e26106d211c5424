// The memory of the meter, for the documentation that a test checks and for tests of giving memory
// back.

/// The size of an element of each of the meter's tables, in bytes.
package enum MeterElementSize {
  /// A connection that is open or whose close is awaited.
  package static let connection = MemoryLayout<Connection>.stride

  /// A viewer id that is held or departed; only with `--enable-uuid`.
  package static let viewer = MemoryLayout<ViewerState>.stride

  /// The departure of a viewer id for which a connection is remembered.
  package static let departure = MemoryLayout<Departures.Departure>.stride

  /// A namespace, without its entry in the order of creation.
  package static let namespace = MemoryLayout<Namespace>.stride

  /// The entry of a namespace in the order of creation.
  package static let creation = MemoryLayout<CreationOrder.Entry>.stride

  /// The report of one other node for one namespace.
  package static let remote = MemoryLayout<RemoteCount>.stride

  /// The count of one source for one namespace.
  package static let external = MemoryLayout<ExternalCount>.stride
}

extension Meter {
  /// The bytes of the tables of connections, viewer ids, departures, namespaces, reports, nodes and
  /// external counts, including unused capacity.
  package var tableBytes: Int {
    connections.capacity * MeterElementSize.connection
      + viewers.capacity * MeterElementSize.viewer
      + departures.capacity * MeterElementSize.departure
      + namespaces.capacity * MeterElementSize.namespace
      + remotes.capacity * MeterElementSize.remote
      + nodes.capacity * MemoryLayout<NodeCounts>.stride
      + creations.capacity * MeterElementSize.creation + externals.tableBytes
  }
}
