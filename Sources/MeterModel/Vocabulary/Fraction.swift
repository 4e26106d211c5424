// A ratio from 0 to 1 in exact decimal arithmetic. The floor of 100 × 0.29 is 29; in binary
// floating point it is 28.

/// A decimal fraction from 0 to 1 with at most 18 decimals.
package struct Fraction: Equatable, Sendable {
  /// The numerator over `denominator`, at most equal to it.
  package let numerator: UInt64

  /// A power of ten, 1 to 10¹⁸.
  package let denominator: UInt64

  /// The ratio `numerator` / 10^`decimals`; nil if it is above 1 or has more than 18 decimals.
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

  /// The ratio 1.
  package static let one = Fraction(tenths: 10)

  /// The ratio 0.1, the default of `--notify-delta-ratio`.
  package static let oneTenth = Fraction(tenths: 1)

  /// The exact ⌊`count` × ratio⌋.
  package func floorOfProduct(with count: UInt64) -> UInt64 {
    let product = count.multipliedFullWidth(by: numerator)
    return denominator.dividingFullWidth(product).quotient
  }
}
