import Glibc
import MeterIO
import MeterModel

/// Simulates a crowd, checks the meter with it and prints the figures; or tries one seed after the
/// other for a time.
func runSimulate(_ settings: SimulateSettings) -> ExitStatus {
  if settings.simulatesNodes { return runNodes(settings) }
  if settings.seconds != nil { return runSoak(settings) }
  let options = settings.options(seed: settings.seed ?? 1)
  let clock = Clock()
  do throws(SystemError) {
    let outcome =
      options.profile == .swarm
      ? try simulateSwarm(options, settings) : try simulateCrowd(options, settings)
    let elapsed = clock.now - .start
    if let failure = outcome.failure { return report(failure, of: options, settings) }
    if let path = settings.svgPath { try OutputFile(path: path).write(picture(of: options)) }
    return writeToStandardOutput(
      settings.json
        ? json(outcome.figures, options, seconds: elapsed)
        : text(outcome.figures, options, seconds: elapsed))
  } catch {
    let paths = [settings.logPath, settings.svgPath].compactMap { $0 }
    printError("\(paths.joined(separator: ", ")): \(error.description)")
    return .failure
  }
}

/// The result of a run.
private struct Outcome {
  let figures: SimulationFigures
  let failure: Investigation?
}

/// Runs one log of the swarm.
private func simulateSwarm(
  _ options: SimulationOptions, _ settings: SimulateSettings
) throws(SystemError) -> Outcome {
  if let path = settings.logPath {
    let log = RandomLog(swarm: options.seed, adjust: options.adjust)
    try OutputFile(path: path).write(Array(log.text.utf8))
  }
  let outcome = SeedOutcome(options)
  return Outcome(figures: outcome.figures, failure: outcome.failure)
}

/// Runs one crowd, batch by batch.
private func simulateCrowd(
  _ options: SimulationOptions, _ settings: SimulateSettings
) throws(SystemError) -> Outcome {
  var simulation = Simulation(options)
  var log = try settings.logPath.map { path throws(SystemError) in
    try SimulationLogFile(path: path, simulation.configuration)
  }
  let line = ProgressLine()
  let duration = options.duration ?? options.profile.size.duration
  var hasMore = true
  while hasMore {
    hasMore = simulation.runBatch()
    try log?.append(simulation)
    line.show {
      let part = min(simulation.now.nanoseconds / max(1, duration.nanoseconds / 100), 100)
      return "\(part) % of the time, \(simulation.figures.records.grouped) records"
    }
  }
  _ = simulation.finish()
  try log?.finish(simulation)
  line.erase()
  let failure = simulation.failure.map { Investigation(of: options, violation: $0) }
  return Outcome(figures: simulation.figures, failure: failure)
}

/// Prints a failure, the command that reproduces it, and the path of the shrunk log, which it
/// writes.
func report(
  _ failure: Investigation, of options: SimulationOptions, _ settings: SimulateSettings
) -> ExitStatus {
  let name = options.profile.rawValue
  let words = ["--profile \(name) --seed \(options.seed)"] + settings.reproduction
  finding(failure, words.joined(separator: " ")).forEach(printError)
  guard let log = failure.log else { return .difference }
  let path = "\(programName)-\(name)-\(options.seed).log"
  do throws(SystemError) {
    try OutputFile(path: path).write(Array(log.utf8))
    printError("the smallest log that shows it (\(failure.records) records): \(path)")
  } catch {
    printError("\(path): \(error.description); the smallest log that shows it:\n\(log)")
  }
  return .difference
}

/// The lines that describe a failure. `options` are those of `simulate` that reproduce it.
package func finding(_ failure: Investigation, _ options: String) -> [String] {
  [
    "wrong: \(failure.violation)",
    "to see it again: \(programName) simulate \(options)",
  ]
}

/// A line on standard error that is replaced again and again, if that is a terminal.
final class ProgressLine {
  private let isOnTerminal = isatty(STDERR_FILENO) == 1
  private let clock = Clock()
  private var next = Instant.start + .milliseconds(500)
  private var isShown = false

  /// Shows a text, unless the last one is too recent.
  func show(_ text: () -> String) {
    guard isOnTerminal, clock.now >= next else { return }
    next = clock.now + .milliseconds(250)
    isShown = true
    write("\r\u{1B}[K\(text())")
  }

  /// Erases the line.
  func erase() {
    if isShown { write("\r\u{1B}[K") }
    isShown = false
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
