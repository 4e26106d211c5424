// What a namespace's viewers know beside what is true: for pictures and explanations, which change nothing.

/// The counts of a namespace and what its connections on this node were told of them.
package struct NamespaceCounts: Equatable, Sendable {
  /// Members of all nodes.
  package var members: UInt64

  /// Counted connections of this node.
  package var localMembers: UInt32

  /// Open connections of this node, pending ones too.
  package var open: UInt32

  /// Connections counted on this node since the namespace was created.
  package var counted: UInt64

  /// The count that the open connections were last told, and when (rules 3 and 4).
  package var told: UInt64
  package var toldAt: Instant

  /// What members were at the greetings since, and at the telling itself.
  package var greeted: ClosedRange<UInt64>
}

extension NamespaceCounts {
  /// How far the truth is from the number that somebody's screen shows: from what was told or from what
  /// members were at a greeting since, whichever is farther (rule 4 a).
  package var change: UInt64 {
    let lowest = min(told, greeted.lowerBound)
    let highest = max(told, greeted.upperBound)
    return max(members > lowest ? members - lowest : 0, members < highest ? highest - members : 0)
  }
}

extension Meter {
  /// What a namespace's connections were told; nil if it is not known.
  package func counts(of id: NamespaceID) -> NamespaceCounts? {
    guard exists(id) else { return nil }
    let namespace = namespaces[Int(id.number)]
    let (lowest, highest) = (namespace.lowestGreeted, namespace.highestGreeted)
    return NamespaceCounts(
      members: namespace.members, localMembers: namespace.localMembers, open: namespace.open,
      counted: namespace.localConnections, told: namespace.told, toldAt: namespace.toldAt,
      greeted: min(lowest, highest)...highest)
  }
}

extension Configuration {
  /// How large a change must be to be worth telling to those who were told a count (rule 4 a).
  package func notificationThreshold(told: UInt64) -> UInt64 {
    max(notifyDeltaRatio.floorOfProduct(with: told), 1)
  }
}
