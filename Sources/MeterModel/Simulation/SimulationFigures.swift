// What is told of a simulation: the figures of a replay (§7), and the milestones.

/// The figures of a run.
package struct SimulationFigures: RunFigures {
  package var records: UInt64 = 0
  package var duration = Duration.zero

  /// Namespaces created, connections opened and counted.
  package var namespaces: UInt64 = 0
  package var opened: UInt64 = 0
  package var counted: UInt64 = 0
  package var peakMembers: UInt64 = 0

  /// How often a namespace was notified.
  package var notifications: UInt64 = 0

  /// The digest of all effects; of several runs, of their digests.
  package var digest = Digest()
  package var milestones = MilestoneSet()

  package init() {}

  init(
    records: UInt64, duration: Duration, namespaces: UInt64, opened: UInt64, counted: UInt64,
    peakMembers: UInt64, notifications: UInt64, digest: Digest, milestones: MilestoneSet
  ) {
    self.records = records
    self.duration = duration
    self.namespaces = namespaces
    self.opened = opened
    self.counted = counted
    self.peakMembers = peakMembers
    self.notifications = notifications
    self.digest = digest
    self.milestones = milestones
  }

  /// Adds another run's figures.
  package mutating func add(_ other: SimulationFigures) {
    records += other.records
    duration = Duration(nanoseconds: duration.nanoseconds &+ other.duration.nanoseconds)
    namespaces += other.namespaces
    opened += other.opened
    counted += other.counted
    peakMembers = max(peakMembers, other.peakMembers)
    notifications += other.notifications
    digest.combine(other.digest.value)
    milestones.formUnion(other.milestones)
  }
}
