// The steps of the plan: clients come and go, nodes die and restart, attackers send noise.

extension ClusterSimulation {
  mutating func perform(_ action: NodesPlan.Action) {
    switch action {
    case .open(let client, let node, let namespace, let viewer):
      clients[client] = Client(namespace: namespace, viewer: viewer)
      join(client, at: node)
    case .close(let client): leave(client)
    case .publish(let node, let namespace, let length): publish(node, namespace, length)
    case .ask(let node, let viewer):
      judge.disturbed(viewer, at: now)
      guard paused[node] == nil else { return }
      nodes[node]?.exclude(viewer: viewer, at: now)
      settle(node)
    case .cut(let from, let to, let isCut): network.cut(from: from, to: to, isCut)
    case .cutHub(let node, let isCut):
      if network.cutHub(node, isCut), paused[node] == nil, plan.hasHub { hubReturned(node) }
    case .pause(let node, let keeps):
      if nodes[node] != nil, paused[node] == nil { paused[node] = keeps }
    case .resume(let node): resume(node)
    case .kill(let node): end(node, saysGoodbye: false)
    case .stop(let node): end(node, saysGoodbye: true)
    case .start(let node):
      if nodes[node] == nil, !isLegacy(node) || legacyPeer == nil { start(node) }
      milestones.insert(.restarted)
    case .hostile(let seed): attack(seed)
    }
  }

  func isLegacy(_ node: Int) -> Bool { plan.hasLegacyNode && node == plan.nodes - 1 }

  mutating func start(_ number: Int) {
    runs += 1
    if isLegacy(number) {
      var source = RandomSource(seed: plan.seed &+ runs).fork("original")
      legacyPeer = LegacyPeer(
        session: SessionID(randomBits: source.next(), source.next()),
        hasBadCounts: plan.hasBadCounts)
      nextLegacyDatagram = now + .milliseconds(1)
      legacyRun = runs
      judge.started(runs, at: now, isLegacy: true)
    } else {
      nodes[number] = SimulatedNode(plan, number: number, run: runs, at: now, fault: fault)
      settle(number)
      judge.started(runs, at: now)
    }
  }

  private mutating func hubReturned(_ node: Int) {
    milestones.insert(.hubReturned)
    nodes[node]?.carrierReturned(at: now)
    settle(node)
  }

  /// Heals the network and resumes all nodes, also where the plan's step for that was left out.
  mutating func heal() {
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

  /// Ends a run of a node. Its clients join another node.
  private mutating func end(_ number: Int, saysGoodbye: Bool) {
    let isRunning = isLegacy(number) ? legacyPeer != nil : nodes[number] != nil
    guard isRunning, runningNodes.count > 1 else { return }
    if saysGoodbye, paused[number] == nil {
      recordGoodbye(of: number)
      nodes[number]?.stop(at: now)
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
    settle(number)
    paused[number] = nil
    waiting.removeAll { $0.to == number }
    if isLegacy(number), let run = legacyRun {
      judge.ended(run, at: now)
      legacyPeer = nil
      legacyRun = nil
    }
    for (client, state) in clients.sorted(by: { $0.key < $1.key }) where state.node == number {
      clients[client]?.node = nil
      if let viewer = state.viewer { judge.disturbed(viewer, at: now) }
      rejoin(client, after: .milliseconds(200 + 7 * UInt64(client)), to: number + client)
    }
  }

  /// Records that a node says goodbye, if the legacy node must receive its zeros: the network is
  /// good, the node has heard the legacy node, and none of its counts is still on its way.
  private mutating func recordGoodbye(of number: Int) {
    guard hasHealed, let membership = nodes[number]?.node.membership, membership.hasHeardLegacy,
      let last = lastSent[number], last + NodesPlan.delayWhenGood < now
    else { return }
    goodbyes.append((now, membership.session))
  }

  /// Lets a client join again later, unless the cluster is to be at rest by then.
  private mutating func rejoin(_ client: Int, after delay: Duration, to node: Int) {
    guard now + delay < plan.quietAt else { return }
    returns.append((now + delay, client, node % plan.nodes))
  }

  private var runningNodes: [Int] {
    (0..<plan.nodes).filter { number in
      paused[number] == nil && (isLegacy(number) ? legacyPeer != nil : nodes[number] != nil)
    }
  }

  mutating func join(_ client: Int, at wanted: Int) {
    guard let state = clients[client], state.node == nil else { return }
    let running = runningNodes
    guard let number = running.first(where: { $0 >= wanted }) ?? running.first else { return }
    if isLegacy(number) {
      legacyPeer?.join(state.namespace)
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
    if isLegacy(number) {
      legacyPeer?.leave(state.namespace)
      return
    }
    // A paused node notices the close when it resumes; here the client stays until then.
    guard paused[number] == nil else {
      clients[client]?.node = number
      return
    }
    nodes[number]?.close(client: client, at: now)
    settle(number)
  }

  mutating func excluded(_ stream: SimulatedNode.Stream, at number: Int) {
    clients[stream.client]?.node = nil
    let others = clients.values.contains { $0.viewer == stream.viewer && $0.node != nil }
    if others { milestones.insert(.excludedAcross) }
    // Half of the clients are browsers' EventSources, which come back by themselves.
    guard stream.client % 2 == 0 else { return }
    clients[stream.client]?.excludedStream = stream.id
    rejoin(stream.client, after: .milliseconds(2000), to: number + 1)
  }

  private mutating func publish(_ wanted: Int, _ namespace: Int, _ length: Int) {
    let running = runningNodes.filter { !isLegacy($0) }
    guard let number = running.first(where: { $0 >= wanted }) ?? running.first,
      let run = nodes[number]?.run
    else { return }
    let text = judge.publish(length, to: namespace, at: now, run: run)
    nodes[number]?.publish(text, to: namespace, at: now)
    settle(number)
  }

  /// Sends the bytes of an attacker to every node: noise, or a recorded datagram, truncated or
  /// extended; under a secret also changed, or unchanged.
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
