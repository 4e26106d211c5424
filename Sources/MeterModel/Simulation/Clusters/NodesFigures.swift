// The figures of simulated clusters.

/// The figures of one cluster, or of several together.
package struct NodesFigures: RunFigures {
  /// The number of nodes; successive runs of a node count once.
  package var nodes: UInt64 = 0

  /// The time that the cluster ran, on its own clock.
  package var duration = Duration.zero

  /// The number of datagrams that the nodes sent.
  package var datagrams: UInt64 = 0

  /// The digest of all effects and datagrams; of several clusters, of their digests.
  package var digest = Digest()

  /// The milestones that were reached.
  package var milestones = NodeMilestoneSet()

  /// Figures that are all 0.
  package init() {}

  /// Adds the figures of another cluster.
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
