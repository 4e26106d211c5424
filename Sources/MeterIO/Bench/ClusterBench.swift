// What telling each other costs the nodes of a cluster. All nodes run here, one after the other and
// without sockets, on a clock that leaps from each thing that is due to the next; every slice of
// their work is timed. What carries the datagrams comes on top.

import Glibc
import MeterModel

/// Measures a cluster.
package enum ClusterBench {
  /// Runs the nodes until they have met, and then for as many intervals as are to be measured.
  /// `progress` is told how far it is.
  package static func run(
    _ settings: BenchSettings, progress: (String) -> Void
  ) throws(BenchError) -> ClusterBenchFigures {
    if let refusal = refusal(settings, memory: KernelLimits.read().memory) {
      throw BenchError(refusal)
    }
    let secret: ClusterSecret?
    do throws(StartError) {
      try ClusterStart.check(
        notifyInterval: settings.notifyInterval, nodeTimeout: settings.nodeTimeout)
      secret = try settings.secretPath.map { path throws(StartError) in
        try readClusterSecret(path)
      }
    } catch {
      throw BenchError(error.reason)
    }
    var measurement = ClusterMeasurement(settings, secret: secret, progress: progress)
    try measurement.settle(progress: progress)
    return measurement.measure(progress: progress)
  }

  /// What the model of a node takes for a namespace of its own, and for what another said of it, in
  /// bytes; measured, and rounded up.
  private static let memoryOfNamespace: UInt64 = 600
  private static let memoryOfCount: UInt64 = 72

  /// Why so large a cluster cannot be measured with so much memory; nil if it can.
  package static func refusal(_ settings: BenchSettings, memory: UInt64?) -> String? {
    let nodes = UInt64(settings.nodes)
    let each = memoryOfNamespace + memoryOfCount * (nodes - 1)
    let needed = nodes * UInt64(settings.namespaces) * each
    guard let memory, memory < needed else { return nil }
    return
      "\(nodes) nodes with \(settings.namespaces) namespaces each need about \(needed >> 20) MB"
      + " of memory, and \(memory >> 20) MB are available"
  }
}

/// The nodes and what is known of them so far.
private struct ClusterMeasurement {
  /// How many intervals the nodes may take to come to rest; they take two or three.
  private static let mostIntervals = 1000

  /// Intervals at rest that are not measured: tables still grow.
  private static let quietIntervals = 2

  private var nodes: ContiguousArray<ClusterBenchNode> = []
  private var samples: ContiguousArray<ClusterBenchSample> = []
  private var figures = ClusterBenchFigures()
  private var post = ClusterBenchPost()
  private let rounds: UInt32

  /// When the present interval began.
  private var start = Instant.start

  /// Whether something was said in this interval that nodes only say when they meet.
  private var isMeeting = false

  init(_ settings: BenchSettings, secret: ClusterSecret?, progress: (String) -> Void) {
    var cluster = ClusterSettings()
    cluster.notifyInterval = settings.notifyInterval
    cluster.nodeTimeout = settings.nodeTimeout
    rounds = settings.rounds
    figures.nodes = settings.nodes
    figures.namespaces = settings.namespaces
    figures.changing = UInt32(settings.changed.floorOfProduct(with: UInt64(settings.namespaces)))
    figures.hasSecret = secret != nil
    figures.seed = settings.seed
    figures.notifyInterval = settings.notifyInterval
    figures.nodeTimeout = settings.nodeTimeout
    for number in 0..<Int(settings.nodes) {
      progress("node \(number + 1) of \(settings.nodes)")
      nodes.append(
        ClusterBenchNode(
          number: number, namespaces: settings.namespaces, prefix: settings.prefix,
          seed: settings.seed, settings: cluster, secret: secret))
    }
  }

  /// Runs until every node knows every other.
  mutating func settle(progress: (String) -> Void) throws(BenchError) {
    var (intervals, quiet) = (0, 0)
    while quiet <= Self.quietIntervals {
      guard intervals < Self.mostIntervals else {
        throw BenchError(
          "the nodes still tell each other everything after \(intervals) intervals: with so many"
            + " namespaces it takes longer than the --cluster-notify-interval")
      }
      progress("the nodes meet")
      runInterval()
      intervals += 1
      quiet = isMeeting ? 0 : quiet + 1
    }
  }

  mutating func measure(progress: (String) -> Void) -> ClusterBenchFigures {
    for round in 1...rounds {
      progress("interval \(round) of \(rounds)")
      runInterval()
      figures.rounds += 1
      figures.samples += samples
    }
    return figures
  }

  /// Lets a notify interval pass.
  private mutating func runInterval() {
    samples = ContiguousArray(repeating: ClusterBenchSample(), count: nodes.count)
    isMeeting = false
    let end = start + figures.notifyInterval
    for node in nodes.indices { nodes[node].change(figures.changing, at: start) }
    while let due = nodes.lazy.map(\.nextDeadline).min(), due < end {
      let now = max(start, due)
      advertise(at: now)
      for node in nodes.indices { hear(node, at: now) }
      post.removeAll()
    }
    start = end
  }

  /// A slice of what each node has to say now.
  private mutating func advertise(at now: Instant) {
    for node in nodes.indices where nodes[node].nextDeadline <= now {
      nodes[node].advanceMeter(to: now)
      let before = Clock.threadTime
      nodes[node].advance(to: now)
      let time = Clock.threadTime - before
      samples[node].advertise += time
      samples[node].slice = max(samples[node].slice, time)
      let sent = nodes[node].post(into: &post)
      samples[node].datagrams += sent.datagrams
      samples[node].bytes += sent.bytes
      isMeeting = isMeeting || sent.isOfMeeting
    }
  }

  /// All that a node hears now, in the slices in which the daemon takes it.
  private mutating func hear(_ node: Int, at now: Instant) {
    var place = 0
    while place < post.count {
      nodes[node].advanceMeter(to: now)
      let before = Clock.threadTime
      let heard = nodes[node].hear(post, from: &place, slice: CarrierLink.slice, at: now)
      let time = Clock.threadTime - before
      samples[node].heardCounts += heard.counts
      samples[node].heardDatagrams += heard.datagrams
      // A slice of its own datagrams only is none.
      guard heard.datagrams > 0 else { continue }
      samples[node].hear += time
      samples[node].slice = max(samples[node].slice, time)
    }
  }
}
