import MeterIO

/// What the program can be asked to do; the first argument, unless that is an option.
package enum Command: String, CaseIterable, Sendable {
  case serve
  case replay
  case simulate
  case bench

  /// Those that help tells of, in its order.
  package static let announced: [Command] = [.serve, .replay, .simulate, .bench]

  /// What follows the program's name in its usage line.
  var usage: String {
    switch self {
    case .serve: "[serve] [options]"
    case .replay: "replay LOG [options]"
    case .simulate: "simulate [options]"
    case .bench: "bench [options]"
    }
  }

  /// What the command does, in a sentence.
  var summary: String {
    switch self {
    case .serve:
      "Counts the open event streams of each namespace, and tells every viewer the count."
    case .replay: "Replays the log of a run, and tells what became of it."
    case .simulate:
      "Simulates a crowd or a cluster from a seed, and checks all that the meter makes of it."
    case .bench: "Loads a server with event streams, and measures it."
    }
  }
}

/// A command line, understood and checked.
package enum Invocation: Sendable {
  case help(Command)
  case version
  case serve(ServeSettings)
  case replay(ReplaySettings)
  case simulate(SimulateSettings)
  case bench(BenchSettings)
}

/// A command line that makes no sense.
package struct UsageError: Error, Equatable {
  /// One line that names the option and what it accepts, without the program's name.
  package let message: String
}
