// Who may have how many descriptors of a table (§8). Streams get the most; a reserve is kept for the
// daemon's own ports and for clients who are only told that the daemon is full.

/// How many descriptors the daemon holds beside its connections.
package struct DescriptorNeeds: Equatable, Sendable {
  /// Of all threads together.
  package let whole: Int

  /// Of one reactor, for a table of its own.
  package let reactor: Int

  package init(whole: Int, reactor: Int) {
    self.whole = whole
    self.reactor = reactor
  }

  /// What `workers` reactors and all other threads hold, beside `listeners` in all and at most
  /// `reactorListeners` of one reactor: the standard streams and the signals' source, a poller and a mailbox
  /// of the sequencer and of each reactor, one connection over the limit that each reactor may take, and the
  /// captured file with its writer's mailbox.
  init(workers: Int, listeners: Int, reactorListeners: Int) {
    whole = listeners + 4 + 2 + 3 * (workers + 1) + 3
    // The standard streams, poller, mailbox, the sequencer's mailbox, and one over the limit.
    reactor = reactorListeners + 3 + 4
  }
}

/// The shares of the descriptors of a table.
package struct DescriptorPlan: Equatable, Sendable {
  /// Whose table is divided up.
  package let tables: DescriptorTables

  /// Connections of the audience port, streams or not.
  package let audience: Int

  /// Connections of the statistics and message ports.
  package let operation: Int

  /// Connections of the demo port.
  package let demo: Int

  /// Streams.
  package let streams: Int

  /// What is left for files and for what the system's own calls open for a moment.
  private static let spare = 8

  /// Fewer connections than this are not worth a start.
  private static let fewestConnections = 8

  /// Divides up tables of `limit` descriptors; nil where they are too few. The reserve is at most half of
  /// them, or what the daemon itself needs.
  package init?(_ tables: DescriptorTables, limit: Int, needs: DescriptorNeeds) {
    guard limit >= Self.leastLimit(tables, needs: needs) else { return nil }
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
      // The services' table is as large as any, but what they are is a reserve.
      services = min(connections, reserve)
      audience = connections
    }
    demo = services / 2
    operation = services - demo
  }

  /// Streams of `workers` reactors, if no other limit was asked for.
  package func streams(ofWorkers workers: Int) -> Int {
    tables == .shared ? streams : streams * workers
  }

  /// The least limit with which the daemon starts. All that is open at the start is open in one table.
  package static func leastLimit(_ tables: DescriptorTables, needs: DescriptorNeeds) -> Int {
    switch tables {
    case .shared: needs.whole + spare + fewestConnections
    case .perReactor: spare + max(needs.whole, needs.reactor + fewestConnections)
    }
  }
}
