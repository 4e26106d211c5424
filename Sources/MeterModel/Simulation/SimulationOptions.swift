// What a simulation is asked for. Together with the program's version it fixes the log, bit for bit.

/// A kind of crowd that is simulated in full size.
package enum SimulationProfile: String, CaseIterable, Sendable {
  /// A match: everyone comes around the kick-off and leaves at the whistle.
  case flashCrowd = "flash-crowd"

  /// Connections that are gone again before they are counted, among some that stay.
  case flood

  /// Viewers come, go and come back.
  case churn

  /// Everybody is cut off at once and comes back within seconds.
  case herd

  /// A few namespaces with many viewers, and many with hardly any.
  case longTail = "long-tail"

  /// Each connection in a namespace of its own, briefly.
  case spray

  /// Nothing happens, for a day.
  case idle

  /// Other nodes speak, over a network that loses, repeats, delays and parts.
  case cluster

  /// Small logs of every kind; faults, weights and settings are drawn from the seed too. Each is compared
  /// with the reference meter.
  case swarm

  /// How many connections, namespaces and seconds there are where nothing else is asked for. Those of a
  /// swarm are drawn from the seed.
  package var size: (connections: UInt32, namespaces: UInt32, duration: Duration) {
    switch self {
    case .flashCrowd: (100_000, 100, .seconds(3600))
    case .flood: (100_000, 20, .seconds(600))
    case .churn: (20_000, 100, .seconds(1800))
    case .herd: (50_000, 20, .seconds(1800))
    case .longTail: (50_000, 10_000, .seconds(3600))
    case .spray: (1_000_000, 1_000_000, .seconds(600))
    case .idle: (1_000, 10, .seconds(86_400))
    case .cluster: (5_000, 40, .seconds(900))
    case .swarm: (0, 0, .zero)
    }
  }

  /// The settings where nothing else is asked for: the defaults, but for what the profile is about.
  package var configuration: Configuration {
    var configuration = Configuration()
    if self == .flood {
      configuration.incrementDelay = .seconds(2)
      // Lifetimes depend on the order of opening, which the flood changes.
      configuration.maximumConnectionDuration = .zero
    }
    return configuration
  }
}

/// All that a simulation depends on.
package struct SimulationOptions: Sendable {
  package var profile = SimulationProfile.flashCrowd
  package var seed: UInt64 = 1

  /// How many connections the crowd makes, or viewers it has where they come back; nil for the profile's.
  package var connections: UInt32?

  /// How many namespaces there are to choose from; nil for the profile's.
  package var namespaces: UInt32?

  /// How long the crowd acts; nil for the profile's. The log goes on until all is settled.
  package var duration: Duration?

  /// What is to be different from the profile's settings, or from those drawn from a swarm's seed.
  package var adjust: @Sendable (inout Configuration) -> Void = { _ in }

  package init() {}

  /// The meter's settings; a swarm draws its own.
  package var configuration: Configuration {
    var configuration = profile.configuration
    adjust(&configuration)
    return configuration
  }
}
