// How a number was distributed over viewers and time, in bounded memory.

/// The weight of each value of a number. Values below 1,024 are exact; larger ones are rounded down
/// by less than a 512th.
struct WeightedDistribution: Equatable, Sendable {
  /// The sum of all weights, which saturates.
  private(set) var total: UInt128 = 0

  /// The largest value, not rounded; 0 without a weight.
  private(set) var largest: UInt64 = 0

  /// The weights of the buckets up to the last one with a weight.
  private var weights: ContiguousArray<UInt128> = []

  /// Adds a weight, which is more than zero. O(1), amortized.
  mutating func add(_ value: UInt64, weight: UInt128) {
    let bucket = Self.bucket(of: value)
    while weights.count <= bucket { weights.append(0) }
    weights[bucket] = weights[bucket].addingSaturating(weight)
    total = total.addingSaturating(weight)
    largest = max(largest, value)
  }

  /// The smallest value at or below which the number was for at least `permille` thousandths of the
  /// weight; 0 without a weight. O(buckets)
  func quantile(permille: UInt128) -> UInt64 {
    let (whole, rest) = total.quotientAndRemainder(dividingBy: 1000)
    let needed = whole * permille + (rest * permille + 999) / 1000
    var sum: UInt128 = 0
    for (bucket, weight) in weights.enumerated() {
      sum = sum.addingSaturating(weight)
      if weight > 0, sum >= needed { return Self.lowest(of: bucket) }
    }
    return 0
  }

  // Values from 1,024 on have 512 buckets for each power of two.

  private static func bucket(of value: UInt64) -> Int {
    guard value >= 1024 else { return Int(value) }
    let shift = 54 - value.leadingZeroBitCount
    return shift * 512 + Int(value >> UInt64(shift))
  }

  private static func lowest(of bucket: Int) -> UInt64 {
    guard bucket >= 1024 else { return UInt64(bucket) }
    let shift = bucket / 512 - 1
    return UInt64(bucket - shift * 512) << UInt64(shift)
  }
}

extension UInt128 {
  /// The sum, at most the largest number.
  func addingSaturating(_ other: UInt128) -> UInt128 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }

  /// The product, at most the largest number.
  func multipliedSaturating(by other: UInt128) -> UInt128 {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }
}
