// What the statistics port shows of one namespace (§2.11); the shell turns instants into UNIX seconds.

/// A namespace's figures at one moment, other nodes' counts included.
package struct NamespaceStatistics: Equatable, Sendable {
  /// When the namespace was created.
  package let created: Instant

  /// Counted connections that are open now (at most 2⁶³ − 1).
  package let members: UInt64

  /// All connections that were counted since the namespace was created (at most 2⁶³ − 1).
  package let connections: UInt64

  /// When the namespace was last notified; nil if never. A greeting is no notification.
  package let modified: Instant?

  package init(created: Instant, members: UInt64, connections: UInt64, modified: Instant?) {
    self.created = created
    self.members = members
    self.connections = connections
    self.modified = modified
  }
}
