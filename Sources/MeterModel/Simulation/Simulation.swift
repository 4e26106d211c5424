// One simulation: a crowd makes a log, the meter is driven with it, and the checkers look on. It goes batch
// by batch, so that ten million viewers fit.

/// A crowd, the meter, and those who judge it.
package struct Simulation {
  /// How many records are applied at a time. It changes nothing but speed.
  private static let batchLength = 4096

  package let configuration: Configuration
  private var crowd: Crowd
  private var meter: Meter
  private var auditor: Auditor
  private var twin: FloodTwin?
  private var effects = EffectBuffer()

  /// What the first checker that complained said.
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

  /// The digest of all effects so far.
  package var digest: Digest { effects.digest }

  /// The records of the last batch.
  package var records: ContiguousArray<LogRecord> { crowd.records }

  /// The instant of the last event, or of the end once that is reached.
  package private(set) var now = Instant.start

  /// Makes, applies and judges the next records; false when there are no more, or something was wrong.
  package mutating func runBatch() -> Bool {
    crowd.records.removeAll(keepingCapacity: true)
    let hasMore = crowd.fill(limit: Self.batchLength)
    let records = crowd.records
    effects.removeAll()
    meter.apply(records.span, into: &effects)
    meter.advance(to: meter.now, into: &effects)
    now = meter.now
    failure =
      auditor.complaint(about: effects.effects, after: records.span)
      ?? auditor.complaint(about: meter)
      ?? twin?.complaint(about: effects.effects, after: records, now: now)
    return hasMore && failure == nil
  }

  /// Lets time pass until all is settled, and judges the whole. The answer is the log's end.
  package mutating func finish() -> Instant {
    crowd.records.removeAll()
    let end = settlingEnd
    effects.removeAll()
    meter.advance(to: end, into: &effects)
    now = end
    if failure == nil {
      failure =
        auditor.complaint(about: effects.effects, upTo: end)
        ?? auditor.verdict(on: meter)
        ?? twin?.complaint(about: effects.effects, after: [], now: end)
        ?? clusterComplaint
    }
    return end
  }

  /// A cluster's nodes speak until the end, at which their counts still hold; else everybody is told
  /// once more, and what is empty is retired unless that takes long.
  private var settlingEnd: Instant {
    guard crowd.others == nil else { return crowd.latest }
    let quiet = configuration.notifyMaxDelay
    let longest = Duration(nanoseconds: min(quiet.nanoseconds, .max >> 4) * 8)
    let latest = crowd.latest + quiet
    return min(latest + min(configuration.namespaceCleanDelay, longest), .latest)
  }

  /// Once the network is sound again, every total is the sum of what all nodes have, if there is room for
  /// all namespaces.
  private var clusterComplaint: String? {
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
