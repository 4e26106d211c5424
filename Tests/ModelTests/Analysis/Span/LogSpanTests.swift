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
}
