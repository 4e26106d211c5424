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

extension Configuration {
  /// Delays of a few seconds each, often equal to one another, often zero.
  init(random source: inout RandomSource, profile: CrowdProfile) {
    self.init()
    func delay(_ choices: [UInt64]) -> Duration { .seconds(source.choose(choices)) }
    incrementDelay = delay(profile == .flood ? [2, 3, 5] : [0, 0, 0, 1, 2, 5])
    notifyMinDelay = delay([0, 1, 2, 2, 3, 10])
    notifyMaxDelay = delay(profile == .idle ? [10, 25, 100] : [1, 5, 10, 25])
    if source.chance(1, in: 8) && profile != .idle { notifyMaxDelay = .milliseconds(500) }
    namespaceCleanDelay = delay([0, 1, 2, 5, 10, 60])
    maximumConnectionDuration = delay(profile == .herd ? [1, 5, 10] : [0, 0, 2, 10, 3600])
    clusterNodeTimeout = delay([0, 1, 2, 5, 5, 10])
    externalTimeout = delay([1, 2, 5, 5, 60])
    let ratios: [Fraction?] = [
      Fraction(numerator: 0, decimals: 0), Fraction(numerator: 1, decimals: 0),
      Fraction(numerator: 29, decimals: 2), Fraction(numerator: 5, decimals: 1), .oneTenth,
      Fraction(numerator: 25, decimals: 2),
    ]
    notifyDeltaRatio = source.choose(ratios) ?? .oneTenth
    if source.chance(1, in: 4) { maximumConnections = source.choose([1, 2, 3, 8]) }
    if source.chance(1, in: 4) { maximumNamespaces = source.choose([1, 2, 3]) }
  }
}

/// The generator of steps, one after another.
private struct LogGenerator {
  let configuration: Configuration
  let habits: Habits
  let isIdle: Bool
  var clock: RandomSource
  var crowd: RandomSource

  var steps: [RandomLog.Step] = []
  var now = Instant.start

  /// The open connections as the crowd has recorded them; a meter may have ended or refused some.
  private var open: [ConnectionID] = []
  private var opened = ConnectionOrdinal.none

  /// The last holder of each viewer id, and the connection that the present holder excluded.
  private var holders: [ViewerID: ConnectionID] = [:]
  private var displaced: [ViewerID: ConnectionID] = [:]

  /// The last viewer id of each connection.
  private var viewers: [ConnectionID: ViewerID] = [:]

  /// The clients that will come back: when, with which viewer id, and after which connection; nil
  /// for a page that is reloaded, which does not know its former connection.
  private var returns: [(at: Instant, viewer: ViewerID, after: ConnectionID?)] = []

  /// The time after which a browser opens a lost stream again.
  private static let retry = Duration.seconds(2)

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
    passTime()
    if let due = returns.firstIndex(where: { $0.at <= now }) {
      comeBack(returns.remove(at: due))
      return expectDeadlines()
    }
    let weights = [
      habits.open, habits.close, habits.exclude, habits.message, habits.peer, habits.external,
      habits.bye,
    ]
    switch crowd.index(weights: weights) {
    case 0: addOpen()
    case 1: addClose()
    case 2: add(.excluded(viewer()))
    case 3: add(.message(namespace(), MessageID(0)))
    case 4: addPeer()
    case 5: addExternal()
    default: add(.bye(NodeID(UInt32(crowd.below(UInt64(habits.nodes))))))
    }
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

  private mutating func addOpen() {
    let makesNonsense = crowd.chance(habits.nonsense, in: 10)
    var connection = ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))
    if !makesNonsense && open.contains(connection) {
      guard let free = firstFree else { return addClose() }
      connection = free
    }
    let viewer = crowd.chance(habits.withViewer, in: 10) ? viewer() : .none
    open(connection, viewer, after: after(viewer))
  }

  private mutating func open(
    _ connection: ConnectionID, _ viewer: ViewerID, after: ConnectionID?
  ) {
    if !open.contains(connection) { open.append(connection) }
    if viewer != .none {
      displaced[viewer] = holders[viewer]
      holders[viewer] = connection
      viewers[connection] = viewer
      if let former = displaced[viewer] { plan(viewer, after: former, in: Self.retry) }
    }
    opened = opened.next
    add(.opened(connection, namespace(), viewer: viewer, after: .none), after: after)
  }

  /// Lets a client open a stream again. Whether a meter refuses it is not known here: mostly it
  /// does where the viewer id has another holder.
  private mutating func comeBack(
    _ client: (at: Instant, viewer: ViewerID, after: ConnectionID?)
  ) {
    guard let connection = firstFree else { return }
    if client.after != nil, holders[client.viewer] != nil, crowd.chance(3, in: 4) {
      return add(
        .opened(connection, namespace(), viewer: client.viewer, after: .none), after: client.after)
    }
    open(connection, client.viewer, after: client.after)
  }

  /// Lets the client with a viewer id come back, if clients of this crowd do.
  private mutating func plan(
    _ viewer: ViewerID, after: ConnectionID?, in delay: Duration
  ) {
    guard habits.comeBack, returns.count < 6 else { return }
    returns.append((now + delay, viewer, after))
  }

  private var firstFree: ConnectionID? {
    for number in 0..<habits.connections {
      let connection = ConnectionID(number)
      if !open.contains(connection) { return connection }
    }
    return nil
  }

  /// The former connection that a newcomer names: often the one that the holder of its id excluded.
  private mutating func after(_ viewer: ViewerID) -> ConnectionID? {
    switch crowd.index(weights: [6, 6, 1]) {
    case 0: nil
    case 1: displaced[viewer]
    default: ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))
    }
  }

  private mutating func addClose() {
    if open.isEmpty || crowd.chance(habits.nonsense, in: 20) {
      return add(.closed(ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))))
    }
    let connection = open.remove(at: crowd.below(open.count))
    if habits.comeBack, let viewer = viewers[connection], holders[viewer] == connection {
      holders[viewer] = nil
      switch crowd.below(3) {
      case 0: plan(viewer, after: nil, in: .milliseconds(500 * crowd.below(UInt64(3))))
      case 1: plan(viewer, after: connection, in: Self.retry)
      default: break
      }
    }
    add(.closed(connection))
  }

  private mutating func addPeer() {
    let node = NodeID(UInt32(crowd.below(UInt64(habits.nodes))))
    add(.peer(node, namespace(), members: count(), connections: count()))
  }

  private mutating func addExternal() {
    let source = SourceID(UInt32(crowd.below(UInt64(habits.sources))))
    add(.external(source, namespace(), members: count()))
  }

  /// A count that a node or a source reports: mostly small, often zero, sometimes out of range.
  private mutating func count() -> UInt64 {
    switch crowd.index(weights: [6, 10, 3, 1]) {
    case 0: 0
    case 1: crowd.below(UInt64(20))
    case 2: crowd.below(UInt64(1000))
    default: crowd.choose([1 << 63 - 1, 1 << 63 - 2, 1 << 63, .max, 1 << 62])
    }
  }

  private mutating func namespace() -> NamespaceID {
    NamespaceID(UInt32(crowd.below(UInt64(habits.namespaces))))
  }

  private mutating func viewer() -> ViewerID {
    guard habits.viewers > 0 else { return .none }
    return ViewerID(UInt32(crowd.below(UInt64(habits.viewers))))
  }

  private mutating func add(_ event: Event, after: ConnectionID? = nil) {
    steps.append(RandomLog.Step(instant: now, event: event, after: after))
  }

  /// Remembers the instants of deadlines that the latest event may cause.
  private mutating func expectDeadlines() {
    var delays = [
      configuration.incrementDelay, configuration.notifyMinDelay, configuration.notifyMaxDelay,
      configuration.namespaceCleanDelay, configuration.clusterNodeTimeout,
      habits.external > 0 ? configuration.externalTimeout : configuration.notifyMinDelay,
      configuration.lifetime(of: opened) ?? .zero,
    ]
    if habits.comeBack { delays.append(Configuration.exclusionMemory) }
    deadlines.append(now + clock.choose(delays))
    deadlines.append(now + clock.choose(delays))
    if deadlines.count > 16 { deadlines.removeFirst(8) }
  }
}
