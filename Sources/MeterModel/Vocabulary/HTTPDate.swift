// The date of a response: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).

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
    let date = CivilDate(daysSinceEpoch: days)
    var text = ContiguousArray<UInt8>()
    text.reserveCapacity(29)
    // 1 January 1970 was a Thursday.
    text.append(contentsOf: Self.name(days % 7, of: "ThuFriSatSunMonTueWed"))
    text.append(contentsOf: ", ".utf8)
    Self.append(twoDigits: date.day, to: &text)
    text.append(ASCII.space)
    text.append(contentsOf: Self.name(date.month - 1, of: "JanFebMarAprMayJunJulAugSepOctNovDec"))
    text.append(ASCII.space)
    Self.append(twoDigits: date.year / 100, to: &text)
    Self.append(twoDigits: date.year % 100, to: &text)
    text.append(ASCII.space)
    Self.append(twoDigits: time / 3600, to: &text)
    text.append(ASCII.colon)
    Self.append(twoDigits: time / 60 % 60, to: &text)
    text.append(ASCII.colon)
    Self.append(twoDigits: time % 60, to: &text)
    text.append(contentsOf: " GMT".utf8)
    bytes = text
  }

  private static func name(_ index: UInt64, of names: String) -> Substring.UTF8View.SubSequence {
    names.utf8.dropFirst(Int(index) * 3).prefix(3)
  }

  private static func append(twoDigits number: UInt64, to text: inout ContiguousArray<UInt8>) {
    text.append(ASCII.zero + UInt8(number / 10))
    text.append(ASCII.zero + UInt8(number % 10))
  }
}
