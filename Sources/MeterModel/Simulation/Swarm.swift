// The swarm: small logs whose seed determines everything: the kind of crowd, the weights of events,
// the faults, the settings, and the length of a tick. They are small enough for the reference
// meter, and coarse enough for many events to share an instant.

extension RandomLog {
  /// The swarm's log of a seed; at most 300 records.
  package init(swarm seed: UInt64, adjust: (inout Configuration) -> Void = { _ in }) {
    var source = RandomSource(seed: seed).fork("swarm")
    if source.chance(2, in: 3) {
      let profile = source.choose(CrowdProfile.allCases)
      let habits = source.chance(1, in: 2) ? Habits(random: &source) : profile.habits
      self.init(seed: source.next(), profile: profile, habits: habits)
      adjust(&configuration)
    } else {
      self.init(workload: &source, adjust)
    }
  }

  /// The log of a full-size profile at a small size.
  private init(workload source: inout RandomSource, _ adjust: (inout Configuration) -> Void) {
    let profiles = SimulationProfile.allCases.filter { $0 != .swarm }
    let profile = source.choose(profiles)
    var configuration = Configuration(random: &source, profile: profile == .idle ? .idle : .churn)
    let hasViewerIDs = source.chance(1, in: 3)
    if hasViewerIDs { configuration.viewerIDs = source.choose([.exclusive, .exclusive, .shared]) }
    if profile == .tabs || profile == .players { configuration.viewerIDs = .shared }
    adjust(&configuration)
    let tick = Duration.milliseconds(source.choose([1, 100, 250, 250, 500, 1000]))
    let steps = 20 + source.below(UInt64(200))
    let duration = Duration.milliseconds(500 * steps)
    var workload = Workload(
      profile, connections: 1 + UInt32(source.below(UInt64(30))),
      namespaces: 1 + UInt32(source.below(UInt64(5))), duration: duration,
      scale: TimeScale(tick: tick), configuration: configuration, source: source.fork("workload"))
    if hasViewerIDs { workload.viewers = 1 + UInt32(source.below(UInt64(3))) }
    workload.faults = EdgeFaults.drawn(
      for: workload, configuration, source.fork("faults"),
      maximumRate: source.choose([0, 1000, 8000]), maximumBends: 3)
    if profile == .flood { workload.faults = EdgeFaults() }
    var crowd = Crowd(workload, configuration, source.fork("crowd"))
    _ = crowd.fill(limit: 300)
    let end = crowd.latest + configuration.notifyMaxDelay
    self.init(configuration: configuration, records: crowd.records, end: end)
  }

  /// A log of a meter's records. An `after` is kept unless another connection has the same number
  /// by then, because the text form has only numbers.
  init(configuration: Configuration, records: some Sequence<LogRecord>, end: Instant) {
    self.configuration = configuration
    self.end = end
    steps = []
    var latest = ConnectionOrdinal.none
    var numbers: [ConnectionOrdinal: ConnectionID] = [:]
    for record in records {
      switch record.event {
      case .opened(let connection, let namespace, let viewer, let after, let kind):
        latest = latest.next
        numbers[latest] = connection
        let event = Event.opened(connection, namespace, viewer: viewer, after: .none, as: kind)
        steps.append(Step(instant: record.instant, event: event, after: numbers[after.ordinal]))
      case .moved(let key, let node):
        let event = Event.moved(.none, to: node)
        steps.append(Step(instant: record.instant, event: event, after: numbers[key.ordinal]))
      case .closed, .excluded, .cut, .restarted, .pinged, .left, .arrived, .transferred, .message,
        .retained, .peer, .bye, .external:
        steps.append(Step(instant: record.instant, event: record.event, after: nil))
      }
    }
  }
}

extension Habits {
  /// Random settings of any kind.
  fileprivate init(random source: inout RandomSource) {
    func weight() -> UInt64 { source.below(UInt64(12)) }
    self.init(
      open: 1 + weight(), close: weight(), exclude: weight() / 2, message: weight() / 4,
      retain: source.choose([0, 0, 3, 30]),
      cut: weight() / 4, restart: weight() / 5, roam: weight() / 3, ping: weight() / 2,
      leave: weight() / 3, arrive: weight() / 3, move: weight() / 3, transfer: weight() / 3,
      peer: weight() / 2, bye: weight() / 2, external: weight() / 2, together: 1 + weight(),
      nonsense: source.choose([0, 0, 1, 4]), connections: 1 + UInt32(source.below(UInt64(40))),
      namespaces: 1 + UInt32(source.below(UInt64(8))),
      viewers: 1 + UInt32(source.below(UInt64(4))), nodes: 1 + UInt32(source.below(UInt64(4))),
      sources: source.choose([1, 3, 60]),
      services: source.choose([1, 3, 40]), withViewer: source.choose([0, 0, 3, 9]),
      arriving: source.choose([0, 0, 2, 6]), observers: source.choose([0, 0, 1, 4]),
      comeBack: source.chance(1, in: 2))
  }
}

extension RandomLog {
  /// The first place at which the meter is wrong on this log, by the reference, the auditor and its
  /// own audit; nil if there is none. Adds the milestones that the log reached to `milestones`.
  package func divergence(milestones: inout MilestoneSet) -> Divergence? {
    var comparison = Comparison(
      self, makeSubject: Meter.init(configuration:), audit: { $0.audit() })
    let divergence = comparison.firstDivergence()
    milestones.formUnion(comparison.milestones)
    return divergence
  }

  /// The figures of the meter's run over this log, without milestones.
  package var figures: SimulationFigures {
    var meter = Meter(configuration: configuration)
    var effects = EffectBuffer()
    let records = records
    meter.apply(records.span, into: &effects)
    meter.advance(to: end, into: &effects)
    var figures = ReplayFigures()
    figures.records = UInt64(records.count)
    figures.duration = end - .start
    figures.namespaces = meter.createdNamespaces
    figures.counted = meter.countedConnections
    figures.peakMembers = meter.peakMembers
    figures.digest = effects.digest
    for effect in effects.effects {
      if case .greet = effect.action { figures.opened += 1 }
      if case .notify = effect.action { figures.notifications += 1 }
    }
    return SimulationFigures(replay: figures)
  }
}
