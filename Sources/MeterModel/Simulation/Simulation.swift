// One simulation: a crowd makes a log, the meter applies it, and the checkers judge the effects. It
// proceeds in batches, so that ten million viewers fit into memory.

/// A crowd, the meter, and the checkers.
package struct Simulation {
  /// The number of records that are applied together. It affects only the speed.
  private static let batchLength = 4096

  /// The settings of the meter.
  package let configuration: Configuration
  private var crowd: Crowd
  private var meter: Meter
  private var auditor: Auditor
  private var twin: FloodTwin?
  private var effects = EffectBuffer()

  /// The first violation that a checker found; nil if there is none.
  package private(set) var failure: String?

  /// Precondition: the profile is not the swarm.
  package init(_ options: SimulationOptions) {
    configuration = options.configuration
    let workload = Workload(options)
    crowd = Crowd(workload, configuration, RandomSource(seed: options.seed).fork("crowd"))
    meter = Meter(configuration: configuration)
    auditor = Auditor(configuration, connections: workload.maximumConnections)
    twin = FloodTwin(options, configuration, workload)
  }

  /// Whether the notifications are compared with those of a meter that does not receive the flood.
  package var comparesWithoutFlood: Bool { twin != nil }

  /// The digest of all effects so far.
  package var digest: Digest { effects.digest }

  /// The records of the last batch.
  package var records: ContiguousArray<LogRecord> { crowd.records }

  /// The instant of the last event, or the end of the log after `finish`.
  package private(set) var now = Instant.start

  /// Makes, applies and judges the next records. Returns false if there are no more, or after a
  /// violation.
  package mutating func runBatch() -> Bool {
    crowd.records.removeAll(keepingCapacity: true)
    let hasMore = crowd.fill(limit: Self.batchLength)
    let records = crowd.records
    effects.removeAll()
    meter.apply(records.span, into: &effects)
    meter.advance(to: meter.now, into: &effects)
    now = meter.now
    failure =
      auditor.violation(in: effects.effects, after: records.span)
      ?? auditor.violation(in: meter)
      ?? twin?.violation(in: effects.effects, after: records, now: now)
    return hasMore && failure == nil
  }

  /// Advances until nothing more will happen, and judges the whole run. Returns the end of the log.
  package mutating func finish() -> Instant {
    crowd.records.removeAll()
    let end = settlingEnd
    effects.removeAll()
    meter.advance(to: end, into: &effects)
    now = end
    if failure == nil {
      failure =
        auditor.violation(in: effects.effects, upTo: end)
        ?? auditor.verdict(on: meter)
        ?? twin?.violation(in: effects.effects, after: [], now: end)
        ?? clusterViolation
    }
    return end
  }

  /// The end of the log. In a cluster, the nodes report until then and their counts are valid.
  /// Otherwise every namespace is notified once more, and empty ones are retired unless that takes
  /// long.
  private var settlingEnd: Instant {
    guard crowd.others == nil else { return crowd.latest }
    let quiet = configuration.notifyMaxDelay
    let longest = Duration(nanoseconds: min(quiet.nanoseconds, .max >> 4) * 8)
    let latest = crowd.latest + quiet
    return min(latest + min(configuration.namespaceCleanDelay, longest), .latest)
  }

  /// The violation in a cluster; nil if there is none. After the faults of the network, every total
  /// must be the sum of the counts of all nodes, if all namespaces fit within the limit.
  private var clusterViolation: String? {
    guard let others = crowd.others, others.isSteady,
      crowd.workload.namespaces <= configuration.maximumNamespaces
    else { return nil }
    for place in 0..<Int(crowd.workload.namespaces) {
      let truth = auditor.localMembers(of: place) + others.members(of: place)
      let total = meter.members(of: NamespaceID(UInt32(place)))
      guard total == truth else {
        return "all nodes together have \(truth) members in namespace \(place), not \(total)"
      }
    }
    return nil
  }

  /// The figures so far.
  package var figures: SimulationFigures {
    SimulationFigures(
      replay: ReplayFigures(
        records: auditor.recordCount, duration: now - .start,
        namespaces: meter.createdNamespaces, opened: auditor.opened,
        counted: meter.countedConnections, peakMembers: meter.peakMembers,
        notifications: auditor.notifications, digest: effects.digest),
      milestones: auditor.milestones)
  }
}
