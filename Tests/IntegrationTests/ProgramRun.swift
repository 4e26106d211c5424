import Foundation

/// One run of the built program, from its arguments to its end.
struct ProgramRun {
  let output: String
  let complaint: String
  let status: Int32

  /// The program lies beside the tests' own executable.
  static var executable: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("audience-meter")
  }

  /// Runs it to its end; `PORT` and `HOST` are only those of `environment`.
  init(_ arguments: String..., environment: [String: String] = [:]) throws {
    let (output, complaint) = (Pipe(), Pipe())
    let process = Self.process(arguments, environment: environment)
    process.standardOutput = output
    process.standardError = complaint
    try process.run()
    // All that is said here fits in a pipe's buffer, so one can be read after the other.
    self.output = try Self.text(of: output)
    self.complaint = try Self.text(of: complaint)
    process.waitUntilExit()
    precondition(process.terminationReason == .exit, "the program died of a signal")
    status = process.terminationStatus
  }

  /// Runs a line of shell in which `$0` is the program.
  init(shell line: String) throws {
    let (output, complaint) = (Pipe(), Pipe())
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line, Self.executable.path]
    process.standardOutput = output
    process.standardError = complaint
    try process.run()
    self.output = try Self.text(of: output)
    self.complaint = try Self.text(of: complaint)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  private static func process(_ arguments: [String], environment: [String: String]) -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { $0.key != "PORT" && $0.key != "HOST" }
      .merging(environment) { $1 }
    return process
  }

  private static func text(of pipe: Pipe) throws -> String {
    String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  }
}
