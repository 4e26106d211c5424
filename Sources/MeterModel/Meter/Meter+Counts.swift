// The counts of a namespace beside those that were last sent, for pictures and explanations.

/// The counts of a namespace, and the counts that its connections on this node were sent.
package struct NamespaceCounts: Equatable, Sendable {
  /// The members on all nodes.
  package var members: UInt64

  /// The viewers of this node who are counted, and those who are not counted yet.
  package var localMembers: UInt32
  package var pending: UInt32

  /// The sum of the external counts that this node was told, at most 2⁶³ − 1.
  package var external: UInt64

  /// The open connections of this node, and the observers among them.
  package var open: UInt32
  package var observers: UInt32

  /// The viewers that were counted on this node since the namespace was created.
  package var counted: UInt64

  /// The count that was last sent to all open connections, and the instant (§2 rules 3 and 4).
  package var told: UInt64
  package var toldAt: Instant

  /// The range of the members at the greetings since then, and at the notification itself.
  package var greeted: ClosedRange<UInt64>
}

extension NamespaceCounts {
  /// The members of this node: its counted connections and the external counts, at most 2⁶³ − 1.
  package var ownMembers: UInt64 {
    min(UInt64(localMembers) + external, Configuration.maximumCount)
  }

  /// The members of other nodes.
  package var remote: UInt64 { members - ownMembers }

  /// The members on all nodes and the pending viewers of this node.
  package var audience: UInt64 {
    min(members + UInt64(pending), Configuration.maximumCount)
  }

  /// The largest difference between the members and a count that a client shows: the count last
  /// sent, or the members at a greeting since (§2 rule 4 a).
  package var change: UInt64 {
    let lowest = min(told, greeted.lowerBound)
    let highest = max(told, greeted.upperBound)
    return max(members > lowest ? members - lowest : 0, members < highest ? highest - members : 0)
  }
}

extension Meter {
  /// The counts of a namespace; nil if it does not exist.
  package func counts(of id: NamespaceID) -> NamespaceCounts? {
    guard exists(id) else { return nil }
    let namespace = namespaces[Int(id.number)]
    let (lowest, highest) = (namespace.lowestGreeted, namespace.highestGreeted)
    return NamespaceCounts(
      members: namespace.members, localMembers: namespace.localMembers, pending: namespace.pending,
      external: externals.members(from: namespace.firstExternal), open: namespace.open,
      observers: namespace.observers, counted: namespace.localConnections, told: namespace.told,
      toldAt: namespace.toldAt,
      greeted: min(lowest, highest)...highest)
  }
}

extension Configuration {
  /// The minimum change of the members that causes a notification when `told` was last sent (§2
  /// rule 4 a).
  package func notificationThreshold(told: UInt64) -> UInt64 {
    max(notifyDeltaRatio.floorOfProduct(with: told), 1)
  }
}
