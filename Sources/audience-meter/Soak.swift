import Glibc
import MeterIO
import MeterModel
import Synchronization

/// Tries seed after seed on every core until the time is over or one fails.
func runSoak(_ settings: SimulateSettings) -> ExitStatus {
  let first = settings.seed ?? freshSeed()
  let options = settings.options(seed: first)
  let soak = Soak(settings, options)
  let started = ContinuousClock.now
  do throws(SystemError) {
    try soak.run()
  } catch {
    complain("no thread can be started: \(error.description)")
    return .failure
  }
  let state = soak.state
  if let failed = state.failed, let failure = failed.failure {
    var options = options
    options.seed = failed.seed
    return report(failure, of: options, settings)
  }
  let elapsed = started.duration(to: .now)
  return writeToStandardOutput(
    settings.json
      ? json(state.figures, options, seeds: state.seeds, seconds: elapsed)
      : text(state, options, seconds: elapsed))
}

/// A seed that was not tried before: the time, with room for the seeds of each second.
private func freshSeed() -> UInt64 {
  UInt64(max(0, time(nil))) * 100_000
}

/// The workers and what they share.
private final class Soak: Sendable {
  private let shared: Mutex<SoakState>
  private let running: Atomic<Int>
  private let settings: SimulateSettings
  private let end: ContinuousClock.Instant

  init(_ settings: SimulateSettings, _ options: SimulationOptions) {
    self.settings = settings
    shared = Mutex(SoakState(firstSeed: options.seed))
    running = Atomic(0)
    let seconds = settings.seconds ?? .zero
    end = .now + .nanoseconds(Int64(seconds.nanoseconds))
  }

  var state: SoakState { shared.withLock { $0 } }

  func run() throws(SystemError) {
    var threads: [JoinableThread] = []
    for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
      running.add(1, ordering: .relaxed)
      threads.append(try JoinableThread(name: "soak") { self.work() })
    }
    let line = ProgressLine()
    while running.load(ordering: .acquiring) > 0 {
      line.show {
        let state = state
        return "\(grouped(state.seeds)) seeds, \(grouped(state.figures.records)) records, "
          + "\(state.figures.milestones.members.count) of \(Milestone.allCases.count) milestones"
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
      // Should the process crash, its backtrace names the thread, and so the seed.
      JoinableThread.rename(String(seed % 1_000_000_000_000_000))
      let outcome = SeedOutcome(settings.options(seed: seed))
      shared.withLock { $0.add(outcome) }
    } while ContinuousClock.now < end
  }
}
