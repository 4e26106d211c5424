// The options of a simulation. Together with the program's version they determine the log, bit for
// bit.

/// A kind of crowd that is simulated in full size.
package enum SimulationProfile: String, CaseIterable, Sendable {
  /// A match: viewers open around the kick-off and close at the whistle.
  case flashCrowd = "flash-crowd"

  /// Most connections close before they are counted; some stay.
  case flood

  /// Viewers come, go and return.
  case churn

  /// All viewers are disconnected at once and return within seconds.
  case herd

  /// Pages are reloaded: they come back after their streams.
  case reloads

  /// Pages change their network: they come back while their streams are open still.
  case roaming

  /// Pages in three tabs each share a viewer id.
  case tabs

  /// Clients without a stream ping, beside others with a stream.
  case players

  /// The daemon begins anew, and the pages come back.
  case restarts

  /// A few namespaces with many viewers, and many with few.
  case longTail = "long-tail"

  /// Each connection in its own namespace, for a short time.
  case spray

  /// No event for a day.
  case idle

  /// Other nodes report, over a network that loses, repeats, delays and partitions.
  case cluster

  /// Small logs of every kind. The seed determines faults, weights and settings too. Each log is
  /// compared with the reference meter.
  case swarm

  /// The default numbers of connections and namespaces, and the default duration. A swarm draws
  /// them from the seed.
  package var size: (connections: UInt32, namespaces: UInt32, duration: Duration) {
    switch self {
    case .flashCrowd: (100_000, 100, .seconds(3600))
    case .flood: (100_000, 20, .seconds(600))
    case .churn: (20_000, 100, .seconds(1800))
    case .herd, .reloads, .roaming, .restarts: (50_000, 20, .seconds(1800))
    case .tabs, .players: (20_000, 100, .seconds(1800))
    case .longTail: (50_000, 10_000, .seconds(3600))
    case .spray: (1_000_000, 1_000_000, .seconds(600))
    case .idle: (1_000, 10, .seconds(86_400))
    case .cluster: (5_000, 40, .seconds(900))
    case .swarm: (0, 0, .zero)
    }
  }

  /// The default settings: those of the meter, with the changes that the profile needs.
  package var configuration: Configuration {
    var configuration = Configuration()
    if self == .flood {
      configuration.incrementDelay = .seconds(2)
      // Lifetimes depend on the order of opening, and the flood changes that order.
      configuration.maximumConnectionDuration = .zero
    }
    if self == .tabs || self == .players { configuration.viewerIDs = .shared }
    return configuration
  }
}

/// Everything that determines a simulation.
package struct SimulationOptions: Sendable {
  /// The kind of crowd.
  package var profile = SimulationProfile.flashCrowd

  /// The seed that determines everything random.
  package var seed: UInt64 = 1

  /// The number of connections, or of viewers if they return; nil for the default of the profile.
  package var connections: UInt32?

  /// The number of namespaces; nil for the default of the profile.
  package var namespaces: UInt32?

  /// The time during which viewers act; nil for the default. The log continues until nothing more
  /// happens.
  package var duration: Duration?

  /// A change of the profile's settings, or of those drawn from a swarm's seed.
  package var adjust: @Sendable (inout Configuration) -> Void = { _ in }

  package init() {}

  /// The meter's settings; a swarm draws its own.
  package var configuration: Configuration {
    var configuration = profile.configuration
    adjust(&configuration)
    return configuration
  }
}
