// The settings that govern the meter's decisions. They are part of the log, so a replay needs
// nothing else.

/// The meter's settings. The command line checks their ranges; the meter takes any value.
package struct Configuration: Equatable, Sendable {
  /// The time from a connection's open until it is counted (`--increment-delay`, §2 rule 1).
  package var incrementDelay: Duration = .zero

  /// The change, as a fraction of the count last told, that causes a notification
  /// (`--notify-delta-ratio`, §2 rule 4 a).
  package var notifyDeltaRatio: Fraction = .oneTenth

  /// The minimum time between two notifications of a change (`--notify-min-delay`, §2 rule 4 a).
  package var notifyMinDelay: Duration = .seconds(2)

  /// The maximum time between two notifications, at least 1 ms (`--notify-max-delay`, §2 rule 4 b).
  package var notifyMaxDelay: Duration = .seconds(25)

  /// The time that a namespace without an audience is kept (`--namespace-clean-delay`, §2 rule 15).
  package var namespaceCleanDelay: Duration = .seconds(60)

  /// The maximum duration of a connection; zero for no limit (`--max-conn-duration`, §2 rule 7).
  package var maximumConnectionDuration: Duration = .seconds(3600)

  /// The time that another node's report of a count is valid (`--cluster-node-timeout`, §2 rule
  /// 10).
  package var clusterNodeTimeout: Duration = .seconds(5)

  /// The time that an external count is valid, at least 1 s (`--external-timeout`, §2 rule 11).
  package var externalTimeout: Duration = .seconds(60)

  /// The time that a viewer is counted after its last stream closed; less if the viewer is young
  /// (`--decrement-delay`, §2 rule 5).
  package var decrementDelay: Duration = .seconds(5)

  /// The time that a viewer is counted after the daemon itself ended its last stream
  /// (`--restart-delay`, §2 rule 17).
  package var restartDelay: Duration = .seconds(30)

  /// What viewer ids mean (`--viewer-ids`, §2 rule 8).
  package var viewerIDs = ViewerIDMode.off

  /// The time for which a ping keeps its viewer, at least 1 s (`--ping-timeout`, §2 rule 9).
  package var pingTimeout: Duration = .seconds(45)

  /// The maximum number of viewers who ping (`--max-pings`, §2 rule 9).
  package var maximumPings: UInt32 = 1_000_000

  /// The maximum number of open connections (`--max-connections`, §2 rule 16).
  package var maximumConnections: UInt32 = .max

  /// The maximum number of namespaces (`--max-namespaces`, §2 rule 16).
  package var maximumNamespaces: UInt32 = 1_000_000

  /// The time after which an arriving connection that no node gave its viewer to has a new one (§2
  /// rule 18).
  package static let arrivalTimeout = Duration.seconds(1)

  /// The number of steps in which a viewer's grace grows with its age (§2 rule 5).
  package static let graceSteps: UInt64 = 8

  /// The maximum number of services with a kept message in one namespace, and of bytes of their
  /// texts (§2 rule 13).
  package static let maximumServices = 16
  package static let maximumKeptBytes: UInt32 = 65_536

  /// The maximum number of sources of external counts in one namespace (§2 rule 11).
  package static let maximumSources = 16

  /// The maximum of a total of members or connections, at which sums saturate: 2⁶³ − 1.
  package static let maximumCount: UInt64 = UInt64(Int64.max)

  /// The defaults of the command line.
  package init() {}
}

/// What viewer ids mean; the raw value is that of the binary log (§2 rule 8).
package enum ViewerIDMode: UInt8, CaseIterable, Sendable {
  /// Viewer ids are ignored.
  case off = 0

  /// One id holds at most one stream on this node.
  case exclusive = 1

  /// All streams and pings with one id in one namespace are one viewer.
  case shared = 2

  /// The mode with a name given in bytes; nil if there is none.
  package init?(name: Span<UInt8>) {
    for mode in Self.allCases where name.isEqual(to: mode.name) {
      self = mode
      return
    }
    return nil
  }

  /// The name on the command line.
  package var name: String {
    switch self {
    case .off: "off"
    case .exclusive: "exclusive"
    case .shared: "shared"
    }
  }
}

extension Configuration {
  /// The grace of a viewer of an age whose last stream closes: the delay, or less in whole steps if
  /// the viewer is young (§2 rule 5).
  package func grace(atAge age: Duration) -> Duration {
    guard decrementDelay > .zero else { return .zero }
    let delay = decrementDelay.nanoseconds
    let step = (delay + Self.graceSteps - 1) / Self.graceSteps
    return Duration(nanoseconds: min(delay, age.nanoseconds / step * step))
  }
}
