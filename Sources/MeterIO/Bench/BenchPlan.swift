// How many threads and source addresses it takes to hold a number of connections.

import MeterModel

/// What a load needs of the system. A limit of descriptors holds per table, and a thread may have a table
/// of its own; a source address has as many connections to one server as it has ports.
package struct BenchPlan: Equatable, Sendable {
  /// Threads that hold connections, each with a table of its own where there are several.
  package let threads: Int

  /// Addresses to connect from; 1 for the one that the system chooses.
  package let sources: Int

  /// More threads would only wait for each other.
  package static let mostThreads = 256

  /// What a table holds besides connections: what was open before, and an eventfd of each thread.
  package static func spare(threads: Int) -> Int { 32 + threads }

  /// Connections that one source address may have: fewer than half of the ports. Linux tries every other
  /// port first, and all of them in vain for each connection once they are taken: at 20,000 of 28,000
  /// ports a connect took 300 µs, at 12,000 it takes 25.
  package static func connectionsPerSource(ports: Int) -> Int {
    max(1, min(25_000, ports * 7 / 16))
  }

  /// Connections that there can be where there is one source address only, as slow as the last of them are.
  package static func connectionsOfOneSource(ports: Int) -> Int { max(1, ports * 7 / 8) }

  /// A plan for `connections` with so many descriptors a table (`tableLimit`) and so many ports; `threads`
  /// is how many were asked for, 0 for as many as it takes. Nil where that is more than `mostThreads`.
  package init?(connections: Int, tableLimit: Int, ports: Int, threads asked: Int) {
    var threads = max(1, asked)
    while threads <= Self.mostThreads {
      let room = tableLimit - Self.spare(threads: threads)
      if room > 0, (connections + threads - 1) / threads <= room { break }
      threads += 1
    }
    guard threads <= Self.mostThreads else { return nil }
    self.threads = threads
    let each = Self.connectionsPerSource(ports: ports)
    sources = max(1, (connections + each - 1) / each)
  }

  /// How many connections one table can hold beside what it holds anyway.
  package static func room(tableLimit: Int) -> Int { max(0, tableLimit - spare(threads: 1)) }
}
