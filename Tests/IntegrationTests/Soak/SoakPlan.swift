import Foundation

/// The size of a soak. Variables of the environment make a large one of the small one that always
/// runs.
struct SoakPlan: Sendable {
  let seed: UInt64
  let connections: Int
  let namespaces: Int
  let seconds: Double

  /// The number of streams that stopped processes hold.
  let stopped: Int

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func number(_ name: String, _ defaultValue: Int) -> Int {
      environment["SOAK_\(name)"].flatMap { Int($0) } ?? defaultValue
    }
    seed = UInt64(number("SEED", Int.random(in: 0...999_999_999)))
    connections = number("CONNECTIONS", 2000)
    namespaces = number("NAMESPACES", 50)
    seconds = Double(number("SECONDS", 8))
    stopped = number("STOPPED", 40)
  }

  /// The command that repeats the soak.
  var line: String {
    "SOAK_SEED=\(seed) SOAK_CONNECTIONS=\(connections) SOAK_NAMESPACES=\(namespaces) "
      + "SOAK_SECONDS=\(Int(seconds)) SOAK_STOPPED=\(stopped) "
      + "swift test --filter 'IntegrationTests.*[sS]oak'"
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
