// What a load is to be. The command line fills it in.

import MeterModel

/// Everything that a load can be told.
package struct BenchSettings: Sendable {
  package var mode = BenchMode.connect
  package var host: String? = "127.0.0.1"
  package var port: UInt16 = 80

  /// Nil for the mode's own default: none that stay in a churn, a thousand otherwise.
  package var connections: UInt32?
  package var namespaces: UInt32 = 1

  /// Nil for one that follows from the number of namespaces.
  package var distribution: Distribution?

  /// Connections of the first namespace, where the others share the rest evenly.
  package var largest: UInt32?
  package var seed: UInt64 = 1

  /// What the names of namespaces begin with; a number follows.
  package var prefix = "bench-"

  /// Connects per second; 0 for as fast as it goes, with `window` of them in flight.
  package var rate: UInt32 = 0
  package var window: UInt32 = 512

  /// Threads that hold connections; 0 for as many as it takes.
  package var threads: UInt32 = 0

  /// How long a crowd is held, or others come and leave.
  package var time = Duration.seconds(10)

  /// How long the crowd is left alone before anything is measured of it.
  package var settle = Duration.seconds(1)

  /// How often the crowd looks for what it was told, instead of being woken by it; zero to be woken.
  package var pollInterval = Duration.zero

  /// Nil for the message port that a daemon has by default, at `host`.
  package var trigger: TriggerTemplate?
  package var rounds: UInt32 = 5

  /// The time between two rounds.
  package var gap = Duration.milliseconds(300)

  /// Tell the namespaces in turn, not always the first.
  package var takesTurns = false

  /// Letters by which a message is larger than it must be.
  package var padding: UInt32 = 0

  /// Per second, while the rounds run.
  package var newcomers: UInt32 = 0
  package var slowPercent: UInt32 = 10
  package var serverPID: UInt32?

  /// Leave by FIN; otherwise by a reset, which leaves no port in TIME_WAIT.
  package var leavesByClose = false

  /// How long nothing may happen, and how long everything may take.
  package var patience = Duration.seconds(30)
  package var limit = Duration.seconds(3600)

  /// The nodes of a cluster, how much of what they count changes in an interval, what they have in common
  /// (nil for nothing), and when they speak.
  package var nodes: UInt32 = 2
  package var changed = Fraction.one
  package var secretPath: String?
  package var notifyInterval = ClusterSettings().notifyInterval
  package var nodeTimeout = ClusterSettings().nodeTimeout

  /// Twice asked for a load on another machine.
  package var isRemote = false
  package var isRemoteMeant = false

  /// Print one JSON object.
  package var json = false

  package init() {}

  /// How many connections stay.
  package var crowd: UInt32 { connections ?? (mode == .churn ? 0 : 1000) }

  /// How they spread; nil where `largest` does not fit.
  package var sizes: NamespaceSizes? {
    if let largest {
      return NamespaceSizes(largest: largest, connections: crowd, namespaces: namespaces)
    }
    return NamespaceSizes(
      distribution ?? (namespaces == 1 ? .one : .uniform), connections: crowd,
      namespaces: namespaces)
  }
}

/// Why a load cannot be tried.
package struct BenchError: Error {
  /// One line.
  package let reason: String

  /// Whether the command line is to blame.
  package let isUsage: Bool

  init(_ reason: String, isUsage: Bool = false) {
    self.reason = reason
    self.isUsage = isUsage
  }
}

/// How far a load has come, for whoever waits for it.
package struct BenchProgress: Sendable {
  package enum Phase: Sendable {
    case connecting
    case settling
    case holding
    case telling
    case churning
    case leaving
  }

  package let phase: Phase
  package let done: UInt64

  /// 0 where nobody knows.
  package let total: UInt64
  package let failed: UInt64
  package let elapsed: Duration

  package init(phase: Phase, done: UInt64, total: UInt64, failed: UInt64, elapsed: Duration) {
    self.phase = phase
    self.done = done
    self.total = total
    self.failed = failed
    self.elapsed = elapsed
  }
}
