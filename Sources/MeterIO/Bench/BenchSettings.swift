// The settings of a load, as the command line gives them.

import MeterModel

/// All settings of a load.
package struct BenchSettings: Sendable {
  /// The kind of the load.
  package var mode = BenchMode.connect

  /// The server's host.
  package var host: String? = "127.0.0.1"

  /// The server's port.
  package var port: UInt16 = 80

  /// The number of connections; nil for the mode's default: none in a churn, 1,000 otherwise.
  package var connections: UInt32?

  /// The number of namespaces.
  package var namespaces: UInt32 = 1

  /// The spread over the namespaces; nil for one that follows from their number.
  package var distribution: Distribution?

  /// The number of connections of the first namespace; the others share the rest evenly. Nil for
  /// none.
  package var largest: UInt32?

  /// The seed of the order of connects.
  package var seed: UInt64 = 1

  /// The start of the namespaces' names, before a number.
  package var prefix = "bench-"

  /// The number of connects a second; 0 for as many as possible, with `window` of them at a time.
  package var rate: UInt32 = 0

  /// The number of connects at a time.
  package var window: UInt32 = 512

  /// The number of threads with connections; 0 for as many as are needed.
  package var threads: UInt32 = 0

  /// The time for which a crowd is held, or passing connections come.
  package var time = Duration.seconds(10)

  /// The time between the last connect and the first measurement.
  package var settle = Duration.seconds(1)

  /// The interval at which the threads read from the crowd; zero to read when bytes come.
  package var pollInterval = Duration.zero

  /// The trigger; nil for the message port that a daemon has by default, at `host`.
  package var trigger: TriggerTemplate?

  /// The number of rounds.
  package var rounds: UInt32 = 5

  /// The time between two rounds.
  package var gap = Duration.milliseconds(300)

  /// Whether the rounds go to the namespaces in turn, and not always to the first.
  package var takesTurns = false

  /// The number of letters that are added to a message.
  package var padding: UInt32 = 0

  /// The number of passing connections a second during the rounds.
  package var newcomers: UInt32 = 0

  /// The percentage of connections that do not read.
  package var slowPercent: UInt32 = 10

  /// The server's process, for its CPU time and memory; nil to measure neither.
  package var serverPID: UInt32?

  /// Whether connections are closed with FIN; otherwise with a reset, which leaves no TIME_WAIT.
  package var leavesByClose = false

  /// The time for which nothing may happen.
  package var timeout = Duration.seconds(30)

  /// The time for everything.
  package var limit = Duration.seconds(3600)

  /// The number of nodes of a cluster.
  package var nodes: UInt32 = 2

  /// The part of the counts that changes in an interval.
  package var changed = Fraction.one

  /// The file with the common secret; nil for none.
  package var secretPath: String?

  /// The interval at which the nodes send.
  package var notifyInterval = ClusterSettings().notifyInterval

  /// The time after which a silent node is forgotten.
  package var nodeTimeout = ClusterSettings().nodeTimeout

  /// Whether the server is on another machine. Such a load also needs `isRemoteMeant`.
  package var isRemote = false

  /// Whether the owner of the other machine agrees to the load.
  package var isRemoteMeant = false

  /// Whether the figures are printed as one JSON object.
  package var json = false

  /// The default settings.
  package init() {}

  /// The number of connections that stay.
  package var crowd: UInt32 { connections ?? (mode == .churn ? 0 : 1000) }

  /// Their spread over the namespaces; nil where `largest` does not fit.
  package var sizes: NamespaceSizes? {
    if let largest {
      return NamespaceSizes(largest: largest, connections: crowd, namespaces: namespaces)
    }
    return NamespaceSizes(
      distribution ?? (namespaces == 1 ? .one : .uniform), connections: crowd,
      namespaces: namespaces)
  }
}

/// The reason why a load cannot run.
package struct BenchError: Error {
  /// One line for the user.
  package let reason: String

  /// Whether the command line is wrong.
  package let isUsage: Bool

  init(_ reason: String, isUsage: Bool = false) {
    self.reason = reason
    self.isUsage = isUsage
  }
}

/// The progress of a load.
package struct BenchProgress: Sendable {
  /// A phase of the load.
  package enum Phase: Sendable {
    case connecting
    case settling
    case holding
    case sending
    case churning
    case leaving
  }

  /// The present phase.
  package let phase: Phase

  /// The number that is done.
  package let done: UInt64

  /// The number that is expected; 0 where it is not known.
  package let total: UInt64

  /// The number that failed.
  package let failed: UInt64

  /// The time since the start of the load.
  package let elapsed: Duration

  /// A progress.
  package init(phase: Phase, done: UInt64, total: UInt64, failed: UInt64, elapsed: Duration) {
    self.phase = phase
    self.done = done
    self.total = total
    self.failed = failed
    self.elapsed = elapsed
  }
}
