// The plans of the profiles. The figures of the flash crowd are those of a televised match: 0.05 to
// 0.1 % of the final audience open each second, and ten times as many close at the whistle.

extension Workload {
  /// The plan of a profile. Precondition: it is not the swarm, which draws the plan of another
  /// profile.
  init(_ options: SimulationOptions) {
    let size = options.profile.size
    let connections = options.connections ?? size.connections
    let duration = options.duration ?? size.duration
    self.init(
      options.profile, connections: connections, namespaces: options.namespaces ?? size.namespaces,
      duration: duration, scale: TimeScale(for: duration), configuration: options.configuration,
      source: RandomSource(seed: options.seed).fork("workload"))
  }

  /// The plan of a profile at a size, with faults drawn from `source`.
  init(
    _ profile: SimulationProfile, connections: UInt32, namespaces: UInt32, duration: Duration,
    scale: TimeScale, configuration: Configuration, source: RandomSource
  ) {
    self.init(scale: scale, namespaces: namespaces, last: scale.ticks(duration))
    faults = EdgeFaults.ordinary(for: self, configuration, source.fork("faults"))
    switch profile {
    case .flashCrowd: planFlashCrowd(connections)
    case .flood: planFlood(connections, delay: configuration.incrementDelay)
    case .churn, .swarm: planChurn(connections)
    case .herd: planHerd(connections)
    case .longTail: planLongTail(connections)
    case .spray: planSpray(connections)
    case .idle: planIdle(connections)
    case .reloads: planInterruptions(.reload, connections)
    case .roaming: planInterruptions(.roam, connections)
    case .tabs: planTabs(connections)
    case .players: planPlayers(connections)
    case .restarts: planRestarts(connections)
    case .cluster:
      planChurn(connections)
      cluster = ClusterPlan(self, configuration, source.fork("cluster"))
    }
  }

  /// Viewers open within 1,333 s of an hour, at a rate that rises from 0.05 to 0.1 % and falls
  /// again. The last whistle is after two thirds of it, and all but the last have closed 133 s
  /// later. A shorter duration shortens all of this; a longer one lengthens the match.
  private mutating func planFlashCrowd(_ connections: UInt32) {
    let unit = min(last, scale.ticks(.seconds(3600)))
    let whistle = last - unit / 3
    behaviours = [
      Behaviour(
        session: .logNormal(median: unit), whistle: (whistle, unit.share(133, of: 3600)))
    ]
    let weights: [UInt64] = [50, 60, 70, 80, 90, 100, 90, 80, 70, 60]
    addArrivals(connections, weights: weights, from: 0, to: unit.share(1333, of: 3600))
  }

  /// A tenth opens and stays. Then the others open, and close within the delay.
  private mutating func planFlood(_ connections: UInt32, delay: Duration) {
    let longest = UInt32(max(1, UInt64(scale.ticks(delay)) * 15 / 16))
    behaviours = [
      Behaviour(session: .endless, isReliable: true),
      Behaviour(session: .uniform(least: 0, most: longest), isReliable: true),
    ]
    let residents = connections / 10
    let start = last / 10
    addArrivals(residents, from: 0, to: start)
    let flood = (start.plus(scale.ticks(delay)).plus(1), last - last / 10)
    if flood.0 < flood.1 {
      addArrivals(connections - residents, from: flood.0, to: flood.1, behaviour: 1)
    }
    faults = EdgeFaults()
  }

  private mutating func planChurn(_ connections: UInt32) {
    let median = max(1, last / 20)
    behaviours = [
      Behaviour(session: .logNormal(median: median), pause: .logNormal(median: median))
    ]
    addArrivals(connections, from: 0, to: last / 20)
    chatter = max(1, last / 100)
  }

  private mutating func planHerd(_ connections: UInt32) {
    behaviours = [Behaviour(session: .endless)]
    addArrivals(connections, from: 0, to: last / 8)
    cuts = [last / 4, last / 2, last / 2 + last / 8].map { Cut(tick: $0) }
  }

  /// Each viewer's stream is interrupted once in ten minutes, on average.
  private mutating func planInterruptions(_ kind: Interruption, _ connections: UInt32) {
    behaviours = [Behaviour(session: .logNormal(median: max(1, last / 2)))]
    behaviours[0].interruption = (kind, timeBetweenInterruptions)
    addArrivals(connections, from: 0, to: last / 2)
  }

  private var timeBetweenInterruptions: SessionLength {
    let minute = max(1, min(scale.ticks(.seconds(60)), last / 20))
    return .uniform(least: minute, most: minute * 19)
  }

  /// Three tabs have one viewer id; some are closed, some opened again, some reloaded.
  private mutating func planTabs(_ connections: UInt32) {
    let median = max(1, last / 10)
    behaviours = [
      Behaviour(session: .logNormal(median: median), pause: .logNormal(median: median))
    ]
    behaviours[0].interruption = (.reload, timeBetweenInterruptions)
    behaviours[0].tabs = 3
    addArrivals(connections, from: 0, to: last / 10)
  }

  /// Half of the viewers have streams. The others ping every 20 s.
  private mutating func planPlayers(_ connections: UInt32) {
    let median = max(1, last / 10)
    let viewer = Behaviour(session: .logNormal(median: median), pause: .logNormal(median: median))
    behaviours = [viewer, viewer]
    behaviours[1].ping = max(1, scale.ticks(.seconds(20)))
    addArrivals(connections / 2, from: 0, to: last / 20)
    addArrivals(connections - connections / 2, from: last / 20, to: last / 10, behaviour: 1)
  }

  /// The daemon begins anew, ends all streams once, and begins anew.
  private mutating func planRestarts(_ connections: UInt32) {
    behaviours = [Behaviour(session: .logNormal(median: max(1, last / 2)))]
    addArrivals(connections, from: 0, to: last / 8)
    cuts = [
      Cut(tick: last / 4, kind: .restarted), Cut(tick: last / 2, kind: .drained),
      Cut(tick: last / 2 + last / 8, kind: .restarted),
    ]
  }

  private mutating func planLongTail(_ connections: UInt32) {
    let median = max(1, last / 50)
    behaviours = [
      Behaviour(session: .logNormal(median: median)), Behaviour(session: .endless),
    ]
    addArrivals(connections / 10, from: 0, to: last / 20, behaviour: 1)
    addArrivals(connections - connections / 10, from: last / 20, to: last - last / 20)
  }

  private mutating func planSpray(_ connections: UInt32) {
    behaviours = [
      Behaviour(session: .logNormal(median: max(1, last / 20)), popularity: .inTurn)
    ]
    addArrivals(connections, from: 0, to: last / 2)
  }

  private mutating func planIdle(_ connections: UInt32) {
    behaviours = [Behaviour(session: .endless)]
    addArrivals(connections, from: 0, to: last / 100)
    faults.stalls = []
  }

  /// Adds `count` arrivals in stretches of equal length, by their weights.
  private mutating func addArrivals(
    _ count: UInt32, weights: [UInt64] = [1], from start: UInt32, to end: UInt32,
    behaviour: Int = 0
  ) {
    let total = weights.reduce(0, +)
    let length = end - start
    var (weight, arrived): (UInt64, UInt32) = (0, 0)
    for (index, part) in weights.enumerated() {
      weight += part
      let until = count.share(weight, of: total)
      let stretches = UInt64(weights.count)
      arrivals.append(
        Arrivals(
          start: start + length.share(UInt64(index), of: stretches),
          end: start + length.share(UInt64(index) + 1, of: stretches),
          count: until - arrived, behaviour: behaviour))
      arrived = until
    }
  }
}
