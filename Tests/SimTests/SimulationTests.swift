// Crowds of every profile, small enough for a test.

import MeterModel
import Testing

struct SimulationTests {
  static let profiles = SimulationProfile.allCases.filter { $0 != .swarm }

  @Test(arguments: profiles)
  func `a crowd causes no violation`(profile: SimulationProfile) {
    for seed in 0..<UInt64(3) {
      #expect(run(options(profile, seed: seed)).failure == nil, "\(profile.rawValue) \(seed)")
    }
  }

  @Test(arguments: profiles)
  func `a seed always makes the same log, another seed another one`(profile: SimulationProfile) {
    let digest = run(options(profile, seed: 5)).figures.digest
    #expect(run(options(profile, seed: 5)).figures.digest == digest)
    #expect(run(options(profile, seed: 6)).figures.digest != digest)
  }

  @Test func `a flash crowd opens and closes at the rates of a match`() {
    var opened: [UInt64: Int] = [:]
    var closed: [UInt64: Int] = [:]
    var options = options(.flashCrowd, seed: 1)
    options.connections = 20_000
    var simulation = Simulation(options)
    var hasMore = true
    while hasMore {
      hasMore = simulation.runBatch()
      for record in simulation.records {
        let minute = record.instant.nanoseconds / 60_000_000_000
        if case .opened = record.event { opened[minute, default: 0] += 1 }
        if case .closed = record.event { closed[minute, default: 0] += 1 }
      }
    }
    // 0.05 to 0.1 % a second, so 600 to 1,200 of 20,000 a minute; ten times that at the whistle.
    #expect((600...1200).contains(opened[5] ?? 0), "\(opened)")
    #expect((1000...1250).contains(opened[10] ?? 0), "\(opened)")
    #expect((6000...12000).contains(closed.values.max() ?? 0), "\(closed)")
  }

  @Test func `the first namespace of a Zipf distribution is twice as popular as the second`() {
    var options = options(.longTail, seed: 1)
    options.connections = 20_000
    var simulation = Simulation(options)
    var opens: [NamespaceID: Int] = [:]
    while simulation.runBatch() {
      for record in simulation.records {
        if case .opened(_, let namespace, _, _, _) = record.event {
          opens[namespace, default: 0] += 1
        }
      }
    }
    let (first, second) = (opens[NamespaceID(0)] ?? 0, opens[NamespaceID(1)] ?? 0)
    #expect((18...22).contains(first * 10 / max(second, 1)), "\(first) \(second)")
  }

  @Test func `a flood changes no notification of the connections that stay`() {
    let simulation = run(options(.flood, seed: 3))
    #expect(simulation.comparesWithoutFlood && simulation.failure == nil)
    let figures = simulation.figures
    #expect(figures.notifications > 0)
    #expect(figures.opened > 5 * figures.counted)
    #expect(figures.counted == figures.peakMembers)
  }

  @Test func `the swarm finds no violation and reaches every milestone`() {
    var milestones = MilestoneSet()
    for seed in 0..<SeedRange.swarm {
      let outcome = SeedOutcome(swarm(seed))
      milestones.formUnion(outcome.figures.milestones)
      if let failure = outcome.failure {
        Issue.record(
          "audience-meter simulate --profile swarm --seed \(seed)\n\(failure.violation)")
        return
      }
    }
    #expect(milestones.missing == [])
  }

  private func swarm(_ seed: UInt64) -> SimulationOptions {
    var options = SimulationOptions()
    options.profile = .swarm
    options.seed = seed
    return options
  }

  private func options(_ profile: SimulationProfile, seed: UInt64) -> SimulationOptions {
    var options = SimulationOptions()
    options.profile = profile
    options.seed = seed
    options.connections = 400
    options.namespaces = 10
    return options
  }

  private func run(_ options: SimulationOptions) -> Simulation {
    var simulation = Simulation(options)
    while simulation.runBatch() {}
    _ = simulation.finish()
    return simulation
  }
}
