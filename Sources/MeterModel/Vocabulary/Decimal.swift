// Numbers, times and ratios as decimal text, read and written exactly. A text with a digit that has
// no effect on the value is refused, and no value passes through binary floating point. Digits are
// ASCII. There is no sign, exponent, blank or separator but one point, which may be first (`.5`)
// and never last (`5.`).

/// A decimal number in parts: `whole` + `fraction` / `denominator`.
private struct DecimalNumber {
  var whole: UInt64 = 0

  /// Below `denominator`; no multiple of ten unless it is 0.
  var fraction: UInt64 = 0

  /// The number of decimals, without zeros at the end: 0 to 18.
  var decimals = 0

  /// 10 to the power of `decimals`.
  var denominator: UInt64 = 1

  /// Nil if `text` is no decimal number or needs more than 18 decimals. Neither a ratio nor a time
  /// in nanoseconds, even in hours, can have that many.
  init?(_ text: Span<UInt8>) {
    let end = text.indices.first { text[$0] == .point } ?? text.count
    if end > 0 || text.isEmpty {
      guard let whole = UInt64(digits: text.extracting(first: end)) else { return nil }
      self.whole = whole
    }
    guard end < text.count else { return }
    var last = text.count
    while last > end + 2, text[last - 1] == .digitZero { last -= 1 }
    guard last - end - 1 <= 18, let fraction = UInt64(digits: text.extracting(end + 1..<last))
    else { return nil }
    self.fraction = fraction
    decimals = fraction == 0 ? 0 : last - end - 1
    for _ in 0..<decimals { denominator *= 10 }
  }

  /// The product with `unit`; nil if it is no whole number of 64 bits.
  func multiplied(by unit: UInt64) -> UInt64? {
    let (product, overflows) = whole.multipliedReportingOverflow(by: unit)
    // The fraction is below 1, so the quotient is below the unit and fits.
    let (part, remainder) = denominator.dividingFullWidth(fraction.multipliedFullWidth(by: unit))
    let (sum, carries) = product.addingReportingOverflow(part)
    return overflows || carries || remainder > 0 ? nil : sum
  }
}

extension UInt64 {
  /// Reads a text of decimal digits only; nil if it is empty, or needs more than 64 bits.
  package init?(digits text: Span<UInt8>) {
    guard !text.isEmpty else { return nil }
    self = 0
    for index in text.indices {
      guard let digit = text[index].digit else { return nil }
      let (product, overflows) = multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(digit)
      guard !overflows, !carries else { return nil }
      self = sum
    }
  }

  /// The quotient by `denominator`, a power of ten, as text without zeros at the end.
  fileprivate func decimal(over denominator: UInt64) -> String {
    var text: ContiguousArray<UInt8> = []
    text.append(decimal: self, over: denominator)
    return String(decoding: text, as: UTF8.self)
  }
}

extension Instant {
  /// Reads seconds since the start, with at most 9 decimals; nil if malformed or past
  /// `Instant.latest`.
  package init?(decimal text: Span<UInt8>) {
    let end = text.indices.first { text[$0] == .point } ?? text.count
    guard text.count - end <= 10,
      let nanoseconds = DecimalNumber(text)?.multiplied(by: .nanosecondsInSecond),
      nanoseconds <= Instant.latest.nanoseconds
    else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// The seconds since the start, with as many decimals as needed: `init(decimal:)` returns the
  /// same instant.
  package var decimalSeconds: String { nanoseconds.decimal(over: .nanosecondsInSecond) }
}

extension Duration {
  /// Reads seconds (`2`, `0.5`) or a number with a unit (`500ms`, `2s`, `5m`, `1.5h`); nil if
  /// malformed, no whole number of nanoseconds, below `least` or above `Duration.maximum`.
  package init?(decimal text: Span<UInt8>, atLeast least: Duration = .zero) {
    let end = text.indices.first { text[$0].digit == nil && text[$0] != .point } ?? text.count
    guard let unit = Self.nanoseconds(inUnit: text.extracting(last: text.count - end)),
      let nanoseconds = DecimalNumber(text.extracting(first: end))?.multiplied(by: unit),
      (least.nanoseconds...Duration.maximum.nanoseconds).contains(nanoseconds)
    else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// The seconds, with as many decimals as needed: `init(decimal:)` returns the same duration.
  package var decimalSeconds: String { nanoseconds.decimal(over: .nanosecondsInSecond) }

  private static func nanoseconds(inUnit unit: Span<UInt8>) -> UInt64? {
    switch (unit.count, unit.isEmpty ? 0 : unit[0]) {
    case (0, _), (1, UInt8(ascii: "s")): .nanosecondsInSecond
    case (1, UInt8(ascii: "m")): 60 * .nanosecondsInSecond
    case (1, UInt8(ascii: "h")): 3600 * .nanosecondsInSecond
    case (2, UInt8(ascii: "m")): unit[1] == UInt8(ascii: "s") ? 1_000_000 : nil
    default: nil
    }
  }
}

extension Fraction {
  /// Reads a number from 0 to 1 with at most 18 decimals, not counting zeros at the end (`0.10`
  /// equals `0.1`); nil for anything else.
  package init?(decimal text: Span<UInt8>) {
    guard let number = DecimalNumber(text), number.whole <= 1 else { return nil }
    let numerator = number.whole * number.denominator + number.fraction
    self.init(numerator: numerator, decimals: number.decimals)
  }

  /// The ratio as a decimal number: `init(decimal:)` returns an equal ratio.
  package var decimal: String { numerator.decimal(over: denominator) }
}

extension UInt64 {
  fileprivate static let nanosecondsInSecond: UInt64 = 1_000_000_000
}

extension UInt8 {
  fileprivate static let point = UInt8(ascii: ".")
  fileprivate static let digitZero = UInt8(ascii: "0")

  fileprivate var digit: UInt64? {
    (UInt8.digitZero...UInt8.digitZero + 9).contains(self) ? UInt64(self - .digitZero) : nil
  }
}
