// What is told of simulated clusters.

/// The figures of one cluster, or of several together.
package struct NodesFigures: RunFigures {
  /// How many nodes there were, those that ran one after the other in one place counted once.
  package var nodes: UInt64 = 0

  /// How long the cluster ran, on its own clock.
  package var duration = Duration.zero

  /// How many datagrams the nodes sent.
  package var datagrams: UInt64 = 0

  /// Of all that the nodes ordered; of several clusters, of their digests.
  package var digest = Digest()
  package var milestones = NodeMilestoneSet()

  package init() {}

  /// Adds another cluster's figures.
  package mutating func add(_ other: NodesFigures) {
    nodes += other.nodes
    duration = Duration(nanoseconds: duration.nanoseconds &+ other.duration.nanoseconds)
    datagrams += other.datagrams
    digest.combine(other.digest.value)
    milestones.formUnion(other.milestones)
  }
}

extension ClusterSimulation {
  /// The figures so far.
  package var figures: NodesFigures {
    var figures = NodesFigures()
    figures.nodes = UInt64(plan.nodes)
    figures.duration = now - .start
    figures.datagrams = datagrams
    figures.digest = digest
    figures.milestones = milestones
    return figures
  }
}
