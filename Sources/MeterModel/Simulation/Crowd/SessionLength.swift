// The lengths of sessions and of the pauses between them.

/// A distribution of lengths of time, in ticks of the simulation.
enum SessionLength: Equatable {
  /// Longer than any log.
  case endless

  /// From `least` to `most`, all with the same probability.
  case uniform(least: UInt32, most: UInt32)

  /// Log-normal with a sigma of 1: half are below `median`, one in six is above e times it.
  case logNormal(median: UInt32)

  /// A random length, at most `UInt32.max`.
  func draw(_ source: inout RandomSource) -> UInt32 {
    switch self {
    case .endless: .max
    case .uniform(let least, let most):
      least + UInt32(source.below(UInt64(most - least) + 1))
    case .logNormal(let median): Self.logNormal(median, source.next())
    }
  }

  /// The inverse transform in fixed point: quantiles from the table, with linear interpolation.
  private static func logNormal(_ median: UInt32, _ random: UInt64) -> UInt32 {
    let place = Int(random >> 57)
    let fraction = (random >> 41) & 0xFFFF
    let (low, high) = (quantiles[place], quantiles[place + 1])
    let factor = low + (((high - low) * fraction) >> 16)
    return UInt32(min((UInt64(median) * factor) >> 16, UInt64(UInt32.max)))
  }

  /// e to the power of the standard normal quantile of k/128 for k in 0...128, times 2¹⁶. The first
  /// and the last would be 0 and infinite; they are those of 1/2000 and 1999/2000.
  private static let quantiles: [UInt64] = [
    2_440, 5_842, 7_604, 8_982, 10_174, 11_256, 12_264, 13_218, 14_133, 15_016, 15_876, 16_716,
    17_542, 18_355, 19_158, 19_954, 20_744, 21_529, 22_311, 23_091, 23_870, 24_648, 25_427,
    26_207, 26_990, 27_774, 28_562, 29_354, 30_150, 30_950, 31_756, 32_568, 33_385, 34_209,
    35_040, 35_879, 36_725, 37_580, 38_444, 39_316, 40_198, 41_090, 41_993, 42_907, 43_831,
    44_768, 45_717, 46_679, 47_654, 48_642, 49_646, 50_664, 51_697, 52_746, 53_812, 54_895,
    55_996, 57_116, 58_255, 59_414, 60_593, 61_795, 63_018, 64_265, 65_536, 66_832, 68_154,
    69_504, 70_882, 72_289, 73_727, 75_197, 76_701, 78_239, 79_814, 81_427, 83_080, 84_774,
    86_513, 88_297, 90_129, 92_011, 93_947, 95_938, 97_988, 100_101, 102_278, 104_525, 106_845,
    109_242, 111_722, 114_288, 116_948, 119_707, 122_572, 125_550, 128_649, 131_879, 135_249,
    138_770, 142_454, 146_317, 150_372, 154_638, 159_134, 163_884, 168_913, 174_251, 179_934,
    186_002, 192_504, 199_496, 207_048, 215_242, 224_182, 233_995, 244_841, 256_930, 270_534,
    286_022, 303_907, 324_930, 350_212, 381_561, 422_138, 478_199, 564_801, 735_212, 1_760_101,
  ]
}
