import MeterModel
import Testing

struct LogSpanTests {
  private func seconds(_ seconds: UInt64, section: Int? = nil) -> LogTime {
    .instant(.start + .seconds(seconds), section: section)
  }

  @Test(arguments: ["0", "4.5", "2:4.5", "999999:0.000000001", "2026-06-01T18:00:00Z"])
  func `a time is of each section, of one section, or of the wall clock`(text: String) {
    #expect(LogTime(text)?.text == text)
  }

  @Test(arguments: [
    "", ":", "2:", ":1", "0:1", "1000000:1", "1:2:3", "-1", "1s", "1e3", "2026-06-01", "x",
    "2026-06-01T18:00Z", "1:2026-06-01T18:00:00Z",
  ])
  func `a malformed time is refused`(text: String) {
    #expect(LogTime(text) == nil)
  }

  @Test func `a span whose end is before its beginning is reversed`() throws {
    let dawn = LogTime.wall(try #require(UTCTime("2026-06-01T06:00:00Z")))
    let dusk = LogTime.wall(try #require(UTCTime("2026-06-01T18:00:00Z")))
    #expect(LogSpan(from: dusk, to: dawn).isReversed)
    #expect(!LogSpan(from: dawn, to: dusk).isReversed)
    #expect(LogSpan(from: seconds(2), to: seconds(1)).isReversed)
    #expect(LogSpan(from: seconds(1, section: 2), to: seconds(2, section: 1)).isReversed)
    #expect(!LogSpan(from: seconds(2, section: 1), to: seconds(1, section: 2)).isReversed)
    #expect(!LogSpan(from: seconds(2), to: seconds(2)).isReversed)
    // Whether these are depends on the log.
    #expect(!LogSpan(from: seconds(2, section: 1), to: seconds(1)).isReversed)
    #expect(!LogSpan(from: dusk, to: seconds(1)).isReversed)
  }

  /// A log whose state begins after 12 s, as that of a rotated capture.
  private static let continued = """
    state meter at=12.5 digest=0123456789abcdef messages=0 latest=2 created=1 counted=2 peak=2
    state namespace name=a ordinal=1 created=0 connections=2 told=2 told-at=11 lowest=2 highest=2 \
    peak=2 peak-at=1 member-seconds=12 member-nanoseconds=0
    state member 1 opened=0 ordinal=1 namespace=a since=0
    state member 2 opened=1 ordinal=2 namespace=a since=1
    state end 4
    13 close 1
    20 end
    """

  @Test(arguments: [true, false])
  func `nothing of a span that ends before the state of a log is in the log`(isLater: Bool) {
    let span = LogSpan(from: seconds(isLater ? 13 : 3), to: seconds(isLater ? 14 : 10))
    var census = AudienceCensus(limit: 1, in: span)
    RecordedLog.play(Array(Self.continued.utf8), nil, detail: .changes) { census.note($0, of: $1) }
    #expect(census.runs.count == (isLater ? 1 : 0))
    #expect(census.largest.map(\.members) == (isLater ? [2] : []))
    #expect(census.follower.entered == (isLater ? 1 : 0))
    var recording = AudienceRecording(
      of: census.largest, along: ChartTimeline(census.runs), columns: 4, in: span)
    RecordedLog.play(Array(Self.continued.utf8), nil, detail: .changes) {
      recording.note($0, of: $1)
    }
    recording.finish()
    #expect(recording.follower.entered == (isLater ? 1 : 0))
    for step in [nil, Duration.seconds(1)] {
      var series = AudienceSeries(of: span, every: step)
      RecordedLog.play(Array(Self.continued.utf8), nil, detail: .changes) {
        series.note($0, of: $1)
      }
      let rows = String(decoding: series.bytes, as: UTF8.self).split(separator: "\n").count - 1
      #expect((rows > 0) == isLater, "\(rows) rows")
    }
  }
}
