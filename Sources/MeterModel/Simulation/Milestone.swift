// Milestones: states that simulations must reach. If one is never reached, a rule is not tested.

/// A state that a run reached.
package enum Milestone: Int, CaseIterable, Hashable, Sendable {
  case greeted, messaged, retired, expired, excluded, stopped
  case rejectedOpen, rejectedClose, rejectedPastLimit, rejectedOutOfRange

  /// A connection was refused at the limit of connections, or of namespaces.
  case fullOfConnections, fullOfNamespaces

  /// A connection that was refused at a limit would have excluded another, which stayed.
  case refusedWithoutExclusion

  /// A connection was refused that opened before the newest one that was excluded for its viewer
  /// id; one was refused although the connection that had excluded it had left, and another one had
  /// taken the id.
  case stoppedOlder, stoppedAfterReturn

  /// A connection came after the open one with its viewer id. A plain request came after the last
  /// connection with a viewer id had left, while one was remembered for it.
  case replacedByItself, forgottenByRequest

  /// A notification followed an event at once.
  case toldByEvent

  /// A change was notified when the min delay was over.
  case toldAfterMinDelay

  /// The max delay was over, and a notification followed; nothing had changed.
  case toldAfterMaxDelay, toldUnchanged

  /// A notification followed although only greetings had changed since the last one.
  case toldForGreeting

  /// A notification with the maximum count.
  case toldSaturated

  /// Notifications of at least three namespaces at one instant.
  case manyToldAtOnce

  /// A connection that excluded another was excluded in turn.
  case excludedInChain

  /// A connection closed before it was counted; the maximum duration of one ended before it was
  /// counted.
  case closedPending, expiredPending

  /// The maximum duration of a connection ended at the instant at which another was counted.
  case expiredAtIncrement

  /// A connection id opened again before the close of its former connection, which the meter had
  /// ended.
  case reopenedBeforeClose

  /// A connection opened, or another node reported, shortly before a namespace was to be retired.
  case retirementCancelled

  /// The last count of a namespace was forgotten because its node was silent; because its node
  /// left, in several namespaces at once.
  case remoteExpiredToZero, goodbyeEmptiedSeveral

  /// The report of another node created a namespace.
  case createdByPeer

  /// The first connection on this node was greeted with members of other nodes.
  case greetedByOthersOnly

  /// An external count created a namespace; one was forgotten by a count of 0, and by its timeout;
  /// by that at an instant at which the max delay of its namespace was over.
  case createdByExternal, externalEnded, externalExpired, externalExpiredAtNotification

  /// An external count was rejected because its source was the 17th, or because it would have
  /// created a namespace past the limit.
  case rejectedSource, externalPastLimit

  /// The members reached their peak again; they reached a peak without a stream on this node.
  case peakReachedAgain, peakWithoutStreams
}

/// A set of milestones of a kind, in one word. Precondition: at most 64 exist, numbered from 0.
package struct ReachedMilestones<Kind>: Equatable, Sendable
where Kind: CaseIterable & RawRepresentable<Int> {
  private var bits: UInt64 = 0

  /// The empty set.
  package init() {}

  /// Adds a milestone.
  package mutating func insert(_ milestone: Kind) {
    bits |= 1 << UInt64(milestone.rawValue)
  }

  /// Adds the milestones of another set.
  package mutating func formUnion(_ other: Self) {
    bits |= other.bits
  }

  /// Whether a milestone is a member.
  package func contains(_ milestone: Kind) -> Bool {
    bits & 1 << UInt64(milestone.rawValue) != 0
  }

  /// The members, in the order of their declaration.
  package var members: [Kind] { Kind.allCases.filter(contains) }

  /// The other milestones, in the order of their declaration.
  package var missing: [Kind] { Kind.allCases.filter { !contains($0) } }
}

/// The milestones of a meter's simulation.
package typealias MilestoneSet = ReachedMilestones<Milestone>
