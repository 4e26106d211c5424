// What the statistics say of one namespace (rule 11).

/// A namespace's figures at one instant.
package struct NamespaceStatistics: Equatable, Sendable {
  /// When the namespace was created.
  package let created: Instant

  /// Connections counted now, those of other nodes included.
  package let members: UInt64

  /// Connections counted since the creation, those of other nodes included.
  package let connections: UInt64

  /// When the last notification was told; nil before the first.
  package let modified: Instant?

  package init(created: Instant, members: UInt64, connections: UInt64, modified: Instant?) {
    self.created = created
    self.members = members
    self.connections = connections
    self.modified = modified
  }
}
