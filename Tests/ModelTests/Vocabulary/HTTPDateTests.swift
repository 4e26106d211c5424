// Dates, compared with Foundation's calendar.

import Foundation
import MeterModel
import Testing

@Suite struct `An HTTP date` {
  private func text(_ seconds: UInt64) -> String {
    String(decoding: HTTPDate(unixSeconds: seconds).bytes, as: UTF8.self)
  }

  @Test func `equals the example of RFC 9110`() {
    #expect(text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(text(951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
  }

  @Test func `after the year 9999 is the last second of that year`() {
    #expect(text(253_402_300_799) == "Fri, 31 Dec 9999 23:59:59 GMT")
    #expect(text(253_402_300_800) == "Fri, 31 Dec 9999 23:59:59 GMT")
    #expect(text(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
  }

  @Test func `equals that of Foundation's calendar over eight centuries`() {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    for step: UInt64 in 0..<2000 {
      let seconds = step * 12_900_017  // about 149 days
      let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(text(seconds) == expected)
    }
  }
}
