import Foundation

/// One run of the built program, from its arguments to its end.
struct ProgramRun {
  let output: String
  let complaint: String
  let status: Int32
  let diedOfSignal: Bool

  /// The program lies beside the tests' own executable.
  static var executable: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("audience-meter")
  }

  /// Runs it to its end; `PORT` and `HOST` are only those of `environment`.
  init(_ arguments: String..., environment: [String: String] = [:]) throws {
    try self.init(Self.executable, arguments, environment: environment)
  }

  init(arguments: [String]) throws {
    try self.init(Self.executable, arguments)
  }

  /// Runs it with a standard output that nobody reads any more.
  init(withoutReader arguments: String...) throws {
    try self.init(Self.executable, arguments, readsOutput: false)
  }

  /// Runs a line of shell in which `$0` is the program.
  init(shell line: String) throws {
    try self.init(URL(fileURLWithPath: "/bin/sh"), ["-c", line, Self.executable.path])
  }

  private init(
    _ executable: URL, _ arguments: [String], environment: [String: String] = [:],
    readsOutput: Bool = true
  ) throws {
    let (output, complaint) = (Pipe(), Pipe())
    if !readsOutput { try output.fileHandleForReading.close() }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { $0.key != "PORT" && $0.key != "HOST" }
      .merging(environment) { $1 }
    process.standardOutput = output.fileHandleForWriting
    process.standardError = complaint
    try process.run()
    try output.fileHandleForWriting.close()
    // All that is said here fits in a pipe's buffer, so one can be read after the other.
    self.output = readsOutput ? try Self.text(of: output) : ""
    self.complaint = try Self.text(of: complaint)
    process.waitUntilExit()
    status = process.terminationStatus
    diedOfSignal = process.terminationReason == .uncaughtSignal
  }

  private static func text(of pipe: Pipe) throws -> String {
    String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  }
}
