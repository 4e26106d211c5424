// The statistics of one namespace (§2 rule 14). The node converts instants to UNIX seconds.

/// The statistics of a namespace at one instant, with the counts of all nodes.
package struct NamespaceStatistics: Equatable, Sendable {
  /// The instant of the namespace's creation.
  package let created: Instant

  /// The connections that are counted and open (at most 2⁶³ − 1).
  package let members: UInt64

  /// All connections that were counted since the namespace was created (at most 2⁶³ − 1).
  package let connections: UInt64

  /// The instant of the last notification; nil if there was none. A greeting is not a notification.
  package let modified: Instant?

  /// The largest number of members since the creation, and the instant at which it was first
  /// reached: the creation while it is 0.
  package let peak: UInt64
  package let peakAt: Instant

  /// The sum of the members over the time since the creation, in seconds, rounded down (at most
  /// 2⁶³ − 1).
  package let memberSeconds: UInt64

  package init(
    created: Instant, members: UInt64, connections: UInt64, modified: Instant?, peak: UInt64,
    peakAt: Instant, memberSeconds: UInt64
  ) {
    self.created = created
    self.members = members
    self.connections = connections
    self.modified = modified
    self.peak = peak
    self.peakAt = peakAt
    self.memberSeconds = memberSeconds
  }
}
