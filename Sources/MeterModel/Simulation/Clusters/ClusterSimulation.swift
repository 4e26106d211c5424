// A whole cluster in one process: nodes with real meters, a network, clients that join and come back, and the
// plan's misfortunes, on one clock that leaps from each thing that happens to the next. The plan's steps
// are in +Steps; ClusterJudge.swift states what is demanded and by when.

/// Runs a plan once.
package struct ClusterSimulation {
  /// A client, wherever it is.
  struct Client {
    let namespace: Int
    let viewer: Int?
    var node: Int?

    /// The id of the stream that was excluded, to come back with, once.
    var excludedStream: ContiguousArray<UInt8>?
    var hasReturned = false
  }

  let plan: NodesPlan
  let fault: NodeFault?
  var now = Instant.start
  var nodes: [SimulatedNode?]
  var runs: UInt64 = 0
  var network: SimulatedNetwork
  var original: OriginalPeer?
  var nextOriginal = Instant.start

  /// What the original node is called by the judge.
  var originalRun: UInt64?
  /// When each node has something to do next, and whether something was done to it since that was asked: a
  /// node is large, and most things happen to one of many.
  private var wakes: ContiguousArray<Instant>
  private var isTouched: ContiguousArray<Bool>
  private var nextStep = 0
  var hasHealed = false
  private var nextCheck = Instant.start

  /// Nodes that stand still, and whether what arrives waits; what waits.
  var paused: [Int: Bool] = [:]
  var waiting: ContiguousArray<Flight> = []
  var clients: [Int: Client] = [:]

  /// Clients that will join again, when and where.
  var returns: [(at: Instant, client: Int, node: Int)] = []
  var sent: ContiguousArray<ContiguousArray<UInt8>> = []
  var judge: ClusterJudge

  /// How many datagrams the nodes have sent.
  private(set) var datagrams: UInt64 = 0

  /// What the run came across.
  package internal(set) var milestones = NodeMilestoneSet()

  /// Of all that every node ordered.
  package internal(set) var digest = Digest()

  package init(_ plan: NodesPlan, fault: NodeFault? = nil) {
    self.plan = plan
    self.fault = fault
    nodes = Array(repeating: nil, count: plan.nodes)
    wakes = ContiguousArray(repeating: .never, count: plan.nodes)
    isTouched = ContiguousArray(repeating: false, count: plan.nodes)
    network = SimulatedNetwork(plan)
    judge = ClusterJudge(plan)
  }

  /// Runs the plan to its end. The answer is the first thing that is wrong, with its time; nil if nothing is.
  package mutating func firstComplaint() -> String? {
    for node in 0..<plan.nodes { start(node) }
    noteTruth()
    while judge.complaint == nil {
      let next = nextInstant()
      guard next <= judge.endsAt else { break }
      now = next
      runOnce()
    }
    if judge.complaint == nil { judgeMessages() }
    for case let node? in nodes { digest.combine(node.digest.value) }
    return judge.complaint
  }

  private func nextInstant() -> Instant {
    var next = min(network.nextArrival, nextCheck)
    if !hasHealed { next = min(next, plan.healsAt) }
    if nextStep < plan.steps.count { next = min(next, plan.steps[nextStep].at) }
    if original != nil { next = min(next, nextOriginal) }
    for entry in returns { next = min(next, entry.at) }
    for number in wakes.indices where paused[number] == nil { next = min(next, wakes[number]) }
    return max(next, now)
  }

  /// Does all that is due now, in a fixed order.
  private mutating func runOnce() {
    for number in wakes.indices where wakes[number] <= now && paused[number] == nil {
      nodes[number]?.advance(to: now)
      settle(number)
    }
    while network.nextArrival <= now { arrive(network.takeNext()) }
    if original != nil, nextOriginal <= now {
      nextOriginal = now + plan.settings.notifyInterval
      if let bytes = original?.datagram() {
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
    noteTruth()
    if nextCheck <= now {
      check()
      let rest = judge.restsAt
      let step = now + Duration(nanoseconds: plan.settings.notifyInterval.nanoseconds / 3)
      nextCheck = now < rest ? min(step, rest) : step
    }
  }

  private mutating func arrive(_ flight: Flight) {
    guard let keeps = paused[flight.to] else {
      nodes[flight.to]?.receive(flight.bytes, over: flight.carrier, at: now)
      return settle(flight.to)
    }
    if keeps, waiting.count < 500 { waiting.append(flight) }
  }

  /// Tells the judge what the nodes count themselves to which something was done, and asks when they wake.
  private mutating func noteTruth() {
    for number in isTouched.indices where isTouched[number] {
      isTouched[number] = false
      guard let node = nodes[number] else {
        wakes[number] = .never
        continue
      }
      wakes[number] = node.wakesAt
      noteCounts(of: node)
    }
    noteOriginal()
  }

  /// Carries out what a node has ordered and noticed. To be called after whatever was done to it.
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
          judge.note(
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
    judge.sent(bytes, hasHeardLegacy: hasHeardLegacy, &milestones)
    if sent.count < 1000 { sent.append(bytes) }
    network.send(bytes, from: number, at: now)
  }
}
