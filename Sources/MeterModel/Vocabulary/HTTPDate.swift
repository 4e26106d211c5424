// The date of a response: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), computed without a
// library.

/// A date in the form IMF-fixdate, 29 bytes. It is valid for one second; responses within it can
/// share it.
package struct HTTPDate: Equatable, Sendable {
  /// The bytes as they are sent.
  package let bytes: ContiguousArray<UInt8>

  /// The date of a time in UNIX seconds; a time after the year 9999 becomes the last second of it.
  package init(unixSeconds: UInt64) {
    let seconds = min(unixSeconds, 253_402_300_799)
    let days = seconds / 86_400
    let time = seconds % 86_400
    let (year, month, day) = Self.civilDate(daysSinceEpoch: days)
    var text = ContiguousArray<UInt8>()
    text.reserveCapacity(29)
    // 1 January 1970 was a Thursday.
    text.append(contentsOf: Self.name(days % 7, of: "ThuFriSatSunMonTueWed"))
    text.append(contentsOf: ", ".utf8)
    Self.append(twoDigits: day, to: &text)
    text.append(ASCII.space)
    text.append(contentsOf: Self.name(month - 1, of: "JanFebMarAprMayJunJulAugSepOctNovDec"))
    text.append(ASCII.space)
    Self.append(twoDigits: year / 100, to: &text)
    Self.append(twoDigits: year % 100, to: &text)
    text.append(ASCII.space)
    Self.append(twoDigits: time / 3600, to: &text)
    text.append(ASCII.colon)
    Self.append(twoDigits: time / 60 % 60, to: &text)
    text.append(ASCII.colon)
    Self.append(twoDigits: time % 60, to: &text)
    text.append(contentsOf: " GMT".utf8)
    bytes = text
  }

  /// The Gregorian date of a day. Years begin in March, so that the leap day is the last of a year,
  /// and form eras of 400 years with 146,097 days each.
  private static func civilDate(
    daysSinceEpoch: UInt64
  ) -> (year: UInt64, month: UInt64, day: UInt64) {
    let days = daysSinceEpoch + 719_468  // since 1 March of the year 0
    let era = days / 146_097
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  private static func name(_ index: UInt64, of names: String) -> Substring.UTF8View.SubSequence {
    names.utf8.dropFirst(Int(index) * 3).prefix(3)
  }

  private static func append(twoDigits number: UInt64, to text: inout ContiguousArray<UInt8>) {
    text.append(ASCII.zero + UInt8(number / 10))
    text.append(ASCII.zero + UInt8(number % 10))
  }
}
