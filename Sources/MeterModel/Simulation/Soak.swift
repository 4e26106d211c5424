// A soak: seed after seed, by as many workers as there are cores, until the time is over or one fails.

/// What runs came to, and can be added up.
package protocol RunFigures: Sendable {
  /// Those of no run.
  init()

  /// Adds another run's figures.
  mutating func add(_ other: Self)
}

/// What one seed came to.
package struct SeedOutcome<Figures: RunFigures>: Sendable {
  package let seed: UInt64
  package let figures: Figures

  /// What was wrong, made small; nil when nothing was.
  package let failure: Investigation?
}

extension SeedOutcome<SimulationFigures> {
  /// Runs one seed of a profile.
  package init(_ options: SimulationOptions) {
    seed = options.seed
    if options.profile == .swarm {
      let log = RandomLog(swarm: options.seed, adjust: options.adjust)
      var milestones = MilestoneSet()
      let divergence = log.divergence(milestones: &milestones)
      failure = divergence.map { Investigation(of: log, complaint: $0.description) }
      var figures = log.figures
      figures.milestones = milestones
      self.figures = figures
    } else {
      var simulation = Simulation(options)
      while simulation.runBatch() {}
      _ = simulation.finish()
      figures = simulation.figures
      failure = simulation.failure.map { Investigation(of: options, complaint: $0) }
    }
  }
}

extension SeedOutcome<NodesFigures> {
  /// Runs one cluster; `fault` is for canaries.
  package init(nodes seed: UInt64, fault: NodeFault? = nil) {
    self.seed = seed
    let plan = NodesPlan(seed: seed)
    var simulation = ClusterSimulation(plan, fault: fault)
    failure = simulation.firstComplaint().map {
      Investigation(of: plan, fault: fault, complaint: $0)
    }
    figures = simulation.figures
  }
}

/// What all seeds so far came to. Figures are added up in the order in which the seeds were finished, so
/// the digest tells nothing but the seeds that ran.
package struct SoakState<Figures: RunFigures>: Sendable {
  private var nextSeed: UInt64

  package private(set) var seeds: UInt64 = 0
  package private(set) var figures = Figures()

  /// The first seed that failed.
  package private(set) var failed: SeedOutcome<Figures>?

  package init(firstSeed: UInt64) {
    nextSeed = firstSeed
  }

  /// The next seed to try; nil once one has failed.
  package mutating func takeSeed() -> UInt64? {
    guard failed == nil else { return nil }
    defer { nextSeed &+= 1 }
    return nextSeed
  }

  package mutating func add(_ outcome: SeedOutcome<Figures>) {
    seeds += 1
    figures.add(outcome.figures)
    if outcome.failure != nil && failed == nil { failed = outcome }
  }
}
