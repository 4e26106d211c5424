// What happens to a cluster in one simulation, as a value: all of it is drawn from a seed, and any part of it
// can be left out, so that a plan that fails can be made small.

/// A cluster, its network and what happens to them.
package struct NodesPlan: Sendable {
  /// One thing that happens; nodes, clients, namespaces and viewers are numbers from 0.
  package enum Action: Equatable, Sendable {
    /// A client joins on a node, or on the next one that runs.
    case open(client: Int, node: Int, namespace: Int, viewer: Int?)
    case close(client: Int)

    /// A text of so many bytes for a namespace.
    case publish(node: Int, namespace: Int, length: Int)

    /// A plain request for a viewer id.
    case ask(node: Int, viewer: Int)

    /// Nothing of one node reaches another over the group, or does again.
    case cut(from: Int, to: Int, Bool)

    /// A node's connection to the hub.
    case cutHub(node: Int, Bool)

    /// A node stands still; what arrives meanwhile waits for it or is lost.
    case pause(node: Int, keeps: Bool)
    case resume(node: Int)

    /// A node is gone without a word; leaves; starts anew under another session.
    case kill(node: Int)
    case stop(node: Int)
    case start(node: Int)

    /// Bytes of a stranger, drawn from a seed, at every node.
    case hostile(seed: UInt64)
  }

  package struct Step: Sendable {
    package var at: Instant
    package var action: Action
  }

  /// How bad the network is until it heals.
  package struct Faults: Sendable {
    /// How many of a thousand datagrams are lost, and come twice.
    var lost: UInt64 = 0
    var doubled: UInt64 = 0

    /// Each is late by up to this much.
    var delay = Duration.milliseconds(20)
  }

  package var seed: UInt64
  package var configuration = Configuration()
  package var settings = ClusterSettings()
  package var nodes = 2

  /// Whether the last of the nodes is one of the original.
  package var hasOldNode = false
  package var hasSecret = false

  /// Which carriers there are: a group to which all datagrams go, and a hub that loses nothing while a node's
  /// connection to it stands.
  package var hasGroup = true
  package var hasHub = false
  package var faults = Faults()

  /// A canary: whether no node hears it when another asks to be told all.
  package var swallowsQuestions = false

  /// By how much each node's clocks are fast: the monotonic one in millionths, the wall clock in milliseconds.
  package var drifts: [Int64] = []
  package var skews: [Int64] = []
  package var steps: [Step] = []

  /// From here on the network is good, and everyone runs who is there.
  package var healsAt = Instant.start

  /// From here on nothing happens any more.
  package var quietAt = Instant.start

  /// How late a datagram can be once the network is good.
  package static let delayWhenGood = Duration.milliseconds(20)

  static let namespaces = [
    "final", "semifinal", "quarterfinal", "constructor", "friendly", "training",
  ]

  /// Which of them kills nodes of the original.
  static let lethalNamespace = 3

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
    // The order of those at one instant is that in which they were drawn.
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
    hasSecret = source.chance(1, in: 3)
  }

  private mutating func drawNodes(_ source: inout RandomSource) {
    nodes = source.chance(1, in: 10) ? 8 + source.below(13) : 2 + source.below(4)
    switch source.below(4) {
    case 0: (hasGroup, hasHub) = (false, true)
    case 1: (hasGroup, hasHub) = (true, true)
    default: (hasGroup, hasHub) = (true, false)
    }
    hasOldNode = hasGroup && !hasSecret && source.chance(1, in: 4)
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

  /// What happens in a good network: a node may leave, everybody may go, two may take an id at once.
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
  /// A canary: the seed's plan where questions matter most, and are not heard. Much is lost, unchanged counts are
  /// told every fifth round only, and nobody dies, leaves or attacks.
  package init(deaf seed: UInt64) {
    self.init(seed: seed)
    swallowsQuestions = true
    (hasSecret, hasOldNode, hasGroup, hasHub) = (false, false, true, false)
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

  /// The plan for people: the settings, then an action a line.
  package var text: String {
    var lines = [
      "nodes \(nodes) old \(hasOldNode) secret \(hasSecret) group \(hasGroup) hub \(hasHub)",
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
