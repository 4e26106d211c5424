// States that simulations must have reached, or they test less than they seem to.

/// Something that a run came across.
package enum Milestone: Int, CaseIterable, Hashable, Sendable {
  case greeted, messaged, retired, expired, excluded, stopped
  case rejectedOpen, rejectedClose, rejectedPastLimit, rejectedOutOfRange

  /// Refused because there were as many connections, or namespaces, as there may be.
  case fullOfConnections, fullOfNamespaces

  /// Told at once because of an event.
  case toldByEvent

  /// A change that was held back and told when the min delay was over.
  case toldAfterMinDelay

  /// Told because the max delay was over; with nothing changed at all.
  case toldAfterMaxDelay, toldUnchanged

  /// Told though nothing had changed since the last notification but what newcomers had been greeted with.
  case toldForGreeting

  /// The largest number that there is was told.
  case toldSaturated

  /// At least three namespaces were told at one instant.
  case manyToldAtOnce

  /// One that excluded another was excluded in turn.
  case excludedInChain

  /// A connection left before it was counted: of its own, or because its time was over.
  case closedPending, expiredPending

  /// A connection's time was over at the very instant at which another was counted.
  case expiredAtIncrement

  /// A slot was opened again before the close of its former connection, which the meter had ended.
  case reopenedBeforeClose

  /// Somebody came, or another node spoke, while a namespace was about to be retired.
  case retirementCancelled

  /// The last count of a namespace was forgotten because its node fell silent; because it said goodbye, and
  /// so several at once.
  case remoteExpiredToZero, goodbyeEmptiedSeveral

  /// Another node made a namespace known.
  case createdByPeer

  /// The first to open here found members on other nodes.
  case greetedByOthersOnly
}

/// A set of milestones of a kind, in one word. Precondition: there are at most 64, numbered from 0.
package struct ReachedMilestones<Kind>: Equatable, Sendable
where Kind: CaseIterable & RawRepresentable<Int> {
  private var bits: UInt64 = 0

  package init() {}

  package mutating func insert(_ milestone: Kind) {
    bits |= 1 << UInt64(milestone.rawValue)
  }

  package mutating func formUnion(_ other: Self) {
    bits |= other.bits
  }

  package func contains(_ milestone: Kind) -> Bool {
    bits & 1 << UInt64(milestone.rawValue) != 0
  }

  /// Those that are in, in the order of their declaration.
  package var members: [Kind] { Kind.allCases.filter(contains) }

  /// Those that are not.
  package var missing: [Kind] { Kind.allCases.filter { !contains($0) } }
}

/// Those of a meter's simulation.
package typealias MilestoneSet = ReachedMilestones<Milestone>
