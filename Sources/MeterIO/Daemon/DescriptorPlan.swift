// The division of a table's descriptors (§8). Streams get most of them; a reserve is kept for the
// operator's ports and for the answers to clients that get no stream.

/// The number of descriptors that the daemon holds beside its connections.
package struct DescriptorNeeds: Equatable, Sendable {
  /// Those of all threads together.
  package let whole: Int

  /// Those of one reactor, for a table of its own.
  package let reactor: Int

  /// Needs of these numbers.
  package init(whole: Int, reactor: Int) {
    self.whole = whole
    self.reactor = reactor
  }

  /// The needs of `workers` reactors and all other threads, with `listeners` in all and at most
  /// `reactorListeners` of one reactor: the standard streams and the descriptors of the signals and
  /// of the notices, a poller and a mailbox of the node's thread and of each reactor, one
  /// connection over the limit that each reactor may take, and the captured file, its successor and
  /// its writer's mailbox.
  init(workers: Int, listeners: Int, reactorListeners: Int) {
    whole = listeners + 5 + 2 + 3 * (workers + 1) + 3
    // The standard streams, poller, mailbox, the node's mailbox, notices, and one over the limit.
    reactor = reactorListeners + 3 + 5
  }
}

/// The shares of a table's descriptors.
package struct DescriptorPlan: Equatable, Sendable {
  /// The tables that there are.
  package let tables: DescriptorTables

  /// Connections of the audience port, streams or not.
  package let audience: Int

  /// Connections of the statistics, message and admin ports.
  package let operation: Int

  /// Connections of the demo port.
  package let demo: Int

  /// Streams.
  package let streams: Int

  /// Descriptors for files, and for those that system calls open for a moment.
  private static let spare = 8

  /// The smallest number of connections with which the daemon starts.
  private static let minimumConnections = 8

  /// Divides tables of `limit` descriptors; nil where they are too few. The reserve is at most half
  /// of them.
  package init?(_ tables: DescriptorTables, limit: Int, needs: DescriptorNeeds) {
    guard limit >= Self.minimumLimit(tables, needs: needs) else { return nil }
    self.tables = tables
    let own = tables == .shared ? needs.whole : needs.reactor
    let connections = limit - own - Self.spare
    let reserve = min(limit / 2, max(128, limit / 16))
    streams = min(limit - reserve, connections - min(connections / 4, 64))
    let services: Int
    switch tables {
    case .shared:
      services = (connections - streams) / 2
      audience = connections - services
    case .perReactor:
      // The services have a whole table of their own and use no more of it than a reserve.
      services = min(connections, reserve)
      audience = connections
    }
    demo = services / 2
    operation = services - demo
  }

  /// The number of streams of `workers` reactors, unless an option sets a lower limit.
  package func streams(ofWorkers workers: Int) -> Int {
    tables == .shared ? streams : streams * workers
  }

  /// The lowest limit with which the daemon starts. At the start, all descriptors are in one table.
  package static func minimumLimit(_ tables: DescriptorTables, needs: DescriptorNeeds) -> Int {
    switch tables {
    case .shared: needs.whole + spare + minimumConnections
    case .perReactor: spare + max(needs.whole, needs.reactor + minimumConnections)
    }
  }

  /// Budgets of these shares, unused.
  func makeBudgets() -> DescriptorBudgets {
    DescriptorBudgets { group in
      switch group {
      case .audience: audience
      case .operation: operation
      case .demo: demo
      }
    }
  }
}
