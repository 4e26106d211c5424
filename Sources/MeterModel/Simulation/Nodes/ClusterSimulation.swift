// A whole cluster in one process: nodes with real meters, a network, clients that join and come back, and the
// plan's misfortunes, on one clock that leaps from each thing that happens to the next. The checkers are in
// +Checks; they state what is demanded and by when.

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
  private let fault: NodeFault?
  var now = Instant.start
  var nodes: [SimulatedNode?]
  var runs: UInt64 = 0
  private(set) var network: SimulatedNetwork
  var original: OriginalPeer?
  private var nextOriginal = Instant.start

  /// What the original node is called by the judge.
  var originalRun: UInt64?
  private var nextStep = 0
  private var hasHealed = false
  private var nextCheck = Instant.start

  /// Nodes that stand still, and whether what arrives waits; what waits.
  var paused: [Int: Bool] = [:]
  private var waiting: ContiguousArray<Flight> = []
  var clients: [Int: Client] = [:]

  /// Clients that will join again, when and where.
  private var returns: [(at: Instant, client: Int, node: Int)] = []
  private var sent: ContiguousArray<ContiguousArray<UInt8>> = []
  var judge: ClusterJudge

  /// What the run came across.
  package internal(set) var milestones = NodeMilestoneSet()

  /// Of all that every node ordered.
  package private(set) var digest = Digest()

  package init(_ plan: NodesPlan, fault: NodeFault? = nil) {
    self.plan = plan
    self.fault = fault
    nodes = Array(repeating: nil, count: plan.nodes)
    network = SimulatedNetwork(plan)
    judge = ClusterJudge(plan)
  }

  /// Runs the plan to its end. The answer is the first thing that is wrong, with its time; nil if nothing is.
  package mutating func firstComplaint() -> String? {
    for node in 0..<plan.nodes { start(node) }
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
    for (number, node) in nodes.enumerated() {
      guard let node, paused[number] == nil else { continue }
      next = min(next, node.wakesAt)
    }
    return max(next, now)
  }

  /// Does all that is due now, in a fixed order.
  private mutating func runOnce() {
    for number in nodes.indices where paused[number] == nil {
      guard let node = nodes[number], node.wakesAt <= now else { continue }
      nodes[number]?.advance(to: now)
      settle(number)
    }
    while network.nextArrival <= now { arrive(network.takeNext()) }
    if original != nil, nextOriginal <= now {
      nextOriginal = now + plan.settings.notifyInterval
      if let bytes = original?.datagram() {
        network.send(bytes, .datagramsOnly, from: plan.nodes - 1, at: now)
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

  /// Carries out what a node has ordered and noticed.
  private mutating func settle(_ number: Int) {
    guard let node = nodes[number], !node.occurrences.isEmpty else { return }
    nodes[number]?.occurrences.removeAll()
    for occurrence in node.occurrences {
      switch occurrence {
      case .send(let bytes, let reach): send(bytes, reach, from: number)
      case .excluded(let stream): excluded(stream, at: number)
      case .retired(let name): judge.retired(name)
      case .delivered(let namespace, let text):
        judge.delivered(text, to: namespace, at: now, run: node.run, &milestones)
      }
    }
  }

  private mutating func send(
    _ bytes: ContiguousArray<UInt8>, _ reach: ClusterOrders.Reach, from number: Int
  ) {
    judge.sent(bytes, reach, &milestones)
    if sent.count < 1000 { sent.append(bytes) }
    network.send(bytes, reach, from: number, at: now)
  }
}

// MARK: - The plan's steps

extension ClusterSimulation {
  private mutating func perform(_ action: NodesPlan.Action) {
    switch action {
    case .open(let client, let node, let namespace, let viewer):
      clients[client] = Client(namespace: namespace, viewer: viewer)
      join(client, at: node)
    case .close(let client): leave(client)
    case .publish(let node, let namespace, let length): publish(node, namespace, length)
    case .ask(let node, let viewer):
      judge.disturbed(viewer, at: now)
      guard paused[node] == nil else { return }
      nodes[node]?.ask(viewer: viewer, at: now)
      settle(node)
    case .cut(let from, let to, let isCut): network.cut(from: from, to: to, isCut)
    case .cutHub(let node, let isCut):
      if network.cutHub(node, isCut), paused[node] == nil, plan.hasHub { hubReturned(node) }
    case .pause(let node, let keeps):
      if nodes[node] != nil, paused[node] == nil { paused[node] = keeps }
    case .resume(let node): resume(node)
    case .kill(let node): end(node, says: false)
    case .stop(let node): end(node, says: true)
    case .start(let node):
      if nodes[node] == nil, !isOriginal(node) || original == nil { start(node) }
      milestones.insert(.restarted)
    case .hostile(let seed): attack(seed)
    }
  }

  func isOriginal(_ node: Int) -> Bool { plan.hasOldNode && node == plan.nodes - 1 }

  private mutating func start(_ number: Int) {
    runs += 1
    if isOriginal(number) {
      var source = RandomSource(seed: plan.seed &+ runs).fork("original")
      original = OriginalPeer(session: SessionID(randomBits: source.next(), source.next()))
      nextOriginal = now + .milliseconds(1)
      originalRun = runs
      judge.started(runs, at: now, isOriginal: true)
    } else {
      nodes[number] = SimulatedNode(plan, number: number, run: runs, at: now, fault: fault)
      judge.started(runs, at: now)
    }
  }

  private mutating func hubReturned(_ node: Int) {
    milestones.insert(.hubReturned)
    nodes[node]?.carrierReturned(at: now)
    settle(node)
  }

  /// Whatever is cut or stands still is not any more, also where the plan's step that says so was left out.
  private mutating func heal() {
    hasHealed = true
    for from in 0..<plan.nodes {
      for to in 0..<plan.nodes { network.cut(from: from, to: to, false) }
      perform(.cutHub(node: from, false))
      resume(from)
    }
  }

  private mutating func resume(_ number: Int) {
    guard paused[number] != nil else { return }
    paused[number] = nil
    milestones.insert(.paused)
    let flights = waiting.filter { $0.to == number }
    waiting.removeAll { $0.to == number }
    for flight in flights {
      nodes[number]?.receive(flight.bytes, over: flight.carrier, at: now)
      settle(number)
    }
  }

  /// A node is gone; its clients look for another.
  private mutating func end(_ number: Int, says: Bool) {
    let isRunning = isOriginal(number) ? original != nil : nodes[number] != nil
    guard isRunning, runningNodes.count > 1 else { return }
    if says, paused[number] == nil {
      nodes[number]?.sayGoodbye(at: now)
      settle(number)
      milestones.insert(.left)
    } else {
      milestones.insert(.killed)
    }
    if let node = nodes[number] {
      digest.combine(node.digest.value)
      judge.ended(node.run, at: now)
    }
    nodes[number] = nil
    paused[number] = nil
    waiting.removeAll { $0.to == number }
    if isOriginal(number), let run = originalRun {
      judge.ended(run, at: now)
      original = nil
      originalRun = nil
    }
    for (client, state) in clients.sorted(by: { $0.key < $1.key }) where state.node == number {
      clients[client]?.node = nil
      if let viewer = state.viewer { judge.disturbed(viewer, at: now) }
      comeBack(client, after: .milliseconds(200 + 7 * UInt64(client)), to: number + client)
    }
  }

  /// Before the cluster is to rest, that is.
  private mutating func comeBack(_ client: Int, after delay: Duration, to node: Int) {
    guard now + delay < plan.quietAt else { return }
    returns.append((now + delay, client, node % plan.nodes))
  }

  private var runningNodes: [Int] {
    (0..<plan.nodes).filter { number in
      paused[number] == nil && (isOriginal(number) ? original != nil : nodes[number] != nil)
    }
  }

  private mutating func join(_ client: Int, at wanted: Int) {
    guard let state = clients[client], state.node == nil else { return }
    let running = runningNodes
    guard let number = running.first(where: { $0 >= wanted }) ?? running.first else { return }
    if isOriginal(number) {
      original?.join(state.namespace)
      clients[client]?.node = number
      return
    }
    let isIn = nodes[number]?.open(
      client: client, namespace: state.namespace, viewer: state.viewer,
      after: state.excludedStream, at: now)
    if isIn == true {
      clients[client]?.node = number
      if let viewer = state.viewer { judge.opened(viewer, at: now) }
    } else if state.excludedStream != nil {
      milestones.insert(.stoppedAcross)
    }
    settle(number)
  }

  private mutating func leave(_ client: Int) {
    returns.removeAll { $0.client == client }
    guard let state = clients[client], let number = state.node else { return }
    clients[client]?.node = nil
    if let viewer = state.viewer { judge.disturbed(viewer, at: now) }
    if isOriginal(number) {
      original?.leave(state.namespace)
      return
    }
    // The node finds the connection closed when it goes on; here it simply stays until it is gone.
    guard paused[number] == nil else {
      clients[client]?.node = number
      return
    }
    nodes[number]?.close(client: client, at: now)
    settle(number)
  }

  private mutating func excluded(_ stream: SimulatedNode.Stream, at number: Int) {
    clients[stream.client]?.node = nil
    let others = clients.values.contains { $0.viewer == stream.viewer && $0.node != nil }
    if others { milestones.insert(.excludedAcross) }
    guard clients[stream.client]?.hasReturned == false, stream.client % 2 == 0 else { return }
    clients[stream.client]?.hasReturned = true
    clients[stream.client]?.excludedStream = stream.streamID
    comeBack(stream.client, after: .milliseconds(2000), to: number + 1)
  }

  private mutating func publish(_ wanted: Int, _ namespace: Int, _ length: Int) {
    let running = runningNodes.filter { !isOriginal($0) }
    guard let number = running.first(where: { $0 >= wanted }) ?? running.first,
      let run = nodes[number]?.run
    else { return }
    let text = judge.publish(length, to: namespace, at: now, run: run)
    nodes[number]?.publish(text, to: namespace, at: now)
    settle(number)
  }

  /// A stranger's bytes: noise, or what was heard, cut short or lengthened; under a secret also changed, or
  /// just as it was heard.
  private mutating func attack(_ seed: UInt64) {
    var source = RandomSource(seed: seed)
    for _ in 0..<20 {
      var bytes: ContiguousArray<UInt8> = []
      let kind = source.below(plan.hasSecret ? 5 : 3)
      if kind == 0 || sent.isEmpty {
        for _ in 0..<source.below(200) { bytes.append(UInt8(truncatingIfNeeded: source.next())) }
      } else {
        bytes = sent[source.below(sent.count)]
        switch kind {
        case 1: bytes.removeLast(1 + source.below(bytes.count - 1))
        case 2: bytes.append(UInt8(truncatingIfNeeded: source.next()))
        case 3: bytes[source.below(bytes.count)] ^= 1 << UInt8(source.below(8))
        default: break
        }
      }
      for number in nodes.indices where paused[number] == nil {
        nodes[number]?.receive(bytes, over: .unicast, at: now)
        settle(number)
      }
    }
  }
}
