// How far what viewers had been told was from the truth.

/// The distance between told and true counts, as long as somebody looked.
package struct Deviation: Equatable, Sendable {
  /// The largest distance that lasted for any time at all.
  package private(set) var largest: UInt64 = 0

  /// Over all viewers and all time: distance, true count, and 1, each times nanoseconds.
  private var distances: UInt128 = 0
  private var truths: UInt128 = 0
  private var weight: UInt128 = 0

  package init() {}

  /// For `nanoseconds`, `viewers` had been told `told` while the truth was `members`. Sums saturate.
  package mutating func add(
    told: UInt64, members: UInt64, viewers: UInt32, nanoseconds: UInt64
  ) {
    guard nanoseconds > 0, viewers > 0 else { return }
    let distance = told > members ? told - members : members - told
    largest = max(largest, distance)
    let share = UInt128(viewers) * UInt128(nanoseconds)
    weight = Self.sum(weight, share)
    distances = Self.sum(distances, UInt128(distance), times: share)
    truths = Self.sum(truths, UInt128(members), times: share)
  }

  /// The mean distance that a viewer had before the eyes, in thousandths of a member; 0 without viewers.
  package var meanInThousandths: UInt64 {
    weight == 0 ? 0 : Self.ratio(distances, weight, times: 1000)
  }

  /// The same relative to the mean true count, in hundredths of a per cent; 0 without members.
  package var meanInBasisPoints: UInt64 {
    truths == 0 ? 0 : Self.ratio(distances, truths, times: 10_000)
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
