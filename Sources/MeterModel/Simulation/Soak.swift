// A soak: one seed after another, on several workers, until the time is over or a seed fails.

/// Figures of runs that can be added up.
package protocol RunFigures: Sendable {
  /// The figures of no run.
  init()

  /// Adds the figures of another run.
  mutating func add(_ other: Self)
}

/// The result of one seed.
package struct SeedOutcome<Figures: RunFigures>: Sendable {
  /// The seed.
  package let seed: UInt64

  /// The figures of its run.
  package let figures: Figures

  /// The investigation of the violation; nil if there was none.
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
      failure = divergence.map { Investigation(of: log, violation: $0.description) }
      var figures = log.figures
      figures.milestones = milestones
      self.figures = figures
    } else {
      var simulation = Simulation(options)
      while simulation.runBatch() {}
      _ = simulation.finish()
      figures = simulation.figures
      failure = simulation.failure.map { Investigation(of: options, violation: $0) }
    }
  }
}

extension SeedOutcome<NodesFigures> {
  /// Runs one cluster. `fault` is for canaries.
  package init(nodes seed: UInt64, fault: NodeFault? = nil) {
    self.seed = seed
    let plan = NodesPlan(seed: seed)
    var simulation = ClusterSimulation(plan, fault: fault)
    failure = simulation.firstViolation().map {
      Investigation(of: plan, fault: fault, violation: $0)
    }
    figures = simulation.figures
  }
}

/// The results of all seeds so far. Figures are added up in the order in which seeds finish, so the
/// digest depends on that order.
package struct SoakState<Figures: RunFigures>: Sendable {
  private var nextSeed: UInt64

  /// The number of seeds that finished, and the sum of their figures.
  package private(set) var seeds: UInt64 = 0
  package private(set) var figures = Figures()

  /// The first seed that failed.
  package private(set) var failed: SeedOutcome<Figures>?

  /// A soak that begins with a seed.
  package init(firstSeed: UInt64) {
    nextSeed = firstSeed
  }

  /// The next seed to run; nil after one has failed.
  package mutating func takeSeed() -> UInt64? {
    guard failed == nil else { return nil }
    defer { nextSeed &+= 1 }
    return nextSeed
  }

  /// Adds the result of a seed.
  package mutating func add(_ outcome: SeedOutcome<Figures>) {
    seeds += 1
    figures.add(outcome.figures)
    if outcome.failure != nil && failed == nil { failed = outcome }
  }
}
