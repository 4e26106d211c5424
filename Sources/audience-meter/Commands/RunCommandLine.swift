import Glibc

/// What the program calls itself.
package let programName = "audience-meter"

/// The release, in the numbering of the program that it succeeds, whose last was 2.1.3.
package let programVersion = "3.0.0"

/// Does what the process's arguments ask for. It is a free function because a closure written in
/// main.swift would be bound to the main actor and die in any other thread.
func runCommandLine() -> ExitStatus {
  // A reader that goes away is an error of the write, not the death of the process.
  signal(SIGPIPE, SIG_IGN)
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
