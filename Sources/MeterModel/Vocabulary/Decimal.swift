// Numbers, times and ratios in decimal text: exact, without floating point, and strict (no signs, no
// exponents, no blanks, digits on both sides of a point).

/// A number of at most 64 bits with some decimals: `numerator` / 10^`decimals`.
private struct DecimalNumber {
  var numerator: UInt64 = 0
  var decimals = 0

  /// Digits, perhaps with a point and at most `mostDecimals` more; nil for anything else or for more
  /// than 64 bits.
  init?(_ text: Span<UInt8>, mostDecimals: Int) {
    guard let first = text.first, first != .point, text[text.count - 1] != .point
    else { return nil }
    var hasPoint = false
    for index in text.indices {
      if text[index] == .point && !hasPoint {
        hasPoint = true
        continue
      }
      guard let digit = text[index].digit else { return nil }
      let (product, overflows) = numerator.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(digit)
      guard !overflows && !carries else { return nil }
      numerator = sum
      if hasPoint { decimals += 1 }
    }
    guard decimals <= mostDecimals else { return nil }
  }
}

extension UInt64 {
  /// Decimal digits and nothing else; nil when there are none, or for more than 64 bits.
  package init?(digits text: Span<UInt8>) {
    guard let number = DecimalNumber(text, mostDecimals: 0) else { return nil }
    self = number.numerator
  }

  /// `self` / 10^`decimals` without trailing zeros.
  fileprivate func decimal(_ decimals: Int) -> String {
    var fraction = self
    var missing = decimals
    while missing > 0 && fraction % 10 == 0 {
      fraction /= 10
      missing -= 1
    }
    let digits = String(fraction)
    if missing == 0 { return digits }
    let padded = String(repeating: "0", count: Swift.max(missing + 1 - digits.count, 0)) + digits
    return padded.dropLast(missing) + "." + padded.suffix(missing)
  }
}

extension Instant {
  /// Seconds since the start with at most 9 decimals; nil when malformed or past `Instant.latest`.
  package init?(decimal text: Span<UInt8>) {
    guard let number = DecimalNumber(text, mostDecimals: 9),
      let nanoseconds = UInt64(number.numerator, per: number.decimals, times: 1_000_000_000),
      nanoseconds <= Instant.latest.nanoseconds
    else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// Seconds since the start, without trailing zeros.
  package var decimalSeconds: String { nanoseconds.decimal(9) }
}

extension Duration {
  /// Seconds, or a number with the unit `ms`, `s`, `m` or `h`; nil when malformed, finer than a nanosecond,
  /// below `least` or above `Duration.longest`.
  package init?(decimal text: Span<UInt8>, atLeast least: Duration = .zero) {
    let (digits, unit) = Self.unit(of: text)
    guard let number = DecimalNumber(text.extracting(first: digits), mostDecimals: 15),
      let nanoseconds = UInt64(number.numerator, per: number.decimals, times: unit),
      (least.nanoseconds...Duration.longest.nanoseconds).contains(nanoseconds)
    else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// How many bytes come before the unit, and the unit in nanoseconds.
  private static func unit(of text: Span<UInt8>) -> (digits: Int, nanoseconds: UInt64) {
    let second: UInt64 = 1_000_000_000
    if text.hasSuffix("ms") { return (text.count - 2, 1_000_000) }
    if text.hasSuffix("s") { return (text.count - 1, second) }
    if text.hasSuffix("m") { return (text.count - 1, 60 * second) }
    if text.hasSuffix("h") { return (text.count - 1, 3600 * second) }
    return (text.count, second)
  }

  /// In seconds, without trailing zeros.
  package var decimalSeconds: String { nanoseconds.decimal(9) }
}

extension Fraction {
  /// A number from 0 to 1 with at most 18 decimals; nil for anything else.
  package init?(decimal text: Span<UInt8>) {
    guard let number = DecimalNumber(text, mostDecimals: 18) else { return nil }
    self.init(numerator: number.numerator, decimals: number.decimals)
  }

  /// As decimal number, without trailing zeros.
  package var decimal: String {
    var decimals = 0
    var power: UInt64 = 1
    while power < denominator {
      power *= 10
      decimals += 1
    }
    return numerator.decimal(decimals)
  }
}

extension UInt64 {
  /// `numerator` × `unit` / 10^`decimals`; nil when that is no whole number of 64 bits.
  fileprivate init?(_ numerator: UInt64, per decimals: Int, times unit: UInt64) {
    var power: UInt64 = 1
    for _ in 0..<decimals { power *= 10 }
    let (quotient, remainder) =
      (UInt128(numerator) * UInt128(unit)).quotientAndRemainder(dividingBy: UInt128(power))
    guard remainder == 0 else { return nil }
    self.init(exactly: quotient)
  }
}

extension UInt8 {
  fileprivate static let point = UInt8(ascii: ".")

  fileprivate var digit: UInt64? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? UInt64(self - UInt8(ascii: "0")) : nil
  }
}
