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

  /// The maximum number of open connections (`--max-connections`, §2 rule 16).
  package var maximumConnections: UInt32 = .max

  /// The maximum number of namespaces (`--max-namespaces`, §2 rule 16).
  package var maximumNamespaces: UInt32 = 1_000_000

  /// The time for which the newest connection that was excluded for a viewer id is remembered after
  /// the last connection with the id left (§2 rule 8). A browser's EventSource comes back 2 s after
  /// its exclusion.
  package static let exclusionMemory = Duration.seconds(5)

  /// The maximum number of sources of external counts in one namespace (§2 rule 11).
  package static let maximumSources = 16

  /// The maximum of a total of members or connections, at which sums saturate: 2⁶³ − 1.
  package static let maximumCount: UInt64 = UInt64(Int64.max)

  /// The defaults of the command line.
  package init() {}
}
