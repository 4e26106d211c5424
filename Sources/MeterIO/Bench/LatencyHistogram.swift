// Latencies are counted in steps that grow with the latency.

import MeterModel

/// Latencies in microseconds, each with an error below 1/32 of itself; 7 KB for any number of them.
package struct LatencyHistogram: Equatable, Sendable {
  /// The number of latencies.
  package private(set) var count: UInt64 = 0

  /// The smallest latency, exactly, in microseconds; 0 where there is none.
  package private(set) var minimum: UInt32 = 0

  /// The largest latency, exactly, in microseconds; 0 where there is none.
  package private(set) var maximum: UInt32 = 0

  private var counts = ContiguousArray<UInt64>(repeating: 0, count: Self.steps)

  /// Below 32 each microsecond is a step; then there are 32 steps between powers of two.
  private static let steps = 28 * 32

  /// No latencies.
  package init() {}

  /// Adds a latency. O(1)
  package mutating func add(microseconds: UInt32) {
    counts[Self.step(of: microseconds)] += 1
    minimum = count == 0 ? microseconds : min(minimum, microseconds)
    maximum = max(maximum, microseconds)
    count += 1
  }

  /// Adds several latencies. O(n)
  package mutating func add(_ latencies: ContiguousArray<UInt32>) {
    for latency in latencies { add(microseconds: latency) }
  }

  /// Adds all latencies of another histogram. O(steps)
  package mutating func merge(_ other: LatencyHistogram) {
    guard other.count > 0 else { return }
    minimum = count == 0 ? other.minimum : min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    count += other.count
    for step in counts.indices { counts[step] += other.counts[step] }
  }

  /// A quantile in microseconds: not below the exact one, and at most 1/32 above it; 0 without
  /// latencies. Precondition: `thousandths` is 0 to 1000. O(steps)
  package func quantile(thousandths: UInt64) -> UInt32 {
    precondition(thousandths <= 1000, "a quantile of more than everything")
    let rank = max(1, (count * thousandths + 999) / 1000)
    var passed: UInt64 = 0
    for step in counts.indices {
      passed += counts[step]
      if passed >= rank { return min(Self.greatest(in: step), maximum) }
    }
    return maximum
  }

  private static func step(of latency: UInt32) -> Int {
    guard latency >= 32 else { return Int(latency) }
    let power = 31 - latency.leadingZeroBitCount
    return (power - 4) * 32 + Int(latency >> UInt32(power - 5) & 31)
  }

  private static func greatest(in step: Int) -> UInt32 {
    guard step >= 32 else { return UInt32(step) }
    let shift = UInt64(step / 32 - 1)
    return UInt32(truncatingIfNeeded: (UInt64(32 + step % 32) + 1) << shift - 1)
  }
}
