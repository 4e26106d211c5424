// The measurements of a cluster, by node and notify interval.

import MeterModel

/// The work of one node in one interval. Times are CPU time in nanoseconds.
package struct ClusterBenchSample: Equatable, Sendable {
  /// The datagrams that it sent.
  package var datagrams: UInt64 = 0

  /// The bytes of the sent datagrams.
  package var bytes: UInt64 = 0

  /// The datagrams that it received.
  package var receivedDatagrams: UInt64 = 0

  /// The counts in the received datagrams.
  package var receivedCounts: UInt64 = 0

  /// The time to make the datagrams that it sent.
  package var advertise: UInt64 = 0

  /// The time to process the datagrams that it received.
  package var receive: UInt64 = 0

  /// The longest slice of either work.
  package var slice: UInt64 = 0

  /// A sample of no work.
  package init() {}
}

/// All measurements of a cluster.
package struct ClusterBenchFigures: Equatable, Sendable {
  /// The number of nodes.
  package var nodes: UInt32 = 0

  /// The namespaces of each node.
  package var namespaces: UInt32 = 0

  /// The namespaces of each node that change in an interval.
  package var changing: UInt32 = 0

  /// Whether the nodes have a secret.
  package var hasSecret = false

  /// The seed of the orders in which the nodes create their namespaces.
  package var seed: UInt64 = 0

  /// The interval between two rounds.
  package var notifyInterval = Duration.zero

  /// The node timeout.
  package var nodeTimeout = Duration.zero

  /// The number of measured intervals.
  package var rounds: UInt64 = 0

  /// One sample for each node and interval.
  package var samples: [ClusterBenchSample] = []

  /// No measurements.
  package init() {}

  /// The median of a figure over all samples; 0 if there are none. O(n log n)
  package func median(_ figure: (ClusterBenchSample) -> UInt64) -> UInt64 {
    samples.map(figure).median
  }

  /// The longest slice of any node in any interval, in nanoseconds.
  package var maximumSlice: UInt64 { samples.map(\.slice).max() ?? 0 }
}
