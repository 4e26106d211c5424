// States that simulated clusters must have reached, or they test less than they seem to.

/// Something that a simulated cluster came across.
package enum NodeMilestone: Int, CaseIterable, Hashable, Sendable {
  /// A node asked another, which it names, to tell all; a full round was told.
  case askedAfterLoss, toldAll

  /// A datagram was seen twice; one was replayed under a secret, or long after its node had left.
  case duplicate, replayed

  /// Without the right code under a secret; too late by its clock; no datagram at all.
  case unauthenticated, late, malformed

  /// A message in parts was delivered, and one whose datagrams were sent while the network was bad.
  case deliveredInParts, deliveredInBadNetwork

  /// A viewer was excluded by one on another node; one that came back was refused elsewhere.
  case excludedAcross, stoppedAcross

  /// A node was silent for the timeout and came back; died; left; stood still; started anew.
  case cameBack, killed, left, paused, restarted

  /// Only one direction was cut; the hub came back.
  case cutOneWay, hubReturned

  /// Counts of an original node arrived; a name that it must not hear was kept from it.
  case heardOriginal, sparedOriginal

  /// A round left out what had not changed.
  case leftOutUnchanged

  /// A namespace retired while its zero was still to be told.
  case toldRetired

  /// More than seven nodes at rest agreed.
  case manyNodes
}

/// Those of a cluster's simulation.
package typealias NodeMilestoneSet = ReachedMilestones<NodeMilestone>
