// What came of a load. Times are in nanoseconds where their name says no other unit, memory in bytes; nil
// is what was not measured or could not be.

import MeterModel

/// What a load does with its connections.
package enum BenchMode: String, CaseIterable, Sendable {
  /// Opens them, and lets them all leave at once.
  case connect
  /// Keeps them open for a while.
  case hold
  /// Tells them something, round by round.
  case fanout
  /// Lets others come and leave all the time.
  case churn
  /// Tells them something while some of them do not read.
  case slow
  /// Opens none: what the nodes of a cluster cost one another is measured without a server.
  case cluster
}

/// The CPU time of a part of a load.
package struct BenchCPU: Equatable, Sendable {
  /// The server's, where its process is known.
  package var server: UInt64?

  /// The load generator's own.
  package var own: UInt64 = 0

  package init(server: UInt64? = nil, own: UInt64 = 0) {
    self.server = server
    self.own = own
  }

  package static func += (sum: inout BenchCPU, part: BenchCPU) {
    sum.server = part.server.map { (sum.server ?? 0) + $0 } ?? sum.server
    sum.own += part.own
  }
}

/// Connections that came (and, where they are no crowd that stays, left again).
package struct ArrivalFigures: Equatable, Sendable {
  /// Those that got their first event.
  package var connected: UInt64 = 0
  package var failed: UInt64 = 0
  package var duration: UInt64 = 0

  /// From before the connect to the first event.
  package var firstEvent = LatencyHistogram()
  package var cpu = BenchCPU()

  package init() {}
}

/// One round of telling a namespace something.
package struct RoundFigures: Equatable, Sendable {
  /// How many should get it, and how many did.
  package let expected: UInt64
  package let delivered: UInt64

  /// From before the trigger to each delivery.
  package let latencies: LatencyHistogram
  package let cpu: BenchCPU

  package init(
    expected: UInt64, delivered: UInt64, latencies: LatencyHistogram, cpu: BenchCPU
  ) {
    self.expected = expected
    self.delivered = delivered
    self.latencies = latencies
    self.cpu = cpu
  }
}

/// All rounds together.
package struct FanoutFigures: Equatable, Sendable {
  package private(set) var rounds: UInt64 = 0
  package private(set) var expected: UInt64 = 0
  package private(set) var delivered: UInt64 = 0

  /// The latencies of all rounds.
  package private(set) var latencies = LatencyHistogram()
  package private(set) var cpu = BenchCPU()

  /// Triggers that could not be sent or were answered with an error.
  package var failedTriggers: UInt64 = 0

  private var first: [UInt32] = []
  private var half: [UInt32] = []
  private var most: [UInt32] = []
  private var last: [UInt32] = []
  private var rates: [UInt32] = []

  package init() {}

  package mutating func add(_ round: RoundFigures) {
    rounds += 1
    expected += round.expected
    delivered += round.delivered
    cpu += round.cpu
    guard round.delivered > 0 else { return }
    latencies.merge(round.latencies)
    first.append(round.latencies.least)
    half.append(round.latencies.quantile(thousandths: 500))
    most.append(round.latencies.quantile(thousandths: 990))
    last.append(round.latencies.most)
    let rate = round.delivered * 1_000_000 / UInt64(max(1, round.latencies.most))
    rates.append(UInt32(clamping: rate))
  }

  /// Deliveries that were due and did not come.
  package var missed: UInt64 { expected - min(expected, delivered) }

  /// The medians over the rounds, in microseconds; deliveries a second up to the last one.
  package var firstMicroseconds: UInt32 { first.median }
  package var halfMicroseconds: UInt32 { half.median }
  package var mostMicroseconds: UInt32 { most.median }
  package var lastMicroseconds: UInt32 { last.median }
  package var perSecond: UInt32 { rates.median }
}

/// What came of clients that do not read.
package struct SlowFigures: Equatable, Sendable {
  package var clients: UInt64 = 0

  /// Those that the server closed.
  package var closed: UInt64 = 0

  package init() {}
}

/// A crowd that was held.
package struct HoldFigures: Equatable, Sendable {
  package var duration: UInt64 = 0
  package var events: UInt64 = 0
  package var cpu = BenchCPU()

  package init() {}
}

/// A crowd that left at once.
package struct LeaveFigures: Equatable, Sendable {
  package var connections: UInt64 = 0

  /// Until the last connection was closed here, and until the server had nothing more to do.
  package var duration: UInt64 = 0
  package var quietAfter: UInt64?
  package var cpu = BenchCPU()

  package init() {}
}

/// The server's memory (its proportional share, PSS).
package struct MemoryFigures: Equatable, Sendable {
  package var before: UInt64?
  package var with: UInt64?
  package var most: UInt64?
  package var after: UInt64?

  package init() {}

  /// What a connection of so many costs; nil where nothing was measured or there is none.
  package func perConnection(of connections: UInt64) -> UInt64? {
    guard let before, let with, connections > 0 else { return nil }
    return (with - min(with, before)) / connections
  }
}

/// Something that went wrong, and how often.
package struct BenchTrouble: Equatable, Sendable {
  package let reason: String
  package let count: UInt64

  package init(reason: String, count: UInt64) {
    self.reason = reason
    self.count = count
  }
}

/// All that a load found out. What its mode does not do is nil.
package struct BenchFigures: Equatable, Sendable {
  package var mode = BenchMode.connect
  package var connections: UInt32 = 0
  package var namespaces: UInt32 = 0
  package var largestNamespace: UInt32 = 0
  package var seed: UInt64 = 0
  package var threads = 1

  /// Whether all threads had to share one table of descriptors.
  package var sharesTable = false
  package var sources = 1

  /// Whether it was told to stop before it was done.
  package var isInterrupted = false

  /// Whether it gave up because nothing moved any more.
  package var isStalled = false
  package var crowd = ArrivalFigures()
  package var hold: HoldFigures?
  package var fanout: FanoutFigures?
  package var slow: SlowFigures?

  /// Those who came and left: all of a churn, or the newcomers during a fanout.
  package var passers: ArrivalFigures?
  package var leave = LeaveFigures()
  package var memory = MemoryFigures()

  /// Connections that the server closed, slow ones aside.
  package var closed: UInt64 = 0

  /// Events that were no delivery and no greeting.
  package var otherEvents: UInt64 = 0
  package var troubles: [BenchTrouble] = []

  package init() {}

  /// Whether every connection got its first event and kept its stream, and every delivery came.
  package var isComplete: Bool {
    let failed = crowd.failed + (passers?.failed ?? 0) + closed
    return failed == 0 && (fanout?.missed ?? 0) == 0 && (fanout?.failedTriggers ?? 0) == 0
      && (isInterrupted || crowd.connected == UInt64(connections))
  }
}
