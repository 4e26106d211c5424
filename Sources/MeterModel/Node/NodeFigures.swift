// The counters of a node, for the operator.

/// Counters of a node since its start.
package struct NodeFigures: Equatable, Sendable {
  /// Streams that were refused because `max-connections` was reached.
  package internal(set) var refusedByConnections: UInt64 = 0

  /// Streams that were refused because `max-namespaces` was reached.
  package internal(set) var refusedByNamespaces: UInt64 = 0

  /// Events that the meter rejected.
  package internal(set) var rejectedEvents: UInt64 = 0

  /// Counts of other nodes that the meter was fed.
  package internal(set) var remoteCounts: UInt64 = 0

  /// Counters that are all 0.
  package init() {}
}
