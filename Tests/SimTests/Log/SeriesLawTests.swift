// Series and recordings do not depend on how much a step of the replay applies.

import MeterModel
import Testing

struct SeriesLawTests {
  private func rows(
    _ log: [UInt8], _ detail: Replay.Detail, of span: LogSpan = LogSpan(),
    every step: Duration? = nil
  ) -> String {
    var series = AudienceSeries(of: span, every: step)
    play(log, detail) { series.note($0, of: $1) }
    return String(decoding: series.bytes, as: UTF8.self)
  }

  private func figures(_ log: [UInt8], _ detail: Replay.Detail, of span: LogSpan) -> SpanFigures {
    var recording = AudienceRecording(of: span)
    play(log, detail) { recording.note($0, of: $1) }
    recording.finish()
    return recording.figures
  }

  @Test(arguments: SeedRange.few)
  func `quiet times are skipped without a change of the rows or the figures`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let third = Instant(nanoseconds: log.end.nanoseconds / 3)
      let part = LogSpan(
        from: .instant(third, section: nil),
        to: .instant(third + Duration(nanoseconds: third.nanoseconds), section: nil))
      let step = Duration(nanoseconds: log.end.nanoseconds / 7 + 1_000_000)
      for file in [Array(log.text.utf8), Capture(log, recordsInBlock: 9).file] {
        let place = "\(range.profile.rawValue):\(seed)"
        for span in [LogSpan(), part] {
          #expect(rows(file, .changes, of: span) == rows(file, .instants, of: span), "\(place)")
          #expect(
            rows(file, .changes, of: span, every: step)
              == rows(file, .instants, of: span, every: step), "\(place)")
          #expect(figures(file, .changes, of: span) == figures(file, .instants, of: span))
        }
      }
    }
  }

  @Test(arguments: SeedRange.few)
  func `the figures of the whole span are those of the replay`(range: SeedRange) throws {
    for seed in range.seeds {
      let log = Array(RandomLog(seed: seed, profile: range.profile).text.utf8)
      var figuresAtEnd: ReplayFigures?
      play(log, .changes) { figuresAtEnd = $0.isEnd ? $1.figures : figuresAtEnd }
      let all = try #require(figuresAtEnd)
      let span = figures(log, .changes, of: LogSpan())
      let place = "\(range.profile.rawValue):\(seed)"
      #expect(span.opened == all.opened && span.counted == all.counted, "\(place)")
      #expect(span.notifications == all.notifications, "\(place)")
      #expect(span.peakMembers == all.peakMembers, "\(place)")
      #expect(span.frames >= span.notifications, "\(place)")
    }
  }

  @Test(arguments: SeedRange.few)
  func `the rows of the parts of a log have the watch time of the whole`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let file = Array(log.text.utf8)
      let middle = LogTime.instant(Instant(nanoseconds: log.end.nanoseconds / 3), section: nil)
      let whole = watchTime(rows(file, .changes))
      let parts = [LogSpan(to: middle), LogSpan(from: middle)].map { part in
        watchTime(rows(file, .changes, of: part))
      }
      let place = "\(range.profile.rawValue):\(seed)"
      #expect(abs(whole - parts[0] - parts[1]) < 1e-6 * max(1, whole), "\(place)")
    }
  }

  /// The time that all viewers were there, in seconds: of each row until the next of its namespace.
  private func watchTime(_ rows: String) -> Double {
    var latest: [Substring: (seconds: Double, viewers: Double)] = [:]
    var sum = 0.0
    for row in rows.split(separator: "\n").dropFirst() {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 7, let seconds = Double(fields[1]), let members = Double(fields[4]),
        let pending = Double(fields[5])
      else {
        Issue.record("a malformed row: \(row)")
        return 0
      }
      if let before = latest[fields[3]] { sum += before.viewers * (seconds - before.seconds) }
      latest[fields[3]] = (seconds, members + pending)
    }
    return sum
  }
}

extension Replay.Step {
  /// Whether the section is over.
  fileprivate var isEnd: Bool {
    switch self {
    case .end, .torn, .damage: true
    case .section, .read, .applied, .gap, .restored, .difference: false
    }
  }
}
