// States that simulated clusters must reach; otherwise they test less than they seem to. Reports
// contain the names of the cases.

/// A state that a simulated cluster can reach.
package enum NodeMilestone: Int, CaseIterable, Hashable, Sendable {
  /// A node asked another one for a full round; a full round was sent.
  case askedAfterLoss, toldAll

  /// A datagram was received twice; one was replayed under a secret, or long after its node had
  /// left.
  case duplicate, replayed

  /// A datagram was dropped: without the right code under a secret; too late by its clock;
  /// malformed.
  case unauthenticated, late, malformed

  /// A message in parts was delivered; so was one that was sent while the network was bad.
  case deliveredInParts, deliveredInBadNetwork

  /// A viewer was excluded by one on another node; one that returned was refused on another node.
  case excludedAcross, stoppedAcross

  /// A node returned after a silence; died; left; was paused; restarted.
  case cameBack, killed, left, paused, restarted

  /// Only one direction was cut; the hub returned.
  case cutOneWay, hubReturned

  /// Counts of a legacy node arrived; a name was withheld because it is unsafe for the legacy node.
  case heardOriginal, sparedOriginal

  /// Bad counts of a legacy node were skipped; a node left that a legacy node had counted.
  case skippedCounts, leftOriginal

  /// A round left out counts that had not changed.
  case leftOutUnchanged

  /// The zero of a retired namespace was sent.
  case toldRetired

  /// More than seven nodes at rest agreed.
  case manyNodes
}

/// The milestones that a simulation reached.
package typealias NodeMilestoneSet = ReachedMilestones<NodeMilestone>
