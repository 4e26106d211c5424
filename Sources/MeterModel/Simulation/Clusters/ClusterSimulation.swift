// A whole cluster in one process: nodes with real meters, a network, clients that join and return,
// and the faults of the plan, on one clock that jumps from event to event. The steps of the plan
// are in +Steps; ClusterJudge.swift defines the properties that are checked, and from when on.

/// One run of a plan.
package struct ClusterSimulation {
  /// A client, on any node or on none.
  struct Client {
    let namespace: Int
    let viewer: Int?
    var node: Int?

    /// The id of the client's excluded stream, which it sends when it returns.
    var excludedStream: ContiguousArray<UInt8>?
  }

  let plan: NodesPlan
  let fault: NodeFault?
  var now = Instant.start
  var nodes: [SimulatedNode?]
  var runs: UInt64 = 0
  var network: SimulatedNetwork
  var legacyPeer: LegacyPeer?
  var nextLegacyDatagram = Instant.start

  /// The run number of the legacy node; nil if it is not running.
  var legacyRun: UInt64?
  /// The next deadline of each node, and whether the node was changed since that was computed. A
  /// node is large, and most events change one of many.
  private var wakes: ContiguousArray<Instant>
  private var isTouched: ContiguousArray<Bool>
  private var nextStep = 0
  var hasHealed = false
  private var nextCheck = Instant.start

  /// The paused nodes, with whether datagrams are kept for them, and the kept datagrams.
  var paused: [Int: Bool] = [:]
  var waiting: ContiguousArray<Flight> = []
  var clients: [Int: Client] = [:]

  /// Clients that will join again, when and on which node.
  var returns: [(at: Instant, client: Int, node: Int)] = []
  var sent: ContiguousArray<ContiguousArray<UInt8>> = []

  /// The instant when each node sent a datagram last.
  var lastSent: [Int: Instant] = [:]

  /// The nodes of which the legacy node must have received zeros, and when they left.
  var goodbyes: [(at: Instant, session: SessionID)] = []
  var judge: ClusterJudge

  /// The number of datagrams that the nodes have sent.
  private(set) var datagrams: UInt64 = 0

  /// The milestones that were reached.
  package internal(set) var milestones = NodeMilestoneSet()

  /// The digest of the effects and datagrams of all nodes.
  package internal(set) var digest = Digest()

  /// A run of a plan, whose nodes may have a fault.
  package init(_ plan: NodesPlan, fault: NodeFault? = nil) {
    self.plan = plan
    self.fault = fault
    nodes = Array(repeating: nil, count: plan.nodes)
    wakes = ContiguousArray(repeating: .never, count: plan.nodes)
    isTouched = ContiguousArray(repeating: false, count: plan.nodes)
    network = SimulatedNetwork(plan)
    judge = ClusterJudge(plan)
  }

  /// Runs the plan to its end. Returns the first violation, with its time; nil if there is none.
  package mutating func firstViolation() -> String? {
    for node in 0..<plan.nodes { start(node) }
    recordCounts()
    while judge.violation == nil {
      let next = nextInstant()
      guard next <= judge.endsAt else { break }
      now = next
      runOnce()
    }
    if judge.violation == nil { judgeMessages() }
    for case let node? in nodes { digest.combine(node.digest.value) }
    return judge.violation
  }

  private func nextInstant() -> Instant {
    var next = min(network.nextArrival, nextCheck)
    if !hasHealed { next = min(next, plan.healsAt) }
    if nextStep < plan.steps.count { next = min(next, plan.steps[nextStep].at) }
    if legacyPeer != nil { next = min(next, nextLegacyDatagram) }
    for entry in returns { next = min(next, entry.at) }
    for number in wakes.indices where paused[number] == nil { next = min(next, wakes[number]) }
    return max(next, now)
  }

  /// Performs everything that is due now, in a fixed order.
  private mutating func runOnce() {
    for number in wakes.indices where wakes[number] <= now && paused[number] == nil {
      nodes[number]?.advance(to: now)
      settle(number)
    }
    while network.nextArrival <= now { arrive(network.takeNext()) }
    if legacyPeer != nil, nextLegacyDatagram <= now {
      nextLegacyDatagram = now + plan.settings.notifyInterval
      if let bytes = legacyPeer?.datagram() {
        network.send(bytes, isLegacy: true, from: plan.nodes - 1, at: now)
        milestones.insert(.heardOriginal)
      }
    }
    while nextStep < plan.steps.count, plan.steps[nextStep].at <= now {
      perform(plan.steps[nextStep].action)
      nextStep += 1
    }
    if !hasHealed, plan.healsAt <= now { heal() }
    for entry in returns where entry.at <= now { join(entry.client, at: entry.node) }
    returns.removeAll { $0.at <= now }
    recordCounts()
    if nextCheck <= now {
      check()
      let rest = judge.restsAt
      let step = now + Duration(nanoseconds: plan.settings.notifyInterval.nanoseconds / 3)
      nextCheck = now < rest ? min(step, rest) : step
    }
  }

  private mutating func arrive(_ flight: Flight) {
    if isLegacy(flight.to), flight.carrier == .multicast { legacyPeer?.receive(flight.bytes) }
    guard let keeps = paused[flight.to] else {
      nodes[flight.to]?.receive(flight.bytes, over: flight.carrier, at: now)
      return settle(flight.to)
    }
    if keeps, waiting.count < 500 { waiting.append(flight) }
  }

  /// Reports the local counts of the changed nodes to the judge, and computes their next deadlines.
  private mutating func recordCounts() {
    for number in isTouched.indices where isTouched[number] {
      isTouched[number] = false
      guard let node = nodes[number] else {
        wakes[number] = .never
        continue
      }
      wakes[number] = node.wakesAt
      recordCounts(of: node)
    }
    recordLegacy()
  }

  /// Processes the occurrences of a node. To be called after each change of it.
  mutating func settle(_ number: Int) {
    isTouched[number] = true
    guard let (run, occurrences) = nodes[number]?.takeOccurrences() else { return }
    for occurrence in occurrences {
      switch occurrence {
      case .send(let bytes, let hasHeardLegacy): send(bytes, hasHeardLegacy, from: number)
      case .excluded(let stream): excluded(stream, at: number)
      case .retired(let name): judge.retired(name)
      case .counted(let members, let connections, let streams):
        for namespace in members.indices {
          judge.record(
            run, namespace, members: members[namespace], connections: connections[namespace],
            streams: streams[namespace], at: now)
        }
      case .delivered(let namespace, let frame, let reactor):
        judge.delivered(frame, to: namespace, by: reactor, at: now, run: run, &milestones)
      }
    }
  }

  private mutating func send(
    _ bytes: ContiguousArray<UInt8>, _ hasHeardLegacy: Bool, from number: Int
  ) {
    datagrams += 1
    lastSent[number] = now
    judge.sent(bytes, hasHeardLegacy: hasHeardLegacy, &milestones)
    if sent.count < 1000 { sent.append(bytes) }
    network.send(bytes, from: number, at: now)
  }
}
