// Which random logs a test run tries: `AUDIENCE_METER_SEEDS=50000` that many, in equal parts of each
// profile, and `AUDIENCE_METER_SEED=churn:17` a single one; `nodes:17` is a cluster's. A debug build takes a
// hundred times as long for each as a release build, so it tries fewer by itself.

import Foundation
import MeterModel
import Testing

/// A part of the seeds that is tried in one go, so that the parts share the processors.
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

  /// How many seeds of the swarm are tried.
  static let swarm = max(600, Environment.seeds / 10)

  private static let count = CrowdProfile.allCases.count
}

/// Which random clusters this run tries.
enum NodeSeeds {
  static let all: Range<UInt64> = {
    if let seed = Environment.nodeSeed { return seed..<seed + 1 }
    return 0..<max(150, Environment.seeds / 50)
  }()
}

private enum Environment {
  static let variables = ProcessInfo.processInfo.environment

  static var seeds: UInt64 {
    #if DEBUG
      let customary: UInt64 = 1800
    #else
      let customary: UInt64 = 50_000
    #endif
    return variables["AUDIENCE_METER_SEEDS"].flatMap { UInt64($0) } ?? customary
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

/// What a failed test says: how to see it again, what was wrong, and the smallest log that shows it.
func report(
  _ profile: CrowdProfile, _ seed: UInt64, _ divergence: Divergence, _ shrunk: RandomLog
) -> String {
  """
  AUDIENCE_METER_SEED=\(profile.rawValue):\(seed) swift test --filter SimTests
  \(divergence.description)
  \(shrunk.text)
  """
}
