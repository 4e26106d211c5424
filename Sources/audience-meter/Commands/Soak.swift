import Glibc
import MeterIO
import MeterModel
import Synchronization

/// The functions of a soak.
struct SoakSubject<Figures: RunFigures> {
  /// Runs one seed.
  let attempt: @Sendable (UInt64) -> SeedOutcome<Figures>

  /// The figures in a few words, for the line of progress.
  let progress: (Figures) -> String

  /// Prints the failure of a seed, and returns the exit status.
  let report: (Investigation, UInt64) -> ExitStatus

  /// The figures of all seeds as text, given the first seed and the time that they took.
  let text: (SoakState<Figures>, UInt64, Duration) -> String
}

/// Tries one seed of a profile after the other.
func runSoak(_ settings: SimulateSettings) -> ExitStatus {
  runSoak(
    settings,
    SoakSubject(
      attempt: { SeedOutcome(settings.options(seed: $0)) },
      progress: { "\($0.records.grouped) records, \(count(of: $0.milestones)) milestones" },
      report: { report($0, of: settings.options(seed: $1), settings) },
      text: { state, first, elapsed in
        let options = settings.options(seed: first)
        return settings.json
          ? json(state.figures, options, seeds: state.seeds, seconds: elapsed)
          : text(state, options, seconds: elapsed)
      }))
}

/// Tries one seed after the other on every core until the time is over or a seed fails.
func runSoak<Figures>(
  _ settings: SimulateSettings, _ subject: SoakSubject<Figures>
) -> ExitStatus {
  let first = settings.seed ?? freshSeed()
  let soak = Soak(
    firstSeed: first, lasting: settings.seconds ?? .zero, attempt: subject.attempt)
  let clock = Clock()
  do throws(SystemError) {
    try soak.run(progress: subject.progress)
  } catch {
    printError("no thread can be started: \(error.description)")
    return .failure
  }
  let state = soak.state
  if let failed = state.failed, let failure = failed.failure {
    return subject.report(failure, failed.seed)
  }
  return writeToStandardOutput(subject.text(state, first, clock.now - .start))
}

/// A seed from the time, so that it was probably never tried: 100,000 seeds for each second.
private func freshSeed() -> UInt64 {
  UInt64(max(0, time(nil))) * 100_000
}

/// The workers and the state that they share.
private final class Soak<Figures: RunFigures>: Sendable {
  private let shared: Mutex<SoakState<Figures>>
  private let running: Atomic<Int>
  private let attempt: @Sendable (UInt64) -> SeedOutcome<Figures>
  private let clock = Clock()
  private let end: Instant

  init(
    firstSeed: UInt64, lasting time: Duration,
    attempt: @escaping @Sendable (UInt64) -> SeedOutcome<Figures>
  ) {
    self.attempt = attempt
    shared = Mutex(SoakState(firstSeed: firstSeed))
    running = Atomic(0)
    end = .start + time
  }

  var state: SoakState<Figures> { shared.withLock { $0 } }

  func run(progress: (Figures) -> String) throws(SystemError) {
    var threads: [JoinableThread] = []
    for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
      running.add(1, ordering: .relaxed)
      threads.append(try JoinableThread(name: "soak") { self.work() })
    }
    let line = ProgressLine()
    while running.load(ordering: .acquiring) > 0 {
      line.show {
        let state = state
        return "\(state.seeds.grouped) seeds, \(progress(state.figures))"
      }
      usleep(100_000)
    }
    for thread in threads { thread.join() }
    line.erase()
  }

  private func work() {
    defer { running.subtract(1, ordering: .releasing) }
    repeat {
      guard let seed = shared.withLock({ $0.takeSeed() }) else { return }
      // The backtrace of a crash has the name of the thread, and so the seed.
      JoinableThread.rename(String(seed % 1_000_000_000_000_000))
      let outcome = attempt(seed)
      shared.withLock { $0.add(outcome) }
    } while clock.now < end
  }
}
