import Foundation

/// One run of the built program, from its arguments to its end.
struct ProgramRun: Sendable {
  let output: String

  /// What it wrote on standard error.
  let errors: String

  /// Its exit status, negative for the number of a signal that ended it.
  let status: Int32

  /// The number of lines that it wrote on standard error.
  var errorLines: Int { errors.count { $0 == "\n" } }

  /// The figures of a report: the second word of each line, by its first.
  var figures: [String: String] {
    var figures: [String: String] = [:]
    for line in output.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 2 { figures[String(words[0])] = String(words[1]) }
    }
    return figures
  }

  /// The options by which a daemon takes any free ports.
  static let freePorts = [
    "--port", "0", "--stats-port", "0", "--notification-port", "0", "--admin-port", "0",
    "--demo-port", "0",
  ]

  /// The built program, which lies beside the tests' own executable.
  static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("audience-meter").path

  /// Runs it to its end; `PORT` and `HOST` are only those of `environment`.
  init(_ arguments: String..., environment: [String: String] = [:]) throws {
    try self.init([Self.executable] + arguments, environment: environment)
  }

  init(arguments: [String], environment: [String: String] = [:]) throws {
    try self.init([Self.executable] + arguments, environment: environment)
  }

  /// Runs it with a standard output whose reader is gone.
  init(withoutReader arguments: String...) throws {
    try self.init([Self.executable] + arguments, hasReader: false)
  }

  /// Runs a line of shell in which `$0` is the program.
  init(shell line: String) throws {
    try self.init(["/bin/sh", "-c", line, Self.executable])
  }

  private init(
    _ command: [String], environment: [String: String] = [:], hasReader: Bool = true
  ) throws {
    let program = try ChildProgram(
      Self.launch(command, environment: environment), hasReader: hasReader)
    (status, output, errors) = try program.awaitExit(within: 5 * Deadline.timeout)
  }

  /// How the built program is started, by itself or by a shell.
  static func launch(_ command: [String], environment: [String: String] = [:]) -> Launch {
    var launch = Launch(command: command)
    launch.environment = ["SWIFT_BACKTRACE": "enable=no"].merging(environment) { $1 }
    launch.removedVariables = ["PORT", "HOST"]
    return launch
  }
}
