// Replays of captured logs have the effects and the figures of the run, in any detail and from any
// snapshot.

import MeterModel
import Testing

struct ReplayTests {
  @Test(arguments: SeedRange.few)
  func `a captured log is verified in each detail`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let capture = Capture(log, recordsInBlock: 1 + Int(seed % 7))
      for detail in [Replay.Detail.batches, .records, .instants] {
        let run = ReplayRun(capture.file, Replay(detail: detail))
        #expect(run.figures.verified == true, "\(range.profile) \(seed) \(detail)")
        #expect(run.figures.digest == capture.effects.digest)
        #expect(run.figures.records == UInt64(log.steps.count))
        #expect(run.figures.counted == capture.meter.countedConnections)
        #expect(run.figures.peakMembers == capture.meter.peakMembers)
        #expect(run.figures.namespaces == capture.meter.createdNamespaces)
        #expect(run.notices == ["end"])
      }
    }
  }

  @Test(arguments: SeedRange.few)
  func `a binary log as text has the same effects`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let capture = Capture(log, recordsInBlock: 10)
      let text = ReplayRun(text(of: capture.file), Replay())
      #expect(text.figures.digest == capture.effects.digest, "\(range.profile) \(seed)")
      #expect(text.figures.verified == nil)
    }
  }

  @Test(arguments: SeedRange.few)
  func `binary to text to binary is the same bytes`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let first = captured(again: Capture(log, recordsInBlock: .max).file)
      let second = captured(again: text(of: first))
      #expect(first == second, "\(range.profile) \(seed)")
    }
  }

  /// A log of either form in the binary form with one block.
  private func captured(again log: [UInt8]) -> [UInt8] {
    var reader = LogReader()
    reader.maximumBatch = 1
    reader.append(log.span)
    reader.finish()
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    while let item = reader.next() {
      switch item {
      case .section(let section):
        encoder = LogEncoder(
          section: LogSection(configuration: section.configuration), offset: 0)
      case .records:
        for record in reader.records {
          encoder.name(all: record.event, names: reader)
          let text = reader.messageText
          switch record.event {
          case .message(let namespace, let message):
            encoder.append(message, to: namespace, text: text.span, at: record.instant)
          case .retained(let namespace, let service, let message, _):
            encoder.append(
              message, to: namespace, keptBy: service, text: text.span, at: record.instant)
          case .opened, .closed, .excluded, .peer, .bye, .external, .cut, .restarted, .pinged,
            .left, .arrived, .moved, .transferred:
            encoder.append(record.event, at: record.instant)
          }
        }
      case .end(let instant, _): encoder.end(at: instant, digest: Digest())
      case .checkpoint, .gap, .snapshot, .torn, .damage: break
      }
    }
    return Array(encoder.take())
  }

  @Test(arguments: SeedRange.few)
  func `a meter from a snapshot has the effects of one that never stopped`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let records = log.records
      var capture = Capture(
        LogSection(configuration: log.configuration), recordsInBlock: .max)
      let cut = records.count * Int(seed % 11) / 10
      for record in records.prefix(cut) { capture.take(record) }
      // Half of the snapshots follow a loss, and the others begin a file.
      if seed % 2 == 0 {
        capture.encoder.discardBlock(at: capture.meter.now)
        capture.resume()
      } else {
        capture.rotate()
      }
      for record in records.dropFirst(cut) { capture.take(record) }
      capture.end(at: log.end)
      let run = ReplayRun(capture.file, Replay())
      #expect(run.figures.verified == true, "\(range.profile) \(seed) \(run.notices)")
      #expect(run.figures.digest == capture.effects.digest)
      #expect(run.figures.records == UInt64(records.count - cut))
      #expect(statistics(run.meter) == statistics(capture.meter))
      run.meter.audit()
    }
  }

  @Test(arguments: SeedRange.few)
  func `every step has the namespaces whose audiences it changed`(range: SeedRange) {
    for seed in range.seeds.prefix(20) {
      let log = RandomLog(seed: seed, profile: range.profile)
      let file = Capture(log, recordsInBlock: 10).file
      var replay = Replay(detail: .instants)
      var known: [NamespaceID: [UInt64]] = [:]
      replay.append(file.span)
      replay.finish()
      while replay.next() != nil {
        func audience(_ id: NamespaceID) -> [UInt64] {
          guard let counts = replay.meter.counts(of: id) else { return [0, 0, 0, 0] }
          return [
            counts.members, UInt64(counts.localMembers), UInt64(counts.open),
            UInt64(counts.pending),
          ]
        }
        for id in replay.changed { known[id] = audience(id) }
        for id in (0..<UInt32(12)).map({ NamespaceID($0) }) {
          #expect(known[id] ?? [0, 0, 0, 0] == audience(id), "\(range.profile) \(seed)")
        }
      }
    }
  }

  @Test func `a step has at most 200 effects in years without an event`() {
    let bytes = Array("option max-conn-duration 0\n0 open 1 a\n1000000 close 1\n".utf8)
    var replay = Replay()
    replay.append(bytes.span)
    replay.finish()
    while replay.next() != nil { #expect(replay.effects.count <= 200) }
    #expect(replay.figures.records == 2 && replay.figures.notifications == 40_000)
  }

  private func statistics(_ meter: Meter) -> [NamespaceStatistics] {
    var all: [NamespaceStatistics] = []
    _ = meter.visitNamespaces(after: 0, limit: .max) { all.append($1) }
    return all
  }
}

/// The text form of a log of either form.
func text(of log: [UInt8]) -> [UInt8] {
  var reader = LogReader()
  reader.maximumBatch = 1
  var transcript = LogTranscript()
  reader.append(log.span)
  reader.finish()
  while let item = reader.next() { transcript.write(item, of: reader) }
  return transcript.bytes
}

/// A replay of bytes and what it found.
struct ReplayRun {
  var figures: ReplayFigures
  var notices: [String] = []
  var meter: Meter

  init(_ bytes: [UInt8], _ replay: consuming Replay) {
    replay.append(bytes.span)
    while let step = replay.next() { notices += Self.notice(step) }
    replay.finish()
    while let step = replay.next() { notices += Self.notice(step) }
    figures = replay.figures
    meter = replay.meter
  }

  private static func notice(_ step: Replay.Step) -> [String] {
    switch step {
    case .section, .read, .applied: []
    case .gap: ["gap"]
    case .restored: ["restored"]
    case .difference: ["difference"]
    case .end: ["end"]
    case .torn(let tear): ["torn at \(tear.offset)"]
    case .damage(let damage): ["\(damage.place): \(damage.reason)"]
    }
  }
}

/// Replays a log and shows each step. Returns the replay after the last one.
@discardableResult
func play(
  _ log: [UInt8], _ detail: Replay.Detail = .changes,
  show: (Replay.Step, borrowing Replay) -> Void
) -> Replay {
  var replay = Replay(detail: detail)
  replay.append(log.span)
  while let step = replay.next() { show(step, replay) }
  replay.finish()
  while let step = replay.next() { show(step, replay) }
  return replay
}
