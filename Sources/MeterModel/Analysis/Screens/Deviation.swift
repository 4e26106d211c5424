// The difference between the numbers on the screens of viewers and the truth.

/// How far the numbers that open connections show are from a true count, over connections and time.
package struct Deviation: Equatable, Sendable {
  private var distribution = WeightedDistribution()

  // Sums over all connections and all nanoseconds: of the deviation, of the true count, and of 1
  // where the deviation is beyond the ratio.
  private var deviations: UInt128 = 0
  private var truths: UInt128 = 0
  private var beyond: UInt128 = 0

  /// A deviation of no time.
  package init() {}

  /// Adds a time during which the numbers on the screens and the truth did not change. The sums
  /// saturate. O(groups)
  mutating func add(_ shown: borrowing ShownCounts, truth: UInt64, nanoseconds: UInt64) {
    guard nanoseconds > 0, shown.connections > 0 else { return }
    let time = UInt128(nanoseconds)
    var distance = add(shown.told, truth, time)
    for index in shown.greeted.indices {
      distance = distance.addingSaturating(add(shown.greeted[index], truth, time))
    }
    deviations = deviations.addingSaturating(distance.multipliedSaturating(by: time))
    let viewers = UInt128(shown.connections) * time
    truths = truths.addingSaturating(viewers.multipliedSaturating(by: UInt128(truth)))
  }

  /// Adds a group, and returns the sum of the deviations of its connections.
  private mutating func add(_ group: ShownGroup, _ truth: UInt64, _ time: UInt128) -> UInt128 {
    guard group.connections > 0 else { return 0 }
    let deviation = group.mean > truth ? group.mean - truth : truth - group.mean
    let weight = UInt128(group.connections) * time
    distribution.add(deviation, weight: weight)
    if deviation > group.allowance { beyond = beyond.addingSaturating(weight) }
    let all = UInt128(group.connections) * UInt128(truth)
    return group.sum > all ? group.sum - all : all - group.sum
  }
}

// The figures.
extension Deviation {
  /// The mean over connections and time, in thousandths of a viewer; 0 without a connection.
  package var meanInThousandths: UInt64 {
    Self.ratio(deviations, distribution.total, times: 1000)
  }

  /// The mean relative to the mean of the true count, in hundredths of a per cent; 0 where that is
  /// 0.
  package var meanInBasisPoints: UInt64 { Self.ratio(deviations, truths, times: 10_000) }

  /// The deviation that was not exceeded for half of all viewers' time.
  package var median: UInt64 { distribution.quantile(permille: 500) }

  /// The deviation that was not exceeded for 99 of 100 parts of all viewers' time.
  package var percentile99: UInt64 { distribution.quantile(permille: 990) }

  /// The largest deviation of a connection that lasted for any time.
  package var worst: UInt64 { distribution.largest }

  /// The share of all viewers' time in which the deviation was more than `notify-delta-ratio` of
  /// the number shown, in hundredths of a per cent.
  package var beyondRatioInBasisPoints: UInt64 {
    Self.ratio(beyond, distribution.total, times: 10_000)
  }

  /// ⌊dividend × factor / divisor⌋, saturating; 0 where the divisor is 0.
  private static func ratio(
    _ dividend: UInt128, _ divisor: UInt128, times factor: UInt128
  ) -> UInt64 {
    guard divisor > 0 else { return 0 }
    let (whole, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    let (part, _) = divisor.dividingFullWidth(rest.multipliedFullWidth(by: factor))
    return UInt64(clamping: part.addingSaturating(whole.multipliedSaturating(by: factor)))
  }
}
