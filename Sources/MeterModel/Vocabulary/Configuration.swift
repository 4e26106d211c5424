// Every setting that governs the meter's decisions. They are part of the log, so a replay needs nothing
// else.

/// The meter's settings. The command line checks their ranges; the meter takes any value.
package struct Configuration: Equatable, Sendable {
  /// How long a connection is pending before it is counted (`--increment-delay`).
  package var incrementDelay: Duration = .zero

  /// How large a change, relative to what was told, is worth telling (`--notify-delta-ratio`).
  package var notifyDeltaRatio: Fraction = .oneTenth

  /// The least time between two notifications of a change (`--notify-min-delay`).
  package var notifyMinDelay: Duration = .seconds(2)

  /// The most time between two notifications, at least 1 ms (`--notify-max-delay`).
  package var notifyMaxDelay: Duration = .seconds(25)

  /// How long a namespace without an audience is remembered (`--namespace-clean-delay`).
  package var namespaceCleanDelay: Duration = .seconds(60)

  /// How long a connection may last; zero for no limit (`--max-conn-duration`).
  package var maximumConnectionDuration: Duration = .seconds(3600)

  /// How long another node's counts hold after they were said (`--cluster-node-timeout`).
  package var clusterNodeTimeout: Duration = .seconds(5)

  /// How many connections may be open at once (`--max-connections`).
  package var maximumConnections: UInt32 = .max

  /// How many namespaces may exist at once (`--max-namespaces`).
  package var maximumNamespaces: UInt32 = 1_000_000

  /// The maximum of a total of members or connections, at which sums saturate: 2⁶³ − 1.
  package static let maximumCount: UInt64 = UInt64(Int64.max)

  package init() {}
}
