import MeterModel
import Testing

/// Decimal text is exact in both directions (§3: seconds may have a fraction and a unit).
@Suite struct DecimalTests {
  private func duration(_ text: String) -> MeterModel.Duration? {
    MeterModel.Duration(decimal: text.utf8.span)
  }

  private func fraction(_ text: String) -> Fraction? {
    Fraction(decimal: text.utf8.span)
  }

  private func unsigned(_ text: String) -> UInt64? {
    UInt64(digits: text.utf8.span)
  }

  @Test(arguments: [
    ("0", 0), ("7", 7), ("007", 7), ("65536", 65536), ("18446744073709551615", UInt64.max),
  ])
  func `a whole number is its digits`(text: String, value: UInt64) {
    #expect(unsigned(text) == value)
  }

  @Test(arguments: [
    "", " 1", "1 ", "-1", "+1", "1.0", "0x10", "1e3", "1_000", "18446744073709551616",
    "99999999999999999999999999", "\u{661}", "/", ":",
  ])
  func `a text that is no whole number of 64 bits is refused`(text: String) {
    #expect(unsigned(text) == nil)
  }

  @Test(
    arguments: [
      ("0", 0), ("0.0", 0), ("0ms", 0), ("2", 2_000_000_000), ("2s", 2_000_000_000),
      ("02.50", 2_500_000_000), ("0.5", 500_000_000), (".5", 500_000_000), ("1.25", 1_250_000_000),
      ("500ms", 500_000_000), ("0.5ms", 500_000), ("0.000001ms", 1), ("5m", 300_000_000_000),
      ("1.5m", 90_000_000_000), ("1h", 3_600_000_000_000), ("0.1h", 360_000_000_000),
      ("0.0000000001h", 360), ("0.000000001", 1), ("0.1234567890000000000000000000", 123_456_789),
      ("0.0000000000000000000000000", 0),
    ] as [(String, UInt64)])
  func `a time is read to the nanosecond`(text: String, nanoseconds: UInt64) {
    #expect(duration(text) == MeterModel.Duration(nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "", ".", "5.", "s", "ms", ".s", "5.s", "-1", "-0", "+1", "1 s", " 1", "1S", "1MS", "1H", "1d",
    "1us", "1ns", "1sec", "1hh", "1mss", "1m30s", "1,5", "1.2.3", "1e3", "nan", "inf", "0x10",
    "abc",
  ])
  func `a text that is no time is refused`(text: String) {
    #expect(duration(text) == nil)
  }

  @Test(arguments: [
    "0.0000000001", "1.0000000001", "0.0000001ms", "0.0000000000001h", "0.1234567891234567891",
    "0.0000000000000000000000001h",
  ])
  func `a time that is no whole number of nanoseconds is refused, not rounded`(text: String) {
    #expect(duration(text) == nil)
  }

  @Test func `the longest time is 2 to the 61 nanoseconds`() {
    #expect(duration("2305843009.213693951") == .init(nanoseconds: (1 << 61) - 1))
    #expect(duration("2305843009.213693952") == .maximum)
    #expect(duration("2305843009.213693953") == nil)
    #expect(duration("640512h") == nil)
    #expect(duration("18446744073709551615h") == nil)
    #expect(duration("18446744073.709551616") == nil)
    #expect(duration("18446744073709551616") == nil)
  }

  @Test(
    arguments: [
      ("0", 0, 0), ("0.0", 0, 0), ("1", 1, 0), ("1.000", 1, 0), ("0.1", 1, 1), ("0.10", 1, 1),
      (".29", 29, 2), ("0.05", 5, 2), ("0.000000000000000001", 1, 18),
      ("0.999999999999999999", 999_999_999_999_999_999, 18), ("0.25000000000000000000000", 25, 2),
    ] as [(String, UInt64, Int)])
  func `a ratio keeps every decimal`(text: String, numerator: UInt64, decimals: Int) {
    #expect(fraction(text) == Fraction(numerator: numerator, decimals: decimals))
  }

  @Test func `a tenth has one value in every notation`() {
    #expect(fraction("0.1") == .oneTenth)
    #expect(fraction("00.1000") == .oneTenth)
  }

  @Test(arguments: [
    "", ".", "1.", "-0.1", "+0.1", "1.1", "1.000000000000000001", "2", "10%", "0.1s", "1e-1", "abc",
    "0.0000000000000000001", "18446744073709551615", "0..1", "0,1",
  ])
  func `a text that is no ratio from 0 to 1 is refused`(text: String) {
    #expect(fraction(text) == nil)
  }

  @Test(
    arguments: [
      (0, "0"), (1, "0.000000001"), (500_000_000, "0.5"), (2_000_000_000, "2"),
      (1_250_000_000, "1.25"), (3_600_000_000_000, "3600"), (10_000_000_010, "10.00000001"),
      (1 << 61, "2305843009.213693952"),
    ] as [(UInt64, String)])
  func `a time is written without needless decimals, and reads back`(
    nanoseconds: UInt64, text: String
  ) {
    #expect(MeterModel.Duration(nanoseconds: nanoseconds).decimalSeconds == text)
    #expect(duration(text) == MeterModel.Duration(nanoseconds: nanoseconds))
  }

  @Test(arguments: ["0", "1", "0.1", "0.29", "0.05", "0.000000000000000001"])
  func `a ratio reads back as it was written`(text: String) throws {
    #expect(try #require(fraction(text)).decimal == text)
  }

  @Test func `a ratio that was made with zeros at its end is written without them`() throws {
    #expect(try #require(Fraction(numerator: 10, decimals: 2)).decimal == "0.1")
    #expect(try #require(Fraction(numerator: 100, decimals: 2)).decimal == "1")
  }

  @Test func `a time below the minimum is refused`() {
    func duration(_ text: String) -> MeterModel.Duration? {
      MeterModel.Duration(decimal: text.utf8.span, atLeast: .milliseconds(1))
    }
    #expect(duration("0.000999999") == nil)
    #expect(duration("0.001") == .milliseconds(1))
    #expect(duration("0") == nil)
  }

  @Test(
    arguments: [
      ("0", 0), ("0.5", 500_000_000), ("60", 60_000_000_000), ("1.000000001", 1_000_000_001),
      ("4611686018.427387904", 1 << 62),
    ] as [(String, UInt64)])
  func `an instant is read and written in seconds`(text: String, nanoseconds: UInt64) {
    #expect(Instant(decimal: text.utf8.span) == Instant(nanoseconds: nanoseconds))
    #expect(Instant(nanoseconds: nanoseconds).decimalSeconds == text)
  }

  @Test(arguments: [
    "", "1s", "1ms", "1m", "-1", "1.", "0.0000000001", "0.5000000000", "4611686018.427387905",
    "18446744074", "abc",
  ])
  func `an instant with a unit, more than 9 decimals or past the latest is refused`(text: String) {
    #expect(Instant(decimal: text.utf8.span) == nil)
  }
}
