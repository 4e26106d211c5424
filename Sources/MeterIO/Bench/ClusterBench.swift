// The cost of a cluster for its nodes. All nodes run in this process, one after the other and
// without sockets, on a clock that jumps from each deadline to the next. Every slice of their work
// is timed. The cost of the carriers is not included.

import Glibc
import MeterModel

/// Measures a cluster.
package enum ClusterBench {
  /// Runs the nodes until all counts are known everywhere, and then for the intervals to measure.
  /// `progress` is called with the current step, as text.
  package static func run(
    _ settings: BenchSettings, progress: (String) -> Void
  ) throws(BenchError) -> ClusterBenchFigures {
    if let refusal = refusal(settings, memory: KernelLimits.read().memory) {
      throw BenchError(refusal)
    }
    let secret: ClusterSecret?
    do throws(StartError) {
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

  /// The memory of a node for a namespace of its own, and for a count of another node, in bytes;
  /// measured, and rounded up.
  private static let memoryOfNamespace: UInt64 = 600
  private static let memoryOfCount: UInt64 = 72

  /// The reason why the memory is too small for the cluster; nil if it is sufficient or not known.
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

/// The nodes and the measurements so far.
private struct ClusterMeasurement {
  /// The number of intervals after which the nodes must have exchanged all counts; they need two or
  /// three.
  private static let maximumIntervals = 1000

  /// The intervals after that which are not measured, because tables still grow, and new counts are
  /// still repeated.
  private static let quietIntervals = ClusterSettings.roundsPerChange

  private var nodes: ContiguousArray<ClusterBenchNode> = []
  private var samples: ContiguousArray<ClusterBenchSample> = []
  private var figures = ClusterBenchFigures()
  private var traffic = ClusterBenchTraffic()
  private let rounds: UInt32

  /// The instant when the current interval began.
  private var start = Instant.start

  /// Whether a full round was sent in this interval.
  private var hasFullRound = false

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
      guard intervals < Self.maximumIntervals else {
        throw BenchError(
          "the nodes still tell each other everything after \(intervals) intervals: with so many"
            + " namespaces it takes longer than the --cluster-notify-interval")
      }
      progress("the nodes meet")
      runInterval()
      intervals += 1
      quiet = hasFullRound ? 0 : quiet + 1
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

  /// Runs one notify interval.
  private mutating func runInterval() {
    samples = ContiguousArray(repeating: ClusterBenchSample(), count: nodes.count)
    hasFullRound = false
    let end = start + figures.notifyInterval
    for node in nodes.indices { nodes[node].change(figures.changing, at: start) }
    while let due = nodes.lazy.map(\.nextDeadline).min(), due < end {
      let now = max(start, due)
      advertise(at: now)
      for node in nodes.indices { receive(node, at: now) }
      traffic.removeAll()
    }
    start = end
  }

  /// Lets each node that is due send a slice.
  private mutating func advertise(at now: Instant) {
    for node in nodes.indices where nodes[node].nextDeadline <= now {
      nodes[node].advanceMeter(to: now)
      let before = Clock.threadTime
      nodes[node].advance(to: now)
      let time = Clock.threadTime - before
      samples[node].advertise += time
      samples[node].slice = max(samples[node].slice, time)
      let sent = nodes[node].takeDatagrams(into: &traffic)
      samples[node].datagrams += sent.datagrams
      samples[node].bytes += sent.bytes
      hasFullRound = hasFullRound || sent.isFullRound
    }
  }

  /// Lets a node process the datagrams of the others, in slices of the size that the daemon uses.
  private mutating func receive(_ node: Int, at now: Instant) {
    var place = 0
    while place < traffic.count {
      nodes[node].advanceMeter(to: now)
      let before = Clock.threadTime
      let received = nodes[node].receive(traffic, from: &place, slice: CarrierLink.slice, at: now)
      let time = Clock.threadTime - before
      samples[node].receivedCounts += received.counts
      samples[node].receivedDatagrams += received.datagrams
      // A slice that has only the node's own datagrams does not count as work.
      guard received.datagrams > 0 else { continue }
      samples[node].receive += time
      samples[node].slice = max(samples[node].slice, time)
    }
  }
}
