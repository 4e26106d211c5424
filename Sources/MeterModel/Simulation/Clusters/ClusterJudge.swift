// The properties that a simulated cluster must have. I is the notify interval, T the node timeout,
// D the maximum delay of a datagram in the good network (20 ms), and R = I + 4 D + 2 × 200 ms + 50
// ms. R is the maximum time to repair a loss: it is noticed when the next round begins (I + D), the
// request arrives after D, or 200 ms later if there was one just before, and the answer after D, or
// 200 ms later if there was a full round just before. Clocks are fast or slow by up to 0.02 %.
//
// * At rest, which is R after the last change and later, every node's total of every namespace is
//   the sum of the local members of the present nodes. The last change is the end of the plan with
//   its increment delay, or the healing of the network and R for the resulting changes of viewer
//   ids. If a node died, left or was attacked while the network was bad, its counts are gone T + D
//   after the healing at the latest. Under a secret a node that has just started cannot tell a
//   repeated datagram from a late one while it is younger than T (two clocks differ by T / 4 at
//   most, in either direction): then they are gone 2.5 T after it.
// * Always, a total is at most the sum of the maxima that each node, present or gone, had within T
//   and the time that datagrams take (with pauses that delayed them). The connections of a
//   namespace are at most those that each node ever had.
// * From R after the healing on (or once the counts of departed nodes are gone), and while clients
//   still come and go, a total is a sum that was true within R, node for node.
// * A legacy node counts no viewer of a node that left in the good network after it had heard the
//   legacy node.
// * The connections of a namespace that retired nowhere never shrink.
// * A message arrives at most once at each reactor of each node, and whole. In the good network, or
//   if nothing ever went wrong, it arrives at every node that had streams of its namespace
//   throughout. It does not arrive at a node that started after it was sent (and after the time
//   that datagrams take, with pauses that delayed them, or after 1.5 T where datagrams are repeated
//   under a secret): its viewers may have received it elsewhere.
// * At rest a viewer id has at most one stream, and one if it opened after the last departure or
//   exclusion of that id.
// * A datagram has at most 1,400 bytes, and no name that is unsafe for legacy nodes if its sender
//   has heard one.

/// Records what happened, and reports the first violation.
struct ClusterJudge {
  /// The local members of a namespace on one run of a node, and since when.
  private struct Change {
    let at: Instant
    let members: UInt64
  }

  /// One run of a node or of a legacy node.
  private struct Run {
    var startedAt: Instant
    var endedAt = Instant.never
    let isLegacy: Bool
    var members: [[Change]]
    var maximumConnections: [UInt64]

    /// By namespace, the periods in which the run had streams of it; the last one may have no end
    /// yet.
    var open: [[(from: Instant, to: Instant)]]
  }

  struct Message {
    /// The event that streams receive.
    let frame: ContiguousArray<UInt8>
    let length: Int
    let namespace: Int
    let at: Instant
    let run: UInt64
  }

  private let plan: NodesPlan
  private var runs: [UInt64: Run] = [:]
  private var messages: [Message] = []
  /// The reactors that delivered a message, by run and message.
  private var deliveries: [UInt64: [Int: Set<Int>]] = [:]
  private var retiredNames: Set<[UInt8]> = []
  private var connections: [UInt64: [UInt64]] = [:]
  private var opens: [Int: Instant] = [:]
  private var disturbances: [Int: Instant] = [:]
  private let reach: Duration

  /// R, and the instant from which totals must be at most that old.
  let repair: Duration
  let settlesAt: Instant

  /// The instants when the cluster is at rest, and when the run ends.
  let restsAt: Instant
  let endsAt: Instant

  /// The first violation, with its time; nil if there is none.
  private(set) var violation: String?

  init(_ plan: NodesPlan) {
    self.plan = plan
    let repair =
      plan.settings.interval + Duration(nanoseconds: NodesPlan.delayWhenGood.nanoseconds * 4)
      + .milliseconds(450)
    let timeout =
      plan.settings.nodeTimeout
      + Duration(nanoseconds: plan.settings.nodeTimeout.nanoseconds / 1000)
    var rests = max(
      plan.healsAt + repair + .milliseconds(50), plan.lastChange(timeout))
    if plan.isDisrupted { rests = max(rests, plan.healsAt + NodesPlan.delayWhenGood + timeout) }
    if plan.isAttacked, plan.hasSecret {
      let repeated = timeout + timeout + Duration(nanoseconds: timeout.nanoseconds / 2)
      rests = max(rests, plan.healsAt + NodesPlan.delayWhenGood + repeated)
    }
    restsAt = rests + repair
    endsAt = restsAt + timeout + plan.settings.interval
    var reach = timeout + plan.faults.delay + NodesPlan.delayWhenGood + plan.maximumPause
    if plan.isAttacked { reach = reach + timeout + timeout }
    self.reach = reach + .milliseconds(50)
    self.repair = repair
    let healed = plan.healsAt + repair + .milliseconds(50)
    let gone = plan.healsAt + NodesPlan.delayWhenGood + timeout
    let outlives = plan.hasLegacyNode || plan.isAttacked && plan.hasSecret
    settlesAt = outlives ? .never : plan.isDisrupted ? max(healed, gone) : healed
  }

  mutating func report(_ violation: String, at now: Instant) {
    if self.violation == nil { self.violation = "at \(now.decimalSeconds): \(violation)" }
  }
}

// MARK: - Counts

extension ClusterJudge {
  mutating func started(_ run: UInt64, at now: Instant, isLegacy: Bool = false) {
    let none = [Change(at: now, members: 0)]
    runs[run] = Run(
      startedAt: now, isLegacy: isLegacy,
      members: Array(repeating: none, count: NodesPlan.namespaces.count),
      maximumConnections: Array(repeating: 0, count: NodesPlan.namespaces.count),
      open: Array(repeating: [], count: NodesPlan.namespaces.count))
  }

  mutating func ended(_ run: UInt64, at now: Instant) {
    runs[run]?.endedAt = now
    for namespace in NodesPlan.namespaces.indices {
      runs[run]?.members[namespace].append(Change(at: now, members: 0))
      recordStreams(run, namespace, 0, at: now)
    }
  }

  private mutating func recordStreams(
    _ run: UInt64, _ namespace: Int, _ streams: UInt64, at now: Instant
  ) {
    guard let times = runs[run]?.open[namespace] else { return }
    let isOpen = times.last?.to == .never
    if streams > 0, !isOpen { runs[run]?.open[namespace].append((now, .never)) }
    if streams == 0, isOpen { runs[run]?.open[namespace][times.count - 1].to = now }
  }

  mutating func record(
    _ run: UInt64, _ namespace: Int, members: UInt64, connections: UInt64, streams: UInt64,
    at now: Instant
  ) {
    guard let known = runs[run] else { return }
    recordStreams(run, namespace, streams, at: now)
    if known.members[namespace].last?.members != members {
      runs[run]?.members[namespace].append(Change(at: now, members: members))
    }
    if known.maximumConnections[namespace] < connections {
      runs[run]?.maximumConnections[namespace] = connections
    }
  }

  mutating func retired(_ name: [UInt8]) {
    retiredNames.insert(name)
  }

  /// The maximum of a total: this node's own members, and what the others may have reported lately.
  private func bound(_ namespace: Int, own: UInt64, run: UInt64, at now: Instant) -> UInt64 {
    var bound = own
    for (other, state) in runs where other != run {
      var maximum: UInt64 = 0
      for index in state.members[namespace].indices.reversed() {
        let change = state.members[namespace][index]
        maximum = max(maximum, change.members)
        if change.at + reach < now { break }
      }
      bound += maximum
    }
    return bound
  }

  /// Checks the age of a total: each node's part is a count that it had within R. Precondition:
  /// `settlesAt` has passed, and the namespace is not withheld.
  mutating func judgeAge(
    of total: UInt64, _ namespace: Int, own: UInt64, run: UInt64, at now: Instant
  ) {
    var (minimum, maximum) = (own, own)
    for (other, state) in runs where other != run {
      let changes = state.members[namespace]
      var (low, high) = (UInt64.max, UInt64(0))
      for change in changes.reversed() {
        (low, high) = (min(low, change.members), max(high, change.members))
        if change.at + repair < now { break }
      }
      // A node that has just started receives everything, as one that asks does. No node starts
      // after the healing.
      (minimum, maximum) = (minimum + low, maximum + high)
    }
    guard !(minimum...maximum).contains(total) else { return }
    let name = NodesPlan.namespaces[namespace]
    report(
      "run \(run) counts \(total) in \(name), of late it was \(minimum) to \(maximum)", at: now)
  }

  mutating func judge(
    total: UInt64, connections: UInt64, of namespace: Int, own: UInt64, run: UInt64,
    at now: Instant
  ) {
    let name = NodesPlan.namespaces[namespace]
    let bound = bound(namespace, own: own, run: run, at: now)
    if total > bound {
      report("run \(run) counts \(total) in \(name), at most \(bound) could be", at: now)
    }
    let maximum = runs.values.reduce(UInt64(0)) { $0 + $1.maximumConnections[namespace] }
    if connections > maximum {
      report("run \(run) counts \(connections) connections in \(name) of \(maximum)", at: now)
    }
    let former = self.connections[run]?[namespace] ?? 0
    let mayShrink = plan.hasLegacyNode || retiredNames.contains(Array(name.utf8))
    if connections < former, !mayShrink {
      report("the connections of \(name) fell from \(former) to \(connections)", at: now)
    }
    var known =
      self.connections[run] ?? Array(repeating: 0, count: NodesPlan.namespaces.count)
    known[namespace] = connections
    self.connections[run] = known
  }
}

// MARK: - Messages, viewer ids, datagrams

extension ClusterJudge {
  /// Records a new message. Returns its text, which is different for each message.
  mutating func publish(
    _ length: Int, to namespace: Int, at now: Instant, run: UInt64
  ) -> ContiguousArray<UInt8> {
    var text = ContiguousArray("\(messages.count):".utf8)
    while text.count < length { text.append(UInt8(text.count % 251)) }
    var frame: ContiguousArray<UInt8> = []
    ServerSentEvents.append(message: text.span, into: &frame)
    messages.append(
      Message(frame: frame, length: text.count, namespace: namespace, at: now, run: run))
    return text
  }

  mutating func delivered(
    _ frame: [UInt8], to namespace: [UInt8], by reactor: Int,
    at now: Instant, run: UInt64, _ milestones: inout NodeMilestoneSet
  ) {
    guard let number = messages.firstIndex(where: { $0.frame.elementsEqual(frame) }),
      Array(NodesPlan.namespaces[messages[number].namespace].utf8).elementsEqual(namespace)
    else { return report("run \(run) delivers a message that nobody sent", at: now) }
    if !deliveries[run, default: [:]][number, default: []].insert(reactor).inserted {
      report("run \(run) delivers message \(number) once more", at: now)
    }
    var onItsWay =
      max(plan.faults.delay, NodesPlan.delayWhenGood) + plan.maximumPause + .milliseconds(30)
    // Under a secret a repeated datagram is accepted while it is younger than T by clocks that
    // differ by T / 2.
    if plan.isAttacked, plan.hasSecret {
      let timeout = plan.settings.nodeTimeout
      onItsWay = onItsWay + timeout + Duration(nanoseconds: timeout.nanoseconds / 2)
    }
    if let started = runs[run]?.startedAt, messages[number].at + onItsWay < started {
      report("run \(run) delivers message \(number) of before its start", at: now)
    }
    if messages[number].length > DatagramEncoder.partLength { milestones.insert(.deliveredInParts) }
    if messages[number].at < plan.healsAt, plan.faults.lost > 0 {
      milestones.insert(.deliveredInBadNetwork)
    }
  }

  /// Checks that every message arrived at every node from which nothing could keep it.
  mutating func judgeDeliveries(at now: Instant) {
    for (number, message) in messages.enumerated() {
      guard message.at >= plan.healsAt || plan.isUndisturbed else { continue }
      let onItsWay = max(plan.faults.delay, NodesPlan.delayWhenGood) + .milliseconds(100)
      for (run, state) in runs.sorted(by: { $0.key < $1.key }) {
        guard !state.isLegacy, state.startedAt + .seconds(1) < message.at,
          state.open[message.namespace].contains(where: {
            $0.from < message.at && $0.to > message.at + onItsWay
          })
        else { continue }
        if deliveries[run]?[number] == nil {
          report("message \(number) did not come to run \(run)", at: now)
        }
      }
    }
  }

  mutating func opened(_ viewer: Int, at now: Instant) {
    opens[viewer] = now
  }

  /// Records that a stream with the id closed, was asked to leave, or lost its node.
  mutating func disturbed(_ viewer: Int, at now: Instant) {
    disturbances[viewer] = now
  }

  /// Checks the number of streams of a viewer id. Precondition: the cluster is at rest.
  mutating func judge(holders: Int, of viewer: Int, at now: Instant) {
    if holders > 1 { report("viewer \(viewer) has \(holders) streams", at: now) }
    // Two clocks differ by a quarter of the timeout at most.
    let skew = Duration(nanoseconds: plan.settings.nodeTimeout.nanoseconds / 4)
    guard holders == 0, let opened = opens[viewer], opened >= plan.healsAt else { return }
    if let disturbed = disturbances[viewer], disturbed + skew + .milliseconds(100) >= opened {
      return
    }
    report("viewer \(viewer) has lost its stream", at: now)
  }

  mutating func sent(
    _ bytes: ContiguousArray<UInt8>, hasHeardLegacy: Bool, _ milestones: inout NodeMilestoneSet
  ) {
    if bytes.count > DatagramEncoder.lengthLimit {
      report("a datagram of \(bytes.count) bytes", at: .start)
    }
    guard case .success(let datagram) = ClusterDatagram.decode(bytes.span) else {
      return report("a datagram that cannot be read", at: .start)
    }
    if let asked = datagram.asked, !asked.isEmpty { milestones.insert(.askedAfterLoss) }
    if datagram.isFull { milestones.insert(.toldAll) }
    for count in datagram.counts where hasHeardLegacy {
      if LegacyNode.isUnsafe(bytes.span.extracting(count.name.bounds)) {
        report("a name that ends legacy nodes is where they hear it", at: .start)
      }
    }
  }
}
