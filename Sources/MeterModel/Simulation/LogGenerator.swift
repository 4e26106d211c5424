// Random logs: a configuration and records from a seed. Times often coincide with one another and
// with deadlines, because errors of a meter are likely there.

extension RandomLog {
  /// The log of a seed. It has 20 to 120 records.
  package init(seed: UInt64, profile: CrowdProfile) {
    self.init(seed: seed, profile: profile, habits: profile.habits)
  }

  /// The log of a seed and a profile with other habits.
  init(seed: UInt64, profile: CrowdProfile, habits: Habits) {
    let source = RandomSource(seed: seed).fork(profile.rawValue)
    var settings = source.fork("configuration")
    configuration = Configuration(random: &settings, profile: profile)
    var generator = LogGenerator(
      configuration: configuration, habits: habits, isIdle: profile == .idle,
      clock: source.fork("clock"), crowd: source.fork("crowd"))
    var length = source.fork("length")
    for _ in 0..<20 + length.below(100) { generator.addStep() }
    steps = generator.steps
    end = generator.now + configuration.notifyMaxDelay
  }
}

/// The generator of steps, one after another.
struct LogGenerator {
  /// A client that will come back: when, with which viewer id, in which namespace, and after which
  /// connection; nil for a page that does not know its former connection.
  struct Return {
    let at: Instant
    let viewer: ViewerID
    let namespace: NamespaceID
    let after: ConnectionID?
  }

  let configuration: Configuration
  let habits: Habits
  let isIdle: Bool
  var clock: RandomSource
  var crowd: RandomSource

  var steps: [RandomLog.Step] = []
  var now = Instant.start

  /// The open connections as the crowd has recorded them; a meter may have ended or refused some.
  var open: [ConnectionID] = []
  var opened = ConnectionOrdinal.none

  /// The last connections that closed, and the last that opened as arriving.
  var closed: [ConnectionID] = []
  var arriving: [ConnectionID] = []

  /// The last holder of each viewer id, and the connection that the present holder excluded.
  var holders: [ViewerID: ConnectionID] = [:]
  var displaced: [ViewerID: ConnectionID] = [:]

  /// The last viewer id, namespace and instant of opening of each connection.
  var viewers: [ConnectionID: ViewerID] = [:]
  var places: [ConnectionID: NamespaceID] = [:]
  var openedAt: [ConnectionID: Instant] = [:]

  var returns: [Return] = []

  /// Instants at which a deadline may be due.
  private var deadlines: [Instant] = []

  init(
    configuration: Configuration, habits: Habits, isIdle: Bool, clock: RandomSource,
    crowd: RandomSource
  ) {
    self.configuration = configuration
    self.habits = habits
    self.isIdle = isIdle
    self.clock = clock
    self.crowd = crowd
  }

  mutating func addStep() {
    if habits.arrive > 0, let latest = arriving.last, openedAt[latest] == now,
      crowd.chance(1, in: 3)
    {
      // Another node answers soon, or at the very end, or the page loses its stream before.
      now = now + .milliseconds(clock.choose([0, 250, 500, 1000]))
      if crowd.chance(2, in: 3) { addArrival() } else { addRoaming() }
      return expectDeadlines()
    }
    passTime()
    if let due = returns.firstIndex(where: { $0.at <= now }) {
      comeBack(returns.remove(at: due))
      return expectDeadlines()
    }
    let actions: [(weight: UInt64, add: (inout LogGenerator) -> Void)] = [
      (habits.open, { $0.addOpen() }),
      (habits.close, { $0.addClose() }),
      (habits.exclude, { $0.add(.excluded($0.viewer())) }),
      (habits.cut, { $0.addCut() }),
      (habits.restart, { $0.addRestart() }),
      (habits.roam, { $0.addRoaming() }),
      (habits.ping, { $0.add(.pinged($0.namespace(), $0.viewer())) }),
      (habits.leave, { $0.add(.left($0.namespace(), $0.viewer())) }),
      (habits.arrive, { $0.addArrival() }),
      (habits.move, { $0.addMove() }),
      (habits.transfer, { $0.add(.transferred($0.namespace(), from: $0.node(), to: $0.node())) }),
      (habits.message, { $0.add(.message($0.namespace(), MessageID(0))) }),
      (habits.retain, { $0.addRetained() }),
      (habits.peer, { $0.addPeer() }),
      (habits.external, { $0.addExternal() }),
      (habits.bye, { $0.add(.bye($0.node())) }),
    ]
    actions[crowd.index(weights: actions.map(\.weight))].add(&self)
    expectDeadlines()
  }

  private mutating func passTime() {
    if clock.chance(habits.together, in: 20) { return }
    if let next = returns.map(\.at).min(), clock.chance(1, in: 2) {
      now = max(now, next)
      return
    }
    // Within 40 max delays, so that most effects are not repeated notifications.
    let horizon = now + Duration(nanoseconds: 40 * configuration.notifyMaxDelay.nanoseconds)
    let later = deadlines.filter { now <= $0 && $0 <= horizon }
    if !later.isEmpty && clock.chance(1, in: 2) {
      // On a deadline, or one nanosecond before or after it.
      let deadline = clock.choose(later)
      let nudge = clock.index(weights: [8, 1, 1])
      if nudge == 2 && now < deadline {
        now = Instant(nanoseconds: deadline.nanoseconds - 1)
      } else {
        now = nudge == 1 ? deadline + Duration(nanoseconds: 1) : deadline
      }
    } else if isIdle && clock.chance(1, in: 3) {
      now = now + .seconds(30 + clock.below(UInt64(600)))
    } else {
      now = now + .milliseconds(500 * clock.below(UInt64(5)))
    }
  }

  private mutating func addPeer() {
    add(.peer(node(), namespace(), members: count(), connections: count()))
  }

  private mutating func addExternal() {
    let source = SourceID(UInt32(crowd.below(UInt64(habits.sources))))
    add(.external(source, namespace(), members: count()))
  }

  /// A message to be kept: mostly short, often empty, sometimes as long as all texts may be.
  private mutating func addRetained() {
    let service = ServiceID(UInt32(crowd.below(UInt64(habits.services))))
    let bytes: UInt32 =
      switch crowd.index(weights: [12, 3, 1]) {
      case 0: 1 + UInt32(crowd.below(UInt64(9)))
      case 1: 0
      default: crowd.choose([1, 32_768, 65_535, 65_536])
      }
    add(.retained(namespace(), service, MessageID(0), bytes: bytes))
  }

  /// A count that a node or a source reports: mostly small, often 0 or 1, sometimes out of range.
  private mutating func count() -> UInt64 {
    switch crowd.index(weights: [6, 2, 8, 3, 1]) {
    case 0: 0
    case 1: 1
    case 2: crowd.below(UInt64(20))
    case 3: crowd.below(UInt64(1000))
    default: crowd.choose([1 << 63 - 1, 1 << 63 - 2, 1 << 63, .max, 1 << 62])
    }
  }

  mutating func namespace() -> NamespaceID {
    NamespaceID(UInt32(crowd.below(UInt64(habits.namespaces))))
  }

  mutating func node() -> NodeID {
    NodeID(UInt32(crowd.below(UInt64(habits.nodes))))
  }

  mutating func viewer() -> ViewerID {
    guard habits.viewers > 0 else { return .none }
    return ViewerID(UInt32(crowd.below(UInt64(habits.viewers))))
  }

  mutating func add(_ event: Event, after: ConnectionID? = nil) {
    steps.append(RandomLog.Step(instant: now, event: event, after: after))
  }

  /// Remembers the instants of deadlines that the latest event may cause.
  private mutating func expectDeadlines() {
    var delays = [
      configuration.incrementDelay, configuration.notifyMinDelay, configuration.notifyMaxDelay,
      configuration.namespaceCleanDelay, configuration.clusterNodeTimeout,
      habits.external > 0 ? configuration.externalTimeout : configuration.notifyMinDelay,
      configuration.lifetime(of: opened) ?? .zero, configuration.decrementDelay,
      // The step of a young viewer's grace, once or some times.
      configuration.grace(atAge: partOfDelay()),
    ]
    if habits.restart + habits.cut > 0 { delays.append(configuration.restartDelay) }
    if habits.ping > 0 { delays.append(configuration.pingTimeout) }
    if habits.arriving > 0 { delays.append(Configuration.arrivalTimeout) }
    deadlines.append(now + clock.choose(delays))
    deadlines.append(now + clock.choose(delays))
    if deadlines.count > 16 { deadlines.removeFirst(8) }
  }

  private mutating func partOfDelay() -> Duration {
    let delay = configuration.decrementDelay.nanoseconds
    return Duration(nanoseconds: clock.below(delay + 1))
  }
}
