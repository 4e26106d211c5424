// Laws of the meter that hold for any log: advancing in between, another start, other ids, other
// batches and the text form change nothing.

import MeterModel
import Testing

struct LawTests {
  @Test(arguments: SeedRange.few)
  func `advancing in between changes nothing`(range: SeedRange) {
    expectSameEffects(range) { log, plain in
      var source = RandomSource(seed: UInt64(log.steps.count)).fork("advances")
      return effects(of: log.records, end: log.end, log.configuration) { meter, to, buffer in
        for part in [source.below(UInt64(4)), 2, 3] {
          let early = to.nanoseconds - min(to.nanoseconds, part * 250_000_000)
          if early > meter.latest.nanoseconds {
            meter.advance(to: Instant(nanoseconds: early), into: &buffer)
          }
        }
        meter.advance(to: to, into: &buffer)
      } == plain
    }
  }

  @Test(arguments: SeedRange.few)
  func `advancing from deadline to deadline changes nothing`(range: SeedRange) {
    expectSameEffects(range) { log, plain in
      effects(of: log.records, end: log.end, log.configuration) { meter, to, buffer in
        while let next = meter.meter.nextDeadline, next <= to {
          meter.advance(to: max(next, meter.latest), into: &buffer)
        }
      } == plain
    }
  }

  @Test(arguments: SeedRange.few)
  func `the division into batches changes nothing`(range: SeedRange) {
    expectSameEffects(range) { log, plain in
      var source = RandomSource(seed: UInt64(log.steps.count)).fork("batches")
      var meter = Meter(configuration: log.configuration)
      var buffer = EffectBuffer()
      var rest = log.records[...]
      while !rest.isEmpty {
        let batch = Array(rest.prefix(Int(source.below(UInt64(20)))))
        meter.apply(batch.span, into: &buffer)
        meter.audit()
        rest = rest.dropFirst(batch.count)
      }
      meter.advance(to: log.end, into: &buffer)
      meter.audit()
      return buffer.effects == plain
    }
  }

  @Test(arguments: SeedRange.few)
  func `a log that starts later has the same effects later`(range: SeedRange) {
    expectSameEffects(range) { log, plain in
      let delay = Duration(nanoseconds: 123_456_789_123)
      let records = log.records.map { LogRecord($0.instant + delay, $0.event) }
      return effects(of: records, end: log.end + delay, log.configuration)
        == ContiguousArray(plain.map { Effect($0.instant + delay, $0.action) })
    }
  }

  @Test(arguments: SeedRange.few)
  func `other ids have the same digest`(range: SeedRange) {
    expectSameEffects(range) { log, plain in
      let records = log.records.map { LogRecord($0.instant, $0.event.renamed) }
      let named = run(records, end: log.end, log.configuration)
      let unnamed = run(log.records, end: log.end, log.configuration)
      return named.effects.count == plain.count && named.digest == unnamed.digest
    }
  }

  @Test(arguments: SeedRange.few)
  func `a log in text has the effects of the log`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let replayed = ReplayRun(Array(log.text.utf8), Replay())
      let digest = run(log.records, end: log.end, log.configuration).digest
      #expect(replayed.figures.digest == digest, "\(range.profile) \(seed)\n\(log.text)")
    }
  }

  private func expectSameEffects(
    _ range: SeedRange, law: (RandomLog, ContiguousArray<Effect>) -> Bool
  ) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let plain = effects(of: log.records, end: log.end, log.configuration)
      #expect(law(log, plain), "\(range.profile) \(seed)\n\(log.text)")
    }
  }
}

extension SeedRange {
  /// A part of the seeds, for laws.
  static let few = all.map { SeedRange(profile: $0.profile, seeds: $0.seeds.prefix(50)) }
}

/// A meter and its last instant.
private struct TimedMeter {
  var meter: Meter
  var latest = Instant.start

  mutating func advance(to instant: Instant, into buffer: inout EffectBuffer) {
    meter.advance(to: instant, into: &buffer)
    latest = instant
  }
}

private func run(
  _ records: [LogRecord], end: Instant, _ configuration: Configuration,
  before: (inout TimedMeter, Instant, inout EffectBuffer) -> Void = { _, _, _ in }
) -> EffectBuffer {
  var timed = TimedMeter(meter: Meter(configuration: configuration))
  var buffer = EffectBuffer()
  for record in records {
    before(&timed, record.instant, &buffer)
    timed.meter.apply(record.event, at: record.instant, into: &buffer)
    timed.latest = record.instant
  }
  before(&timed, end, &buffer)
  timed.meter.advance(to: end, into: &buffer)
  return buffer
}

private func effects(
  of records: [LogRecord], end: Instant, _ configuration: Configuration,
  before: (inout TimedMeter, Instant, inout EffectBuffer) -> Void = { _, _, _ in }
) -> ContiguousArray<Effect> {
  run(records, end: end, configuration, before: before).effects
}

extension Event {
  /// The event with other ids.
  fileprivate var renamed: Event {
    switch self {
    case .opened(let connection, let namespace, let viewer, let after, let kind):
      .opened(
        connection.renamed, namespace.renamed, viewer: viewer.renamed, after: after.renamed,
        as: kind)
    case .closed(let connection): .closed(connection.renamed)
    case .cut(let connection): .cut(connection.renamed)
    case .restarted: .restarted
    case .pinged(let namespace, let viewer): .pinged(namespace.renamed, viewer.renamed)
    case .left(let namespace, let viewer): .left(namespace.renamed, viewer.renamed)
    case .arrived(let connection, let node): .arrived(connection.renamed, from: node.renamed)
    case .moved(let stream, let node): .moved(stream.renamed, to: node.renamed)
    case .transferred(let namespace, let from, let to):
      .transferred(namespace.renamed, from: from.renamed, to: to.renamed)
    case .retained(let namespace, let service, let message, let bytes):
      .retained(
        namespace.renamed, ServiceID(99 - service.number), message, bytes: bytes)
    case .excluded(let viewer): .excluded(viewer.renamed)
    case .message(let namespace, let message): .message(namespace.renamed, message)
    case .peer(let node, let namespace, let members, let connections):
      .peer(node.renamed, namespace.renamed, members: members, connections: connections)
    case .bye(let node): .bye(node.renamed)
    case .external(let source, let namespace, let members):
      .external(SourceID(99 - source.number), namespace.renamed, members: members)
    }
  }
}

extension ConnectionID {
  fileprivate var renamed: ConnectionID { ConnectionID(99 - number) }
}

extension ConnectionKey {
  fileprivate var renamed: ConnectionKey {
    self == .none ? .none : ConnectionKey(connection.renamed, ordinal)
  }
}

extension NamespaceID {
  fileprivate var renamed: NamespaceID { NamespaceID(99 - number) }
}

extension ViewerID {
  fileprivate var renamed: ViewerID { self == .none ? .none : ViewerID(99 - number) }
}

extension NodeID {
  fileprivate var renamed: NodeID { NodeID(99 - number) }
}
