// The number of threads and of source addresses for a number of connections.

import MeterModel

/// The threads and addresses of a load. The limit of descriptors is one of a table, and a thread
/// can have a table of its own; a source address can have as many connections to one server as it
/// has ports.
package struct BenchPlan: Equatable, Sendable {
  /// The number of threads with connections, each with a table of its own if there are several.
  package let threads: Int

  /// The number of source addresses; 1 for the address that the system chooses.
  package let sources: Int

  /// The maximum number of threads; more would only wait for one another.
  package static let maximumThreads = 256

  /// The number of descriptors of a table that are no connections: those that were open before, and
  /// an eventfd of each thread.
  package static func spare(threads: Int) -> Int { 32 + threads }

  /// The number of connections from one source address: fewer than half of the ports. Linux tries
  /// every other port first, and, once these are taken, tries all of them in vain for each
  /// connection: at 20,000 of 28,000 ports a connect took 300 µs, at 12,000 it takes 25 µs.
  package static func connectionsPerSource(ports: Int) -> Int {
    max(1, min(25_000, ports * 7 / 16))
  }

  /// The number of connections that are possible from a single source address, of which the last
  /// ones are slow.
  package static func connectionsOfOneSource(ports: Int) -> Int { max(1, ports * 7 / 8) }

  /// A plan for `connections` with tables of `tableLimit` descriptors and `ports` ports. `threads`
  /// is the requested number of threads, 0 for as many as are needed. Nil for more than
  /// `maximumThreads`.
  package init?(connections: Int, tableLimit: Int, ports: Int, threads asked: Int) {
    var threads = max(1, asked)
    while threads <= Self.maximumThreads {
      let room = tableLimit - Self.spare(threads: threads)
      if room > 0, (connections + threads - 1) / threads <= room { break }
      threads += 1
    }
    guard threads <= Self.maximumThreads else { return nil }
    self.threads = threads
    let each = Self.connectionsPerSource(ports: ports)
    sources = max(1, (connections + each - 1) / each)
  }

  /// The number of connections for which one table has room.
  package static func room(tableLimit: Int) -> Int { max(0, tableLimit - spare(threads: 1)) }
}
