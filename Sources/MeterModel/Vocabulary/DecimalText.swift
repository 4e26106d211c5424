// Numbers as people write them, read and written exactly: every digit counts or the text is refused, and
// nothing passes through binary floating point. Digits are ASCII; there is no sign, no exponent, no
// blank and no separator but one decimal point, which may stand first (`.5`) and never last (`5.`).

/// Reads and writes decimal numbers, times and ratios.
package enum DecimalText {
  /// A whole number of any length that fits; nil for anything but digits.
  package static func parseUnsigned(_ text: Span<UInt8>) -> UInt64? {
    guard !text.isEmpty else { return nil }
    var value: UInt64 = 0
    for index in text.indices {
      guard let digit = digit(text[index]) else { return nil }
      let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(digit)
      guard !overflowed, !carried else { return nil }
      value = sum
    }
    return value
  }

  /// A time in seconds (`2`, `0.5`) or with a unit (`500ms`, `2s`, `5m`, `1.5h`), from 0 to
  /// `Duration.longest`; nil for anything else, also for what is no whole number of nanoseconds.
  package static func parseDuration(_ text: Span<UInt8>) -> Duration? {
    let length = text.indices.first { !isDecimal(text[$0]) } ?? text.count
    guard let unit = nanoseconds(ofUnit: text.extracting(last: text.count - length)),
      let number = Decimal(text.extracting(first: length))
    else { return nil }
    let (whole, overflowed) = number.whole.multipliedReportingOverflow(by: unit)
    // The fraction is below 1, so the quotient is below the unit and fits.
    let (part, remainder) = number.denominator.dividingFullWidth(
      number.fraction.multipliedFullWidth(by: unit))
    let (sum, carried) = whole.addingReportingOverflow(part)
    guard !overflowed, remainder == 0, !carried else { return nil }
    let duration = Duration(nanoseconds: sum)
    return duration <= .longest ? duration : nil
  }

  /// A ratio from 0 to 1 with at most 18 decimals (zeros at the end aside: `0.10` equals `0.1`).
  package static func parseFraction(_ text: Span<UInt8>) -> Fraction? {
    guard let number = Decimal(text), number.whole <= 1 else { return nil }
    let numerator = number.whole * number.denominator + number.fraction
    return Fraction(numerator: numerator, decimals: number.decimals)
  }

  /// The seconds of `duration`, with as many decimals as it takes: `2`, `0.5`. `parseDuration` gives
  /// the duration again.
  package static func print(_ duration: Duration) -> String {
    var bytes: [UInt8] = []
    appendSeconds(duration.nanoseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The decimals of `fraction`: `0.1`. `parseFraction` gives the ratio again.
  package static func print(_ fraction: Fraction) -> String {
    var bytes: [UInt8] = []
    append(fraction.numerator, over: fraction.denominator, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends `nanoseconds` as seconds with up to 9 decimals and none that is not needed.
  package static func appendSeconds(_ nanoseconds: UInt64, to bytes: inout [UInt8]) {
    append(nanoseconds, over: 1_000_000_000, to: &bytes)
  }

  /// Appends `numerator` / `denominator`, a power of ten, without zeros at the end.
  private static func append(
    _ numerator: UInt64, over denominator: UInt64, to bytes: inout [UInt8]
  ) {
    var (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    let start = bytes.count
    repeat {
      bytes.append(zero + UInt8(whole % 10))
      whole /= 10
    } while whole > 0
    bytes[start...].reverse()
    guard rest > 0 else { return }
    bytes.append(point)
    var place = denominator / 10
    while rest > 0 {
      bytes.append(zero + UInt8(rest / place))
      rest %= place
      place /= 10
    }
  }

  private static func nanoseconds(ofUnit unit: Span<UInt8>) -> UInt64? {
    switch (unit.count, unit.isEmpty ? 0 : unit[0]) {
    case (0, _), (1, UInt8(ascii: "s")): 1_000_000_000
    case (1, UInt8(ascii: "m")): 60_000_000_000
    case (1, UInt8(ascii: "h")): 3_600_000_000_000
    case (2, UInt8(ascii: "m")): unit[1] == UInt8(ascii: "s") ? 1_000_000 : nil
    default: nil
    }
  }

  private static func isDecimal(_ byte: UInt8) -> Bool {
    digit(byte) != nil || byte == point
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    byte >= zero && byte <= zero + 9 ? UInt64(byte - zero) : nil
  }

  private static let zero = UInt8(ascii: "0")
  private static let point = UInt8(ascii: ".")

  /// A decimal number taken apart: `whole` + `fraction` / 10^`decimals`.
  private struct Decimal {
    var whole: UInt64 = 0
    var fraction: UInt64 = 0
    var decimals = 0
    var denominator: UInt64 = 1

    /// Nil when `text` is no decimal number, or has more than 18 decimals: neither a ratio nor a time
    /// in nanoseconds can be that exact.
    init?(_ text: Span<UInt8>) {
      let end = text.indices.first { text[$0] == point } ?? text.count
      if end > 0 {
        guard let whole = parseUnsigned(text.extracting(first: end)) else { return nil }
        self.whole = whole
      }
      guard end < text.count else {
        if end == 0 { return nil }
        return
      }
      var last = text.count
      while last > end + 2, text[last - 1] == zero { last -= 1 }
      guard last - end - 1 <= 18, let fraction = parseUnsigned(text.extracting(end + 1..<last))
      else { return nil }
      self.fraction = fraction
      decimals = fraction == 0 ? 0 : last - end - 1
      for _ in 0..<decimals { denominator *= 10 }
    }
  }
}
