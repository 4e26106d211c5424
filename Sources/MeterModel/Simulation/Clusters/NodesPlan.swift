// The plan of one simulation of a cluster, as a value. All of it is drawn from a seed, and any part
// of it can be left out, so that a failing plan can be made small.

/// A cluster, its network and the events in it.
package struct NodesPlan: Sendable {
  /// One event. Nodes, clients, namespaces and viewers are numbers from 0.
  package enum Action: Equatable, Sendable {
    /// A client joins on a node, or on the next one that runs.
    case open(client: Int, node: Int, namespace: Int, viewer: Int?)
    case close(client: Int)

    /// A message of `length` bytes for a namespace.
    case publish(node: Int, namespace: Int, length: Int)

    /// A plain request that excludes the holder of a viewer id.
    case ask(node: Int, viewer: Int)

    /// The way from one node to another over the group is cut, or healed.
    case cut(from: Int, to: Int, Bool)

    /// The connection of a node to the hub is cut, or healed.
    case cutHub(node: Int, Bool)

    /// A node is paused. Datagrams for it are kept or lost.
    case pause(node: Int, keeps: Bool)
    case resume(node: Int)

    /// A node dies; leaves; restarts with another session.
    case kill(node: Int)
    case stop(node: Int)
    case start(node: Int)

    /// Bytes of an attacker, drawn from a seed, are sent to every node.
    case hostile(seed: UInt64)
  }

  /// An event with its instant.
  package struct Step: Sendable {
    /// The instant, on the clock of the simulation.
    package var at: Instant

    /// The event.
    package var action: Action
  }

  /// The faults of the network until it heals.
  package struct Faults: Sendable {
    /// The datagrams of a thousand that are lost, and that are duplicated.
    var lost: UInt64 = 0
    var doubled: UInt64 = 0

    /// The maximum delay of a datagram.
    var delay = Duration.milliseconds(20)
  }

  /// The seed from which the plan, the network and the sessions are drawn.
  package var seed: UInt64

  /// The configuration of the meters.
  package var configuration = Configuration()

  /// The settings of the memberships.
  package var settings = ClusterSettings()

  /// The number of nodes, at least 2.
  package var nodes = 2

  /// Whether the last of the nodes is a legacy node.
  package var hasLegacyNode = false

  /// Whether the legacy node has a name and a number that no node accepts.
  package var hasBadCounts = false

  /// Whether the nodes have a secret.
  package var hasSecret = false

  /// Whether there is a group, to which all datagrams are sent. A hub loses nothing while the
  /// connection of a node to it is intact.
  package var hasGroup = true

  /// Whether there is a hub.
  package var hasHub = false

  /// The faults of the network.
  package var faults = Faults()

  /// A canary: whether the requests for full rounds are lost.
  package var losesRequests = false

  /// By how much the monotonic clock of each node is fast, in millionths.
  package var drifts: [Int64] = []

  /// By how much the wall clock of each node is fast, in milliseconds.
  package var skews: [Int64] = []

  /// The events, in ascending order.
  package var steps: [Step] = []

  /// From this instant on the network is good, and all nodes that are present run.
  package var healsAt = Instant.start

  /// From this instant on no step follows.
  package var quietAt = Instant.start

  /// The maximum delay of a datagram in the good network.
  package static let delayWhenGood = Duration.milliseconds(20)

  static let namespaces = [
    "final", "semifinal", "quarterfinal", "constructor", "friendly", "training",
  ]

  /// The number of the name that is unsafe for legacy nodes.
  static let namespaceUnsafeForLegacy = 3

  /// The plan of a seed.
  package init(seed: UInt64) {
    self.seed = seed
    var source = RandomSource(seed: seed).fork("cluster")
    drawSettings(&source)
    drawNodes(&source)
    let chaos = 10 + source.below(UInt64(20))
    healsAt = .start + Duration(nanoseconds: settings.notifyInterval.nanoseconds * chaos)
    quietAt = healsAt + Duration(nanoseconds: settings.notifyInterval.nanoseconds * 5)
    drawFaults(&source)
    drawCrowd(&source)
    drawAfterHealing(&source)
    hasBadCounts = source.chance(1, in: 2)
    // Steps at the same instant keep the order in which they were drawn.
    let order = steps.indices.sorted { (steps[$0].at, $0) < (steps[$1].at, $1) }
    steps = order.map { steps[$0] }
  }

  private mutating func drawSettings(_ source: inout RandomSource) {
    let interval = source.choose([100, 500, 1000, 2000])
    let ratio = source.choose([25, 30, 50, 120])
    settings.notifyInterval = .milliseconds(UInt64(interval))
    settings.nodeTimeout = .milliseconds(UInt64(interval * ratio / 10))
    configuration.clusterNodeTimeout = settings.nodeTimeout
    configuration.namespaceCleanDelay = .milliseconds(source.choose([0, 300, 3000, 60_000]))
    configuration.incrementDelay = .milliseconds(source.choose([0, 0, 0, 700]))
    configuration.maximumConnectionDuration = .zero
    configuration.decrementDelay = .zero
    configuration.viewerIDs = .exclusive
    hasSecret = source.chance(1, in: 3)
  }

  private mutating func drawNodes(_ source: inout RandomSource) {
    nodes = source.chance(1, in: 10) ? 8 + source.below(13) : 2 + source.below(4)
    switch source.below(4) {
    case 0: (hasGroup, hasHub) = (false, true)
    case 1: (hasGroup, hasHub) = (true, true)
    default: (hasGroup, hasHub) = (true, false)
    }
    hasLegacyNode = hasGroup && !hasSecret && source.chance(1, in: 4)
    let skew = Int64(settings.nodeTimeout.nanoseconds / 1_000_000 / 8)
    for _ in 0..<nodes {
      drifts.append(Int64(source.below(UInt64(401))) - 200)
      skews.append(Int64(source.below(UInt64(2 * skew + 1))) - skew)
    }
  }

  private mutating func drawFaults(_ source: inout RandomSource) {
    faults.lost = source.choose([0, 0, 20, 100, 400])
    faults.doubled = source.choose([0, 0, 50, 300])
    let interval = settings.notifyInterval.nanoseconds
    faults.delay = Duration(
      nanoseconds: source.choose([20_000_000, interval / 4, interval, 3 * interval / 2]))
    for _ in 0..<source.below(6) {
      let start = instant(&source, before: healsAt)
      let end = min(
        healsAt, start + Duration(nanoseconds: source.below(8 * interval) + interval / 2))
      let node = source.below(nodes)
      switch source.below(7) {
      case 0: drawPartition(from: start, to: end, isOneWay: false, &source)
      case 1: drawPartition(from: start, to: end, isOneWay: true, &source)
      case 2:
        add(start, .cutHub(node: node, true))
        add(end, .cutHub(node: node, false))
      case 3:
        add(start, .pause(node: node, keeps: source.chance(1, in: 2)))
        add(end, .resume(node: node))
      case 4:
        add(start, .kill(node: node))
        if source.chance(2, in: 3) { add(end, .start(node: node)) }
      case 5:
        add(start, .stop(node: node))
        if source.chance(2, in: 3) { add(end, .start(node: node)) }
      default:
        for _ in 0..<4 {
          add(instant(&source, before: quietAt), .hostile(seed: source.next()))
        }
      }
    }
  }

  private mutating func drawPartition(
    from start: Instant, to end: Instant, isOneWay: Bool, _ source: inout RandomSource
  ) {
    let border = 1 + source.below(nodes - 1)
    for left in 0..<border {
      for right in border..<nodes {
        add(start, .cut(from: left, to: right, true))
        add(end, .cut(from: left, to: right, false))
        guard !isOneWay else { continue }
        add(start, .cut(from: right, to: left, true))
        add(end, .cut(from: right, to: left, false))
      }
    }
  }

  private mutating func drawCrowd(_ source: inout RandomSource) {
    let namespaces = 1 + source.below(Self.namespaces.count)
    let viewers = source.chance(1, in: 2) ? 1 + source.below(4) : 0
    let clients = 5 + source.below(60)
    for client in 0..<clients {
      let opens = instant(&source, before: quietAt)
      add(opens, open(client, namespaces, viewers, &source))
      guard source.chance(2, in: 3) else { continue }
      let stay = Duration(nanoseconds: source.below(healsAt.nanoseconds / 2) + 1)
      add(min(opens + stay, quietAt), .close(client: client))
    }
    for _ in 0..<source.below(12) {
      let length = source.choose([1, 30, 900, 1000, 4000, 16_384])
      add(
        instant(&source, before: quietAt),
        .publish(
          node: source.below(nodes), namespace: source.below(namespaces), length: length))
    }
    guard viewers > 0, source.chance(1, in: 3) else { return }
    add(
      instant(&source, before: quietAt),
      .ask(node: source.below(nodes), viewer: source.below(viewers)))
  }

  private func open(
    _ client: Int, _ namespaces: Int, _ viewers: Int, _ source: inout RandomSource
  ) -> Action {
    let viewer = viewers > 0 && source.chance(1, in: 2) ? source.below(viewers) : nil
    return .open(
      client: client, node: source.below(nodes), namespace: source.below(namespaces),
      viewer: viewer)
  }

  /// Draws the events in the good network: a node may leave, all clients may leave, two clients may
  /// open one viewer id at once.
  private mutating func drawAfterHealing(_ source: inout RandomSource) {
    let interval = settings.notifyInterval
    if source.chance(1, in: 4) {
      add(healsAt + interval, .stop(node: source.below(nodes)))
    }
    if source.chance(1, in: 4) {
      for client in 0..<70 { add(quietAt, .close(client: client)) }
    }
    if source.chance(1, in: 3) {
      let at = healsAt + Duration(nanoseconds: interval.nanoseconds * 2)
      for client in 100..<102 {
        add(
          at, .open(client: client, node: source.below(nodes), namespace: 0, viewer: 9))
      }
    }
    add(
      healsAt + interval,
      .publish(node: source.below(nodes), namespace: 0, length: source.choose([10, 3000])))
  }

  private mutating func add(_ at: Instant, _ action: Action) {
    steps.append(Step(at: at, action: action))
  }

  private func instant(_ source: inout RandomSource, before end: Instant) -> Instant {
    Instant(nanoseconds: source.below(end.nanoseconds))
  }
}

extension NodesPlan {
  /// A canary: the seed's plan with conditions under which requests matter most, and without
  /// requests. Much is lost, unchanged counts are sent in every fifth round only, and no node dies,
  /// leaves or is attacked.
  package init(withoutRequests seed: UInt64) {
    self.init(seed: seed)
    losesRequests = true
    (hasSecret, hasLegacyNode, hasGroup, hasHub) = (false, false, true, false)
    settings.nodeTimeout = Duration(nanoseconds: settings.notifyInterval.nanoseconds * 12)
    configuration.clusterNodeTimeout = settings.nodeTimeout
    faults.lost = 400
    steps.removeAll { step in
      switch step.action {
      case .kill, .stop, .start, .hostile: true
      case .open, .close, .publish, .ask, .cut, .cutHub, .pause, .resume: false
      }
    }
  }

  /// The plan for people: the settings, then one action per line.
  package var text: String {
    var lines = [
      "nodes \(nodes) legacy \(hasLegacyNode) bad counts \(hasBadCounts)"
        + " secret \(hasSecret) group \(hasGroup) hub \(hasHub)",
      "interval \(settings.notifyInterval.decimalSeconds)"
        + " timeout \(settings.nodeTimeout.decimalSeconds)"
        + " clean \(configuration.namespaceCleanDelay.decimalSeconds)"
        + " increment \(configuration.incrementDelay.decimalSeconds)",
      "lost \(faults.lost) doubled \(faults.doubled) delay \(faults.delay.decimalSeconds)"
        + " heals \(healsAt.decimalSeconds) quiet \(quietAt.decimalSeconds)",
    ]
    for step in steps { lines.append("\(step.at.decimalSeconds) \(step.action)") }
    return lines.joined(separator: "\n")
  }
}
