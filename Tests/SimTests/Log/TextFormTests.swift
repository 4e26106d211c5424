// Every log has a text form, whatever is in it: a replay of the text has the same effects and
// figures, and the text form of the text is the text itself.

import MeterModel
import Testing

struct TextFormTests {
  @Test(arguments: SeedRange.few)
  func `a log with a snapshot at any record is the same as text`(range: SeedRange) {
    var (states, gaps) = (0, 0)
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let records = log.records
      var capture = Capture(
        LogSection(configuration: log.configuration, wallStart: 1_780_336_800_000_000_001),
        recordsInBlock: 1 + Int(seed % 7))
      let cut = records.count * Int(seed % 11) / 10
      for record in records.prefix(cut) { capture.take(record) }
      capture.meter.advance(to: capture.meter.now, into: &capture.effects)
      if seed % 2 == 0 {
        capture.encoder.discardBlock(at: capture.meter.now)
        capture.resume()
        gaps += 1
      } else {
        capture.rotate()
      }
      states += 1
      for record in records.dropFirst(cut) { capture.take(record) }
      // Some logs have no end, as after a crash.
      if seed % 5 == 0 { capture.endBlock() } else { capture.end(at: log.end) }
      expectSame(capture.file, "AUDIENCE_METER_SEED=\(range.profile.rawValue):\(seed)")
    }
    #expect(states > 0 && gaps > 0)
  }

  @Test(arguments: SeedRange.few)
  func `a log of several sections is the same as text`(range: SeedRange) {
    for seed in range.seeds.prefix(10) {
      var file: [UInt8] = []
      for part in UInt64(0)..<3 {
        let log = RandomLog(seed: seed + part, profile: range.profile)
        file += Capture(log, recordsInBlock: 9, offset: UInt64(file.count)).file
        // The middle section is torn.
        if part == 1 { file.removeLast(40) }
      }
      expectSame(file, "AUDIENCE_METER_SEED=\(range.profile.rawValue):\(seed)")
    }
  }

  @Test func `records that are missing at the end are missing in the text too`() {
    let log = RandomLog(seed: 1, profile: .churn)
    var capture = Capture(LogSection(configuration: log.configuration), recordsInBlock: 5)
    for record in log.records { capture.take(record) }
    capture.encoder.discardBlock(at: capture.meter.now)
    capture.end(at: log.end)
    expectSame(capture.file, "churn 1")
  }

  @Test(arguments: [UInt32.max - 3, UInt32.max, 5])
  func `a log whose ordinals begin anew after 2^32 connections is the same as text`(
    latest: UInt32
  ) throws {
    let (reader, state) = try Self.state(latest: latest)
    let log = RandomLog(seed: 4, profile: .viewers)
    var encoder = LogEncoder(section: LogSection(configuration: log.configuration), offset: 0)
    encoder.resume(from: state.meter, names: reader, messages: 0, digest: state.digest)
    let namespace = state.meter.namespaces[0].id
    for connection in UInt32(3)..<20 {
      let viewer = state.meter.connections[Int(connection % 3)].viewer
      let after = [UInt32.max - 4, 1, 2, 3, UInt32.max, latest, 77]
      encoder.append(
        .opened(
          ConnectionID(connection), namespace, viewer: viewer,
          after: ConnectionKey(
            ConnectionID(connection % 3), ConnectionOrdinal(after[Int(connection) % 7])),
          as: .viewer),
        at: .start + .seconds(UInt64(connection)))
    }
    encoder.end(at: .start + .seconds(100), digest: Digest())
    expectSame(Array(encoder.take()), "latest \(latest)")
  }

  /// A state with three connections, read from its text.
  private static func state(
    latest: UInt32
  ) throws -> (reader: LogReader, state: LogSnapshot) {
    let lines = [
      "meter at=0 digest=0000000000000000 messages=0 latest=\(latest) created=1 counted=0 peak=0",
      "namespace name=a ordinal=1 created=0 connections=0 told=0 told-at=0 lowest=0 highest=0 "
        + "peak=0 peak-at=0 member-seconds=0 member-nanoseconds=0",
      "pending 1 opened=0 ordinal=\(UInt32.max - 9) namespace=a viewer=x",
      "pending 2 opened=0 ordinal=3 namespace=a viewer=y",
      "pending 3 opened=0 ordinal=\(UInt32.max - 4) namespace=a viewer=z",
      "viewer id=x namespace=a counted=0 since=0 excluded=2",
      "viewer id=y namespace=a counted=0 since=0",
      "viewer id=z namespace=a counted=0 since=0 excluded=77", "end 8",
    ]
    var reader = LogReader()
    reader.append(Array(lines.map { "state \($0)\n" }.joined().utf8).span)
    reader.finish()
    while let item = reader.next() {
      if case .snapshot(let state) = item { return (reader, state) }
      if case .damage(let damage) = item { throw damage }
    }
    throw LogDamage(place: "nowhere", reason: "there is no state")
  }

  /// Compares replays of a log and of its text, and the text with that of the text.
  private func expectSame(_ log: [UInt8], _ context: String) {
    let written = text(of: log)
    let run = ReplayRun(log, Replay())
    let again = ReplayRun(written, Replay())
    var (expected, figures) = (run.figures, again.figures)
    (expected.verified, figures.verified) = (nil, nil)
    #expect(figures == expected, "\(context)")
    #expect(!again.notices.contains { $0.contains(":") }, "\(context) \(again.notices)")
    #expect(again.meter.snapshot.namespaces.count == run.meter.snapshot.namespaces.count)
    #expect(
      String(decoding: text(of: written), as: UTF8.self)
        == String(decoding: written, as: UTF8.self), "\(context)")
    #expect(effects(of: log) == effects(of: written), "\(context)")
  }

  private func effects(of log: [UInt8]) -> String {
    var replay = Replay(detail: .records)
    var writer = LogTextWriter()
    replay.append(log.span)
    replay.finish()
    while replay.next() != nil {
      for effect in replay.effects {
        writer.write(effect, names: replay.reader, text: replay.reader.messageText)
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
