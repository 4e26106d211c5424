import Glibc

/// The name of the program in its output.
package let programName = "audience-meter"

/// The release. The numbers continue those of the original program, whose last was 2.1.3.
package let programVersion = "3.0.0"

/// Runs the command of the process's arguments. It is a free function because a closure in
/// main.swift would be isolated to the main actor and crash in any other thread.
func runCommandLine() -> ExitStatus {
  // A closed reader and a file at its limit are errors of the write and do not end the process.
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
  let invocation: Invocation
  do throws(UsageError) {
    invocation = try parse(
      arguments: Array(CommandLine.arguments.dropFirst()), environment: environmentVariable)
  } catch {
    printError(error.message)
    return .usage
  }
  switch invocation {
  case .help(let command): return writeToStandardOutput(help(for: command))
  case .version: return writeToStandardOutput("\(programName) \(programVersion)\n")
  case .serve(let settings): return runServe(settings)
  case .replay(let settings): return runReplay(settings)
  case .simulate(let settings): return runSimulate(settings)
  case .bench(let settings): return runBench(settings)
  }
}

private func environmentVariable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}
