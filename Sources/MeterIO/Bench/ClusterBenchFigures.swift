// What telling each other costs the nodes of a cluster, by node and notify interval.

import MeterModel

/// What one node did in one interval. Times are CPU time in nanoseconds.
package struct ClusterBenchSample: Equatable, Sendable {
  /// What it sent to the others.
  package var datagrams: UInt64 = 0
  package var bytes: UInt64 = 0

  /// What it heard of all others.
  package var heardDatagrams: UInt64 = 0
  package var heardCounts: UInt64 = 0

  /// Of making what it sent.
  package var advertise: UInt64 = 0

  /// Of taking in what it heard.
  package var hear: UInt64 = 0

  /// The longest piece of either that was done at once.
  package var slice: UInt64 = 0

  package init() {}
}

/// All that was measured of a cluster.
package struct ClusterBenchFigures: Equatable, Sendable {
  package var nodes: UInt32 = 0

  /// Of each node, and how many of them change in an interval.
  package var namespaces: UInt32 = 0
  package var changing: UInt32 = 0
  package var hasSecret = false
  package var seed: UInt64 = 0
  package var notifyInterval = Duration.zero
  package var nodeTimeout = Duration.zero

  /// The intervals that were measured.
  package var rounds: UInt64 = 0

  /// Of each node and interval.
  package var samples: [ClusterBenchSample] = []

  package init() {}

  /// The median of all samples; 0 of none. O(n log n)
  package func median(_ figure: (ClusterBenchSample) -> UInt64) -> UInt64 {
    samples.map(figure).median
  }

  /// The longest piece of work of any node in any interval, in nanoseconds.
  package var longestSlice: UInt64 { samples.map(\.slice).max() ?? 0 }
}
