// The figures of simulations: those of a replay, and the milestones.

/// The figures of one or more runs. Those of the replay can be read as members.
@dynamicMemberLookup
package struct SimulationFigures: RunFigures {
  /// The figures of a replay of the log.
  package private(set) var replay = ReplayFigures()

  /// The milestones that were reached.
  package var milestones = MilestoneSet()

  package init() {}

  init(replay: ReplayFigures, milestones: MilestoneSet = MilestoneSet()) {
    self.replay = replay
    self.milestones = milestones
  }

  /// A figure of the replay.
  package subscript<Figure>(dynamicMember figure: KeyPath<ReplayFigures, Figure>) -> Figure {
    replay[keyPath: figure]
  }

  /// Adds the figures of another run.
  package mutating func add(_ other: SimulationFigures) {
    replay.add(other.replay)
    milestones.formUnion(other.milestones)
  }
}
