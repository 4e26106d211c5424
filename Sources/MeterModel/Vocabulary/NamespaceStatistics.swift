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

  package init(created: Instant, members: UInt64, connections: UInt64, modified: Instant?) {
    self.created = created
    self.members = members
    self.connections = connections
    self.modified = modified
  }
}
