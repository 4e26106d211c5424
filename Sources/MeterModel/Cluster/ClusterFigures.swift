// Counters of the membership, for reports and simulations.

/// Counters since the start of the node.
package struct ClusterFigures: Sendable {
  /// Datagrams that were received more than once, for example over two carriers.
  package internal(set) var duplicates: UInt64 = 0

  /// Nodes that had departed and were heard again.
  package internal(set) var returns: UInt64 = 0

  /// Counts that rounds left out because they had not changed.
  package internal(set) var unchangedLeftOut: UInt64 = 0

  /// Counts of zero that were sent for namespaces that had retired.
  package internal(set) var retiredZeros: UInt64 = 0
}
