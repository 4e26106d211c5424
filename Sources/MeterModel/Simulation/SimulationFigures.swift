// What is told of a simulation: the figures of a replay (§7), and the milestones.

/// The figures of a run, or of several; those of its log's replay can be read as its own.
@dynamicMemberLookup
package struct SimulationFigures: RunFigures {
  /// What a replay of the log would tell.
  package private(set) var replay = ReplayFigures()
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

  /// Adds another run's figures.
  package mutating func add(_ other: SimulationFigures) {
    replay.add(other.replay)
    milestones.formUnion(other.milestones)
  }
}
