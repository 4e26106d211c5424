// The other nodes of a cluster: each reports its counts every interval, over a network that loses,
// repeats, delays, reorders and partitions. Nodes restart, with and without a goodbye.

/// The number of nodes and the faults among them, in ticks.
struct ClusterPlan {
  /// A node from which nothing arrives for a while.
  struct Partition {
    let node: Int
    let time: Range<UInt32>
  }

  /// A node that restarts under a new id.
  struct Restart {
    let node: Int
    let tick: UInt32
    let saysBye: Bool
  }

  var nodes: Int
  var namespaces: UInt32
  var interval: UInt32

  /// The time for which a count that fell to zero is reported.
  var timeout: UInt32

  /// The maximum delay of a datagram, during the faults and after them.
  var delays: (faulty: UInt32, sound: UInt32)

  /// Out of 256, the datagrams that are lost, repeated, or have numbers out of range.
  var lost: UInt64
  var repeated: UInt64
  var hostile: UInt64
  var partitions: [Partition] = []
  var restarts: [Restart] = []

  /// The time at which faults and changes cease, and the time after which the nodes are silent.
  var faultsEnd: UInt32
  var changesEnd: UInt32
  var end: UInt32

  init(_ workload: Workload, _ configuration: Configuration, _ source: RandomSource) {
    var source = source
    let scale = workload.scale
    nodes = 2 + source.below(3)
    namespaces = workload.namespaces
    interval = max(1, scale.ticks(.seconds(2)))
    timeout = scale.ticks(configuration.clusterNodeTimeout)
    delays = (scale.ticks(.seconds(4)), scale.ticks(.milliseconds(200)))
    lost = source.below(64)
    repeated = source.below(32)
    hostile = source.below(4)
    changesEnd = workload.last
    faultsEnd = workload.last - workload.last / 8
    // Broken connections are detected by then, and every namespace is notified after that.
    let quiet = scale.ticks(configuration.notifyMaxDelay)
    end = workload.last.plus(quiet).plus(quiet).plus(scale.ticks(.seconds(31)))
    let longest = UInt64(max(1, min(timeout, 1 << 30))) * 4
    for _ in 0..<source.below(4) {
      let start = UInt32(source.below(UInt64(faultsEnd) + 1))
      let until = min(faultsEnd, start.plus(UInt32(source.below(longest))))
      partitions.append(Partition(node: source.below(nodes), time: start..<until))
    }
    for _ in 0..<source.below(4) {
      restarts.append(
        Restart(
          node: source.below(nodes), tick: UInt32(source.below(UInt64(faultsEnd) + 1)),
          saysBye: source.chance(1, in: 2)))
    }
    restarts.sort { $0.tick < $1.tick }
  }
}

/// The reports of the other nodes, in the order of arrival.
struct OtherNodes {
  private struct Node {
    var id: NodeID
    var members: [UInt64]
    var connections: [UInt64]
    /// The time until which each namespace is reported, even if it has no members.
    var toldUntil: [UInt32]
  }

  private struct Datagram {
    let arrival: UInt32
    let order: UInt64
    let event: Event
  }

  private let plan: ClusterPlan
  private var nodes: [Node] = []
  /// The number of the next node; 0 is the hostile one.
  private var nextID: UInt32 = 1
  private var restarts: ArraySlice<ClusterPlan.Restart>
  private var nextRound: UInt32
  private var order: UInt64 = 0
  private var source: RandomSource

  /// The datagrams on their way, the first to arrive last.
  private var datagrams: [Datagram] = []

  init(_ plan: ClusterPlan, _ source: RandomSource) {
    self.plan = plan
    self.source = source
    restarts = plan.restarts[...]
    nextRound = plan.interval
    for _ in 0..<plan.nodes { nodes.append(newNode()) }
  }

  /// The tick of the next change or arrival; nil if there is none.
  var nextDue: UInt32? {
    let round = nextRound <= plan.end ? nextRound : nil
    guard let arrival = datagrams.last?.arrival else { return round }
    return round.map { min($0, arrival) } ?? arrival
  }

  /// The true members of a namespace on the other nodes.
  func members(of namespace: Int) -> UInt64 {
    nodes.reduce(0) { $0 + $1.members[namespace] }
  }

  /// Whether the nodes report often enough that all their reports stay valid.
  var isSteady: Bool {
    plan.timeout > plan.interval.plus(plan.delays.sound).plus(plan.delays.sound)
  }

  /// Performs the next change or arrival, and returns the event that arrives, if any.
  mutating func takeNext() -> Event? {
    if let first = datagrams.last, first.arrival <= nextRound || nextRound > plan.end {
      datagrams.removeLast()
      return first.event
    }
    sendReports(at: nextRound)
    nextRound = nextRound.plus(plan.interval)
    return nil
  }

  private mutating func newNode() -> Node {
    nextID += 1
    let count = Int(plan.namespaces)
    return Node(
      id: NodeID(nextID - 1), members: Array(repeating: 0, count: count),
      connections: Array(repeating: 0, count: count),
      toldUntil: Array(repeating: 0, count: count))
  }

  private mutating func sendReports(at now: UInt32) {
    while let restart = restarts.first, restart.tick <= now {
      restarts.removeFirst()
      if restart.saysBye { send(.bye(nodes[restart.node].id), from: restart.node, at: now) }
      nodes[restart.node] = newNode()
    }
    for node in nodes.indices {
      if now <= plan.changesEnd { change(node, at: now) }
      for namespace in 0..<Int(plan.namespaces) {
        let members = nodes[node].members[namespace]
        if members > 0 { nodes[node].toldUntil[namespace] = now.plus(plan.timeout) }
        guard nodes[node].toldUntil[namespace] >= now else { continue }
        let connections = nodes[node].connections[namespace]
        let event = Event.peer(
          nodes[node].id, NamespaceID(UInt32(namespace)), members: members,
          connections: connections)
        send(event, from: node, at: now)
      }
    }
    if now < plan.faultsEnd && source.chance(plan.hostile, in: 256) { sendHostile(at: now) }
    datagrams.sort { ($0.arrival, $0.order) > ($1.arrival, $1.order) }
  }

  /// Adds and removes members; sometimes a namespace becomes empty.
  private mutating func change(_ node: Int, at now: UInt32) {
    for namespace in 0..<Int(plan.namespaces) {
      switch source.below(UInt64(32)) {
      case 0...3:
        let joins = 1 + source.below(UInt64(20))
        nodes[node].members[namespace] += joins
        nodes[node].connections[namespace] += joins
      case 4...7:
        nodes[node].members[namespace] -= source.below(nodes[node].members[namespace] + 1)
      case 8: nodes[node].members[namespace] = 0
      default: break
      }
    }
  }

  private mutating func send(_ event: Event, from node: Int, at now: UInt32) {
    let isFaulty = now < plan.faultsEnd
    if isFaulty {
      for partition in plan.partitions where partition.node == node {
        if partition.time.contains(now) { return }
      }
      if source.chance(plan.lost, in: 256) { return }
    }
    post(event, at: now, isFaulty: isFaulty)
    if isFaulty && source.chance(plan.repeated, in: 256) {
      post(event, at: now, isFaulty: true)
    }
  }

  private mutating func post(_ event: Event, at now: UInt32, isFaulty: Bool) {
    let isSlow = isFaulty && source.chance(1, in: 16)
    let most = isSlow ? plan.delays.faulty : plan.delays.sound
    order += 1
    datagrams.append(
      Datagram(
        arrival: now.plus(UInt32(source.below(UInt64(most) + 1))), order: order, event: event))
  }

  /// Sends numbers out of range from a node that only does that.
  private mutating func sendHostile(at now: UInt32) {
    let numbers: [UInt64] = [.max, 1 << 63, 1 << 63 - 1, 1 << 62]
    let namespace = NamespaceID(UInt32(source.below(UInt64(plan.namespaces))))
    let event = Event.peer(
      NodeID(0), namespace, members: source.choose(numbers),
      connections: source.choose(numbers))
    post(event, at: now, isFaulty: true)
  }
}
