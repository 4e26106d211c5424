import MeterIO
import MeterModel
import Testing

extension Units {
  /// The histogram of latencies, against the latencies themselves.
  @Suite struct LatencyHistogramTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a quantile is never below the true one, and at most a thirty-second above`(seed: UInt64) {
      var source = RandomSource(seed: seed)
      var histogram = LatencyHistogram()
      var latencies: [UInt32] = []
      for _ in 0..<1 + source.below(3000) {
        // The number of bits is random too, so that latencies of every magnitude occur.
        let latency = UInt32(truncatingIfNeeded: source.next() >> (32 + source.below(32)))
        latencies.append(latency)
        histogram.add(microseconds: latency)
      }
      latencies.sort()
      #expect(histogram.count == UInt64(latencies.count))
      #expect(histogram.minimum == latencies.first)
      #expect(histogram.maximum == latencies.last)
      for thousandths in [0, 1, 10, 250, 500, 900, 990, 999, 1000] as [UInt64] {
        let rank = max(1, (UInt64(latencies.count) * thousandths + 999) / 1000)
        let exact = UInt64(latencies[Int(rank) - 1])
        let quantile = UInt64(histogram.quantile(thousandths: thousandths))
        #expect(
          (exact...exact + exact / 32).contains(quantile),
          "seed \(seed), \(thousandths): \(exact) \(quantile)")
      }
    }

    @Test func `an empty histogram has only zeros`() {
      let histogram = LatencyHistogram()
      #expect(histogram.quantile(thousandths: 500) == 0)
      #expect(histogram.count == 0 && histogram.minimum == 0 && histogram.maximum == 0)
    }

    @Test(arguments: [0, 1, 31, 32, 33, 63, 64, 1_000_000, UInt32.max - 1, UInt32.max])
    func `a single latency is reported exactly`(latency: UInt32) {
      var histogram = LatencyHistogram()
      histogram.add(microseconds: latency)
      #expect(histogram.quantile(thousandths: 0) == latency)
      #expect(histogram.quantile(thousandths: 1000) == latency)
      #expect(histogram.minimum == latency)
    }

    @Test func `merged histograms equal that of all latencies`() {
      var source = RandomSource(seed: 7)
      var (whole, first, second) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
      for number in 0..<1000 {
        let latency = UInt32(source.below(UInt64(1) << 20) + 5)
        whole.add(microseconds: latency)
        if number % 3 == 0 {
          first.add(microseconds: latency)
        } else {
          second.add([latency])
        }
      }
      first.merge(second)
      first.merge(LatencyHistogram())
      #expect(first == whole)
      var empty = LatencyHistogram()
      empty.merge(whole)
      #expect(empty == whole)
    }
  }
}
