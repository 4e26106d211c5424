// The state of the nodes is reported to the judge and checked.

extension ClusterSimulation {
  /// Reports the local counts of a node to the judge.
  mutating func recordCounts(of node: SimulatedNode) {
    let meter = node.node.meter
    for namespace in NodesPlan.namespaces.indices {
      guard let id = node.namespace(namespace) else {
        judge.record(node.run, namespace, members: 0, connections: 0, streams: 0, at: now)
        continue
      }
      judge.record(
        node.run, namespace, members: UInt64(meter.localMembers(of: id)),
        connections: meter.localConnections(of: id),
        streams: UInt64(meter.openConnections(of: id)), at: now)
    }
  }

  /// Reports the counts of the legacy node, which has a run of its own.
  mutating func recordLegacy() {
    guard let legacyPeer, let run = legacyRun else { return }
    for namespace in NodesPlan.namespaces.indices {
      judge.record(
        run, namespace, members: legacyPeer.members[namespace],
        connections: legacyPeer.connections[namespace], streams: 0, at: now)
    }
  }

  mutating func check() {
    let isAtRest = now >= judge.restsAt
    var truth = NodesPlan.namespaces.indices.map { legacyPeer?.members[$0] ?? 0 }
    for case let node? in nodes {
      for namespace in truth.indices { truth[namespace] += node.localMembers(namespace) }
    }
    for (number, node) in nodes.enumerated() {
      guard let node, paused[number] == nil else { continue }
      node.node.meter.audit()
      for namespace in truth.indices { check(node, namespace, isAtRest ? truth[namespace] : nil) }
      recordMilestones(node)
    }
    checkGoodbyes()
    if network.isCutOneWay { milestones.insert(.cutOneWay) }
    guard isAtRest else { return }
    if plan.nodes > 7 { milestones.insert(.manyNodes) }
    for viewer in 0..<10 {
      let holders = nodes.reduce(0) { $0 + ($1?.holders(of: viewer) ?? 0) }
      judge.judge(holders: holders, of: viewer, at: now)
    }
  }

  private mutating func check(_ node: SimulatedNode, _ namespace: Int, _ truth: UInt64?) {
    let figures = node.namespace(namespace).flatMap { node.node.meter.statistics(of: $0) }
    let own = node.localMembers(namespace)
    let total = figures?.members ?? 0
    if figures != nil {
      judge.judge(
        total: total, connections: figures?.connections ?? 0, of: namespace, own: own,
        run: node.run, at: now)
    }
    // A node that has heard a legacy node does not report the name that is unsafe for it. What it
    // reported before is forgotten after the timeout, and is within the bounds that always hold.
    let isWithheld =
      namespace == NodesPlan.namespaceUnsafeForLegacy && !plan.hasSecret && plan.hasLegacyNode
    if now >= judge.settlesAt, !isWithheld {
      judge.judgeAge(of: total, namespace, own: own, run: node.run, at: now)
    }
    guard let truth else { return }
    if isWithheld ? total < own : total != truth {
      judge.report(
        "at rest, run \(node.run) counts \(total) in \(NodesPlan.namespaces[namespace])"
          + ", not \(isWithheld ? own : truth)", at: now)
    }
  }

  /// Checks that the legacy node counts no viewer of a node that has left.
  private mutating func checkGoodbyes() {
    guard let legacyPeer else { return }
    for goodbye in goodbyes where goodbye.at + NodesPlan.delayWhenGood < now {
      milestones.insert(.leftOriginal)
      let members = legacyPeer.members(of: goodbye.session)
      if members > 0 {
        judge.report("the legacy node still counts \(members) viewers of a node that left", at: now)
      }
    }
  }

  mutating func judgeMessages() {
    judge.judgeDeliveries(at: now)
  }

  private mutating func recordMilestones(_ node: SimulatedNode) {
    guard let membership = node.node.membership else { return }
    let (figures, drops) = (membership.figures, membership.drops)
    if membership.hasHeardLegacy, node.localMembers(NodesPlan.namespaceUnsafeForLegacy) > 0 {
      milestones.insert(.sparedOriginal)
    }
    if figures.duplicates > 0 { milestones.insert(.duplicate) }
    if figures.returns > 0 { milestones.insert(.cameBack) }
    if drops[.replayed] > 0 { milestones.insert(.replayed) }
    if drops[.unauthenticated] > 0 { milestones.insert(.unauthenticated) }
    if drops[.late] > 0 { milestones.insert(.late) }
    if drops[.truncated] > 0 { milestones.insert(.malformed) }
    if figures.unchangedLeftOut > 0 { milestones.insert(.leftOutUnchanged) }
    if figures.retiredZeros > 0 { milestones.insert(.toldRetired) }
    if membership.skips.total > 0 { milestones.insert(.skippedCounts) }
  }
}
