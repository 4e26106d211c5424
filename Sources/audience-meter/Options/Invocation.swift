import MeterIO

/// A command of the program: the first argument, unless that is an option.
package enum Command: String, CaseIterable, Sendable {
  case serve
  case replay
  case simulate
  case bench

  /// The commands in help, in their order.
  package static let announced: [Command] = [.serve, .replay, .simulate, .bench]

  /// The usage of the command, without the program's name.
  var usage: String {
    switch self {
    case .serve: "[serve] [options]"
    case .replay: "replay LOG... [options]"
    case .simulate: "simulate [options]"
    case .bench: "bench [options]"
    }
  }

  /// A sentence about the command.
  var summary: String {
    switch self {
    case .serve:
      "Counts the open event streams of each namespace, and sends every viewer the count."
    case .replay: "Replays the log of a run, or several in their order, and reports its figures."
    case .simulate:
      "Simulates a crowd or a cluster from a seed, and checks the effects of the meter."
    case .bench: "Loads a server with event streams, and measures it."
    }
  }
}

/// A valid command line.
package enum Invocation: Sendable {
  case help(Command)
  case version
  case serve(ServeSettings)
  case replay(ReplaySettings)
  case simulate(SimulateSettings)
  case bench(BenchSettings)
}

/// The error of an invalid command line.
package struct UsageError: Error, Equatable {
  /// One line with the option and the accepted values, without the program's name.
  package let message: String
}
