// The figures of a load. Times are in nanoseconds unless a name has another unit, memory is in
// bytes; nil stands for a figure that was not or could not be measured.

import MeterModel

/// The kind of a load.
package enum BenchMode: String, CaseIterable, Sendable {
  /// Connections open, and all leave at once.
  case connect
  /// Connections stay open for a while.
  case hold
  /// The server sends something to all connections, in rounds.
  case fanout
  /// Connections open and leave all the time.
  case churn
  /// The server sends something to all connections, of which some do not read.
  case slow
  /// No connections: the cost of a cluster's nodes to one another is measured without a server.
  case cluster
}

/// The CPU time of a part of a load, in nanoseconds.
package struct BenchCPU: Equatable, Sendable {
  /// The server's time; nil where its process is not known.
  package var server: UInt64?

  /// The load generator's own time.
  package var own: UInt64 = 0

  /// CPU times.
  package init(server: UInt64? = nil, own: UInt64 = 0) {
    self.server = server
    self.own = own
  }

  /// Adds the times of a part. The sum of the server is nil while no part has one.
  package static func += (sum: inout BenchCPU, part: BenchCPU) {
    sum.server = part.server.map { (sum.server ?? 0) + $0 } ?? sum.server
    sum.own += part.own
  }
}

/// Connections that were opened: the crowd, or the passing ones.
package struct ArrivalFigures: Equatable, Sendable {
  /// The number of connections that got their first event.
  package var connected: UInt64 = 0

  /// The number of connections that failed.
  package var failed: UInt64 = 0

  /// The time until the last connection got its first event or failed.
  package var duration: UInt64 = 0

  /// The times from before the connect to the first event.
  package var firstEvent = LatencyHistogram()

  /// The CPU time of all connects.
  package var cpu = BenchCPU()

  /// No connections.
  package init() {}
}

/// One round: the server sends something to a namespace.
package struct RoundFigures: Equatable, Sendable {
  /// The number of connections that should get it.
  package let expected: UInt64

  /// The number of connections that got it.
  package let delivered: UInt64

  /// The times from before the trigger to each delivery.
  package let latencies: LatencyHistogram

  /// The CPU time of the round.
  package let cpu: BenchCPU

  /// The figures of a round.
  package init(
    expected: UInt64, delivered: UInt64, latencies: LatencyHistogram, cpu: BenchCPU
  ) {
    self.expected = expected
    self.delivered = delivered
    self.latencies = latencies
    self.cpu = cpu
  }
}

/// The figures of all rounds together.
package struct FanoutFigures: Equatable, Sendable {
  /// The number of rounds.
  package private(set) var rounds: UInt64 = 0

  /// The number of deliveries that should have come.
  package private(set) var expected: UInt64 = 0

  /// The number of deliveries that came in time.
  package private(set) var delivered: UInt64 = 0

  /// The latencies of all rounds.
  package private(set) var latencies = LatencyHistogram()

  /// The CPU time of all rounds.
  package private(set) var cpu = BenchCPU()

  /// The number of triggers that could not be sent or got an error.
  package var failedTriggers: UInt64 = 0

  private var first: [UInt32] = []
  private var half: [UInt32] = []
  private var p99: [UInt32] = []
  private var last: [UInt32] = []
  private var rates: [UInt32] = []

  /// No rounds.
  package init() {}

  /// Adds a round. O(steps of the histogram)
  package mutating func add(_ round: RoundFigures) {
    rounds += 1
    expected += round.expected
    delivered += round.delivered
    cpu += round.cpu
    guard round.delivered > 0 else { return }
    latencies.merge(round.latencies)
    first.append(round.latencies.minimum)
    half.append(round.latencies.quantile(thousandths: 500))
    p99.append(round.latencies.quantile(thousandths: 990))
    last.append(round.latencies.maximum)
    let rate = round.delivered * 1_000_000 / UInt64(max(1, round.latencies.maximum))
    rates.append(UInt32(clamping: rate))
  }

  /// The number of deliveries that should have come and did not.
  package var missed: UInt64 { expected - min(expected, delivered) }

  /// The median of the times until the first delivery, in microseconds.
  package var firstMicroseconds: UInt32 { first.median }

  /// The median of the times until half of the deliveries, in microseconds.
  package var halfMicroseconds: UInt32 { half.median }

  /// The median of the times until 99 % of the deliveries, in microseconds.
  package var p99Microseconds: UInt32 { p99.median }

  /// The median of the times until the last delivery, in microseconds.
  package var lastMicroseconds: UInt32 { last.median }

  /// The median of the rates, in deliveries a second up to the last one.
  package var perSecond: UInt32 { rates.median }
}

/// The figures of clients that do not read.
package struct SlowFigures: Equatable, Sendable {
  /// The number of clients that did not read.
  package var clients: UInt64 = 0

  /// The number of clients that the server closed.
  package var closed: UInt64 = 0

  /// No clients.
  package init() {}
}

/// The figures of a crowd that was held.
package struct HoldFigures: Equatable, Sendable {
  /// The time for which the crowd was held.
  package var duration: UInt64 = 0

  /// The number of events that came meanwhile.
  package var events: UInt64 = 0

  /// The CPU time meanwhile.
  package var cpu = BenchCPU()

  /// No crowd.
  package init() {}
}

/// The figures of a crowd that left at once.
package struct LeaveFigures: Equatable, Sendable {
  /// The number of connections that left.
  package var connections: UInt64 = 0

  /// The time until the last connection was closed here.
  package var duration: UInt64 = 0

  /// The time until the server was idle; nil where its process is not known.
  package var quietAfter: UInt64?

  /// The CPU time of the leave.
  package var cpu = BenchCPU()

  /// No connections.
  package init() {}
}

/// The server's memory (proportional set size, PSS), in bytes.
package struct MemoryFigures: Equatable, Sendable {
  /// The memory before the crowd.
  package var before: UInt64?

  /// The memory with the crowd connected.
  package var with: UInt64?

  /// The largest memory that was seen.
  package var peak: UInt64?

  /// The memory after the crowd has left.
  package var after: UInt64?

  /// Nothing measured.
  package init() {}

  /// The memory of one connection of `connections`; nil where nothing was measured or there is
  /// none.
  package func perConnection(of connections: UInt64) -> UInt64? {
    guard let before, let with, connections > 0 else { return nil }
    return (with - min(with, before)) / connections
  }
}

/// A kind of error, and its number.
package struct BenchTrouble: Equatable, Sendable {
  /// The text of the error.
  package let reason: String

  /// The number of times that it occurred.
  package let count: UInt64

  /// An error that occurred `count` times.
  package init(reason: String, count: UInt64) {
    self.reason = reason
    self.count = count
  }
}

/// All figures of a load. A figure is nil if the mode does not measure it.
package struct BenchFigures: Equatable, Sendable {
  /// The kind of the load.
  package var mode = BenchMode.connect

  /// The number of connections that were requested.
  package var connections: UInt32 = 0

  /// The number of namespaces.
  package var namespaces: UInt32 = 0

  /// The number of connections of the largest namespace.
  package var largestNamespace: UInt32 = 0

  /// The seed of the order of connects.
  package var seed: UInt64 = 0

  /// The number of threads.
  package var threads = 1

  /// Whether all threads had to share one descriptor table.
  package var sharesTable = false

  /// The number of source addresses.
  package var sources = 1

  /// Whether a signal ended the load early.
  package var isInterrupted = false

  /// Whether the load ended because nothing happened any more.
  package var isStalled = false

  /// The connections of the crowd.
  package var crowd = ArrivalFigures()

  /// The crowd while it was held.
  package var hold: HoldFigures?

  /// The rounds.
  package var fanout: FanoutFigures?

  /// The clients that did not read.
  package var slow: SlowFigures?

  /// The passing connections: all of a churn, or the new ones during a fan-out.
  package var passers: ArrivalFigures?

  /// The leave of the crowd.
  package var leave = LeaveFigures()

  /// The server's memory.
  package var memory = MemoryFigures()

  /// The number of connections that the server closed, without slow ones.
  package var closed: UInt64 = 0

  /// The number of events that were neither a delivery nor the first event.
  package var otherEvents: UInt64 = 0

  /// The errors.
  package var troubles: [BenchTrouble] = []

  /// The figures before the load.
  package init() {}

  /// Whether every connection got its first event and kept its stream, and every delivery came.
  package var isComplete: Bool {
    let failed = crowd.failed + (passers?.failed ?? 0) + closed
    return failed == 0 && (fanout?.missed ?? 0) == 0 && (fanout?.failedTriggers ?? 0) == 0
      && (isInterrupted || crowd.connected == UInt64(connections))
  }
}
