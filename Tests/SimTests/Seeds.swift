// The random logs of a test run. `AUDIENCE_METER_SEEDS=50000` sets their number, in equal parts of
// each profile; `AUDIENCE_METER_SEED=churn:17` selects one, and `nodes:17` one cluster.

import Foundation
import MeterModel
import Testing

/// A part of the seeds, for one test case, so that the cases run in parallel.
struct SeedRange: CustomTestStringConvertible, Sendable {
  let profile: CrowdProfile
  let seeds: Range<UInt64>

  var testDescription: String { "\(profile.rawValue) \(seeds.lowerBound)..<\(seeds.upperBound)" }

  /// All seeds of this run, spread evenly over the profiles.
  static let all: [SeedRange] = {
    if let chosen = Environment.seed { return [chosen] }
    if Environment.nodeSeed != nil { return [] }
    let perProfile = (Environment.seeds + UInt64(count) - 1) / UInt64(count)
    return CrowdProfile.allCases.map { SeedRange(profile: $0, seeds: 0..<perProfile) }
  }()

  /// The number of seeds of the swarm.
  static let swarm = max(10_000, Environment.seeds / 10)

  private static let count = CrowdProfile.allCases.count
}

/// The random clusters of this run.
enum NodeSeeds {
  static let all: Range<UInt64> = {
    if let seed = Environment.nodeSeed { return seed..<seed + 1 }
    return 0..<max(150, Environment.seeds / 50)
  }()
}

/// How many steps more than usual are tried of the small worlds of clusters
/// (`AUDIENCE_METER_DEPTH=1`). Each step takes seven times as long as the one before.
enum AddedDepth {
  static let ofWorlds = Environment.variables["AUDIENCE_METER_DEPTH"].flatMap { Int($0) } ?? 0
}

private enum Environment {
  static let variables = ProcessInfo.processInfo.environment

  static var seeds: UInt64 {
    variables["AUDIENCE_METER_SEEDS"].flatMap { UInt64($0) } ?? 10_000
  }

  /// The seed of a single cluster.
  static var nodeSeed: UInt64? {
    guard let text = variables["AUDIENCE_METER_SEED"], text.hasPrefix("nodes:") else { return nil }
    return UInt64(text.dropFirst(6))
  }

  static var seed: SeedRange? {
    guard let text = variables["AUDIENCE_METER_SEED"], nodeSeed == nil else { return nil }
    let parts = text.split(separator: ":")
    guard parts.count == 2, let profile = CrowdProfile(rawValue: String(parts[0])),
      let seed = UInt64(parts[1])
    else { fatalError("AUDIENCE_METER_SEED: '\(text)' is no profile and seed, like churn:17") }
    return SeedRange(profile: profile, seeds: seed..<seed + 1)
  }
}

/// The report of a failed test: the command to repeat it, the difference, and the smallest failing
/// log.
func report(
  _ profile: CrowdProfile, _ seed: UInt64, _ divergence: Divergence, _ shrunk: RandomLog
) -> String {
  """
  AUDIENCE_METER_SEED=\(profile.rawValue):\(seed) swift test --filter SimTests
  \(divergence.description)
  \(shrunk.text)
  """
}
