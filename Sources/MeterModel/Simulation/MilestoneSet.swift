// Sets of milestones.

/// A set of milestones of a kind, in two words. Precondition: at most 256 exist, numbered from 0.
package struct ReachedMilestones<Kind>: Equatable, Sendable
where Kind: CaseIterable & RawRepresentable<Int> {
  private var first: UInt128 = 0
  private var second: UInt128 = 0

  /// The empty set.
  package init() {}

  /// Adds a milestone.
  package mutating func insert(_ milestone: Kind) {
    let number = milestone.rawValue
    if number < 128 { first |= 1 << number } else { second |= 1 << (number - 128) }
  }

  /// Adds the milestones of another set.
  package mutating func formUnion(_ other: Self) {
    first |= other.first
    second |= other.second
  }

  /// Whether a milestone is a member.
  package func contains(_ milestone: Kind) -> Bool {
    let number = milestone.rawValue
    return number < 128 ? first >> number & 1 == 1 : second >> (number - 128) & 1 == 1
  }

  /// The members, in the order of their declaration.
  package var members: [Kind] { Kind.allCases.filter(contains) }

  /// The other milestones, in the order of their declaration.
  package var missing: [Kind] { Kind.allCases.filter { !contains($0) } }
}

/// The milestones of a meter's simulation.
package typealias MilestoneSet = ReachedMilestones<Milestone>
