// Times of the wall clock, compared with Foundation's.

import Foundation
import MeterModel
import Testing

@Suite struct `A UTC time` {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1994-11-06T08:49:37Z", 784_111_777_000_000_000),
      ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
      ("2026-06-01T18:00:00.25Z", 1_780_336_800_250_000_000),
      ("2026-06-01T18:00:00.000000001Z", 1_780_336_800_000_000_001),
      ("2554-07-21T23:34:33.709551615Z", UInt64.max),
    ] as [(String, UInt64)])
  func `is read and written`(text: String, nanoseconds: UInt64) {
    #expect(UTCTime(text)?.unixNanoseconds == nanoseconds)
    #expect(UTCTime(unixNanoseconds: nanoseconds).text == text)
  }

  @Test(arguments: [
    "2026-06-01T20:00:00+02:00", "2026-06-01T12:30:00-05:30", "2026-06-02T17:59:00+23:59",
    "2026-06-01t18:00:00z", "2026-06-01T18:00:00.000Z",
  ])
  func `may have another offset, lower-case letters and zeros`(text: String) {
    #expect(UTCTime(text) == UTCTime("2026-06-01T18:00:00Z"))
  }

  @Test(arguments: [
    "", "2026", "2026-06-01", "2026-06-01T18:00:00", "2026-06-01 18:00:00Z", "2026-6-1T18:00:00Z",
    "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-06-00T00:00:00Z", "2026-06-01T24:00:00Z", "2026-06-01T18:60:00Z", "2026-06-01T18:00:60Z",
    "2026-06-01T18:00:00.Z", "2026-06-01T18:00:00.0000000001Z", "2026-06-01T18:00:00ZZ",
    "2026-06-01T18:00:00+0200", "2026-06-01T18:00:00+24:00", "2026-06-01T18:00:00+02:60",
    "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "2554-07-21T23:34:33.709551616Z",
    "9999-12-31T23:59:59Z", "+026-06-01T18:00:00Z", "2026-06-01T18:00:00é",
  ])
  func `is refused if it is malformed or does not exist`(text: String) {
    #expect(UTCTime(text) == nil)
  }

  @Test func `equals that of Foundation over four centuries`() {
    let formatter = ISO8601DateFormatter()
    for step: UInt64 in 0..<2000 {
      let seconds = step * 6_450_017  // about 75 days
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      let time = UTCTime(unixNanoseconds: seconds * 1_000_000_000)
      #expect(time.text == text)
      #expect(UTCTime(text) == time)
    }
  }
}
