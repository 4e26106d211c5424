// Times of the wall clock as text in UTC: `2026-06-01T18:00:00Z` (RFC 3339 §5.6). The model reads
// no clock; a log has the time at which it starts.

/// A time of the wall clock, in nanoseconds since 1970-01-01T00:00:00Z (UNIX time). The last one is
/// in the year 2554.
package struct UTCTime: Equatable, Comparable, Sendable {
  /// UNIX time in nanoseconds.
  package let unixNanoseconds: UInt64

  /// A time as UNIX time in nanoseconds.
  package init(unixNanoseconds: UInt64) {
    self.unixNanoseconds = unixNanoseconds
  }

  /// Reads `2026-06-01T18:00:00Z`, `2026-06-01T18:00:00.25Z` or `2026-06-01T20:00:00+02:00`, with
  /// at most 9 decimals. Nil if the text is malformed, if the date does not exist, if the time is a
  /// leap second, or if it is not within 1970 to 2554.
  package init?(_ text: Span<UInt8>) {
    guard let parts = Parts(text),
      let date = CivilDate(year: parts.year, month: parts.month, day: parts.day),
      parts.hour < 24, parts.minute < 60, parts.second < 60
    else { return nil }
    let time = parts.hour * 3600 + parts.minute * 60 + parts.second
    // A day and the largest offset are added and taken away, so that no difference is negative.
    let day = Self.secondsInDay
    let shifted = date.daysSinceEpoch * day + time + day + parts.secondsBehindUTC
    guard shifted >= day + parts.secondsAheadOfUTC else { return nil }
    let seconds = shifted - day - parts.secondsAheadOfUTC
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carries) = whole.addingReportingOverflow(parts.nanoseconds)
    guard !overflows, !carries else { return nil }
    unixNanoseconds = sum
  }

  /// Reads a time given as text, as `init(_:)` does for bytes.
  package init?(_ text: String) {
    self.init(Array(text.utf8).span)
  }

  /// The time as `2026-06-01T18:00:00Z`, with as many decimals of a second as needed: `init(_:)`
  /// returns the same time.
  package var text: String {
    let (seconds, fraction) = unixNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let date = CivilDate(daysSinceEpoch: seconds / Self.secondsInDay)
    let time = seconds % Self.secondsInDay
    // The fraction of a second has the digits of a number between 0 and 1 without its 0.
    let decimals = Duration(nanoseconds: fraction).decimalSeconds.dropFirst()
    return "\(date.year)-\(Self.twoDigits(date.month))-\(Self.twoDigits(date.day))T"
      + "\(Self.twoDigits(time / 3600)):\(Self.twoDigits(time / 60 % 60))"
      + ":\(Self.twoDigits(time % 60))\(decimals)Z"
  }

  /// The time of an instant on a clock that started at this time; at most the last time.
  package func time(at instant: Instant) -> UTCTime {
    let (sum, overflows) = unixNanoseconds.addingReportingOverflow(instant.nanoseconds)
    return UTCTime(unixNanoseconds: overflows ? .max : sum)
  }

  /// The time in whole milliseconds, rounded down, without its date: `18:00:00.25`.
  package var timeOfDay: String {
    let whole = UTCTime(unixNanoseconds: unixNanoseconds / 1_000_000 * 1_000_000)
    return String(whole.text.split(separator: "T")[1].dropLast())
  }

  package static func < (left: UTCTime, right: UTCTime) -> Bool {
    left.unixNanoseconds < right.unixNanoseconds
  }

  private static let secondsInDay: UInt64 = 86_400

  private static func twoDigits(_ number: UInt64) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

/// The numbers of a time in text. Only their digits are checked, not their ranges.
private struct Parts {
  let year: UInt64
  let month: UInt64
  let day: UInt64
  let hour: UInt64
  let minute: UInt64
  let second: UInt64
  var nanoseconds: UInt64 = 0

  // The offset from UTC. At most one of them is not 0.
  var secondsAheadOfUTC: UInt64 = 0
  var secondsBehindUTC: UInt64 = 0

  init?(_ text: Span<UInt8>) {
    guard text.count >= 20, text[4] == .hyphen, text[7] == .hyphen, text[10] | 0x20 == .letterT,
      text[13] == ASCII.colon, text[16] == ASCII.colon,
      let year = UInt64(digits: text.extracting(0..<4)),
      let month = UInt64(digits: text.extracting(5..<7)),
      let day = UInt64(digits: text.extracting(8..<10)),
      let hour = UInt64(digits: text.extracting(11..<13)),
      let minute = UInt64(digits: text.extracting(14..<16)),
      let second = UInt64(digits: text.extracting(17..<19))
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
    var end = 19
    if text[end] == ASCII.dot {
      repeat { end += 1 } while end < text.count && text[end].isDigit
      guard end > 20, let fraction = Instant(decimal: text.extracting(19..<end)) else { return nil }
      nanoseconds = fraction.nanoseconds
    }
    guard readOffset(text.extracting(end..<text.count)) else { return nil }
  }

  /// Reads `Z`, `+02:00` or `-02:00`.
  private mutating func readOffset(_ text: Span<UInt8>) -> Bool {
    if text.count == 1 { return text[0] | 0x20 == .letterZ }
    guard text.count == 6, text[3] == ASCII.colon,
      let hours = UInt64(digits: text.extracting(1..<3)), hours < 24,
      let minutes = UInt64(digits: text.extracting(4..<6)), minutes < 60
    else { return false }
    let seconds = hours * 3600 + minutes * 60
    switch text[0] {
    case .plus: secondsAheadOfUTC = seconds
    case .hyphen: secondsBehindUTC = seconds
    default: return false
    }
    return true
  }
}

extension UInt8 {
  fileprivate static let hyphen = UInt8(ascii: "-")
  fileprivate static let plus = UInt8(ascii: "+")
  fileprivate static let letterT = UInt8(ascii: "t")
  fileprivate static let letterZ = UInt8(ascii: "z")
}
