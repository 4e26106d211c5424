// The difference between the members and the counts that viewers were last sent.

/// The deviation of the counts last sent from the members, while connections are open.
package struct Deviation: Equatable, Sendable {
  /// The largest deviation that lasted for any time.
  package private(set) var largest: UInt64 = 0

  // Sums over all viewers and all time, in nanoseconds: of the deviation, of the members, and of 1.
  private var deviations: UInt128 = 0
  private var members: UInt128 = 0
  private var weight: UInt128 = 0

  package init() {}

  /// Adds a time during which `viewers` had last been sent `told` and the members were `members`.
  /// The sums saturate.
  package mutating func add(
    told: UInt64, members: UInt64, viewers: UInt32, nanoseconds: UInt64
  ) {
    guard nanoseconds > 0, viewers > 0 else { return }
    let deviation = told > members ? told - members : members - told
    largest = max(largest, deviation)
    let share = UInt128(viewers) * UInt128(nanoseconds)
    weight = Self.sum(weight, share)
    deviations = Self.sum(deviations, UInt128(deviation), times: share)
    self.members = Self.sum(self.members, UInt128(members), times: share)
  }

  /// The mean deviation over viewers and time, in thousandths of a member; 0 without viewers.
  package var meanInThousandths: UInt64 {
    weight == 0 ? 0 : Self.ratio(deviations, weight, times: 1000)
  }

  /// The mean deviation relative to the mean members, in hundredths of a per cent; 0 without
  /// members.
  package var meanInBasisPoints: UInt64 {
    members == 0 ? 0 : Self.ratio(deviations, members, times: 10_000)
  }

  private static func sum(_ sum: UInt128, _ value: UInt128, times factor: UInt128 = 1) -> UInt128 {
    let (product, overflows) = value.multipliedReportingOverflow(by: factor)
    let (result, carries) = sum.addingReportingOverflow(product)
    return overflows || carries ? .max : result
  }

  /// ⌊dividend × factor / divisor⌋, saturating.
  private static func ratio(
    _ dividend: UInt128, _ divisor: UInt128, times factor: UInt128
  ) -> UInt64 {
    let (whole, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    let (part, _) = divisor.dividingFullWidth(rest.multipliedFullWidth(by: factor))
    return UInt64(clamping: sum(part, whole, times: factor))
  }
}
