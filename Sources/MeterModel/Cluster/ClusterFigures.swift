// What a node counts of itself, for reports and for simulations.

/// How often this and that came to pass since a node started.
package struct ClusterFigures: Sendable {
  /// Datagrams that came again, over another carrier or otherwise.
  package internal(set) var duplicates: UInt64 = 0

  /// Nodes that were taken for gone and were heard again.
  package internal(set) var returns: UInt64 = 0

  /// Counts that rounds left out since nothing had changed.
  package internal(set) var unchangedLeftOut: UInt64 = 0

  /// Zeros that were told of namespaces that had retired.
  package internal(set) var retiredTold: UInt64 = 0
}
