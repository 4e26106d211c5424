// A ratio between 0 and 1 in exact decimal arithmetic: the floor of 100 × 0.29 is 29, which binary
// floating point makes 28.

/// A decimal fraction from 0 to 1 with at most 18 decimals.
package struct Fraction: Equatable, Sendable {
  /// The numerator over `denominator`, never larger than it.
  package let numerator: UInt64

  /// A power of ten, 1 to 10¹⁸.
  package let denominator: UInt64

  /// `numerator` / 10^`decimals`; nil when that is above 1 or has more than 18 decimals.
  package init?(numerator: UInt64, decimals: Int) {
    guard (0...18).contains(decimals) else { return nil }
    var denominator: UInt64 = 1
    for _ in 0..<decimals { denominator *= 10 }
    guard numerator <= denominator else { return nil }
    self.numerator = numerator
    self.denominator = denominator
  }

  private init(tenths: UInt64) {
    numerator = tenths
    denominator = 10
  }

  /// The whole.
  package static let one = Fraction(tenths: 10)

  /// One tenth, the default of `--notify-delta-ratio`.
  package static let oneTenth = Fraction(tenths: 1)

  /// ⌊`count` × this⌋, exactly.
  package func floorOfProduct(with count: UInt64) -> UInt64 {
    let product = count.multipliedFullWidth(by: numerator)
    return denominator.dividingFullWidth(product).quotient
  }
}
