// The leader of a load, which begins the phases and waits for their ends.

import Glibc
import MeterModel
import Synchronization

/// One run of a load on a server, and the state that its phases share.
struct BenchRun: ~Copyable {
  let preparation: BenchPreparation
  let settings: BenchSettings
  let signals: StopSignals
  let threads: BenchThreads
  let control: BenchControl
  let progress: (BenchProgress) -> Void
  var figures = BenchFigures()

  /// By namespace, the number of slow clients.
  let slow: ContiguousArray<UInt64>

  /// The time at which everything must have ended.
  private let end: Instant

  /// The end of a wait.
  enum Ending {
    case done
    case late
    case interrupted
  }

  init(
    _ settings: BenchSettings, log: (String) -> Void, progress: @escaping (BenchProgress) -> Void
  ) throws(BenchError) {
    let preparation = try BenchPreparation(settings, log: log)
    try preparation.probe()
    let (roles, slow) = preparation.roles()
    let signals = try Self.starting { () throws(SystemError) in try StopSignals() }
    threads = try Self.starting { () throws(SystemError) in try BenchThreads(roles, preparation) }
    self.signals = signals
    self.preparation = preparation
    self.settings = settings
    self.progress = progress
    self.slow = slow
    control = threads.control
    end = control.clock.now + settings.limit
  }

  private static func starting<Started: ~Copyable>(
    _ start: () throws(SystemError) -> Started
  ) throws(BenchError) -> Started {
    do throws(SystemError) {
      return try start()
    } catch {
      throw BenchError("cannot start: \(error.description)")
    }
  }

  /// Runs the phases.
  mutating func run(log: (String) -> Void) throws(BenchError) -> BenchFigures {
    if !threads.hasOwnTables {
      let needed = Int(settings.crowd) + preparation.passerPlaces * preparation.passerThreads
      let room = BenchPlan.room(tableLimit: preparation.tableLimit) - preparation.plan.threads
      guard needed <= room else {
        threads.end()
        throw BenchError(
          "this system lets no thread have descriptors of its own (unshare is not permitted), and"
            + " \(needed) connections do not fit into the \(preparation.tableLimit) that all share")
      }
      log("no thread can have descriptors of its own here: all share \(preparation.tableLimit)")
    }
    describe()
    figures.memory.before = preparation.server?.memory
    if settings.crowd > 0 { connectCrowd() } else { control.begin(.holding) }
    if !figures.isInterrupted, !figures.isStalled {
      switch settings.mode {
      case .connect: break
      case .hold: hold()
      case .fanout, .slow: tell()
      case .churn: churn()
      case .cluster: fatalError("a cluster is measured without a server")
      }
    }
    leave()
    threads.end()
    conclude()
    return figures
  }

  /// The figures that the settings determine.
  private mutating func describe() {
    figures.mode = settings.mode
    figures.connections = settings.crowd
    figures.namespaces = settings.namespaces
    figures.largestNamespace = preparation.sizes.sizes.max() ?? 0
    figures.seed = settings.seed
    figures.threads = preparation.plan.threads
    figures.sharesTable = !threads.hasOwnTables
    figures.sources = max(1, preparation.target.sources.count)
  }

  private mutating func conclude() {
    figures.closed = control.closed.load(ordering: .relaxed)
    let greetings = control.connected.load(ordering: .relaxed)
    let passed = control.passed.load(ordering: .relaxed)
    let told = figures.fanout?.delivered ?? 0
    let events = control.events.load(ordering: .relaxed)
    figures.otherEvents = events - min(events, greetings + passed + told)
    if figures.slow != nil { figures.slow?.closed = control.slowClosed.load(ordering: .relaxed) }
    let faults = control.faults.withLock { $0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    figures.troubles += faults.map { fault, count in
      BenchTrouble(reason: BenchFault.describe(fault), count: count)
    }
  }

  // MARK: Waiting

  /// Waits until `isDone`, at most for `time`, and reports progress. The condition is checked every
  /// `step` milliseconds, and when the threads have reached the goal. A wait that `isFinal` may go
  /// on after the time at which everything must have ended.
  mutating func wait(
    _ phase: BenchProgress.Phase, atMost time: Duration, step: Int32 = 100, total: UInt64 = 0,
    isFinal: Bool = false,
    done: (BenchControl) -> UInt64, isDone: (BenchControl, Instant) -> Bool
  ) -> Ending {
    let start = control.clock.now
    let deadline = isFinal ? start + time : min(start + time, end)
    while true {
      let now = control.clock.now
      if isDone(control, now) { return .done }
      if now >= end, !isFinal {
        figures.isInterrupted = true
        return .interrupted
      }
      if now >= deadline { return .late }
      progress(
        BenchProgress(
          phase: phase, done: done(control), total: total,
          failed: control.failed.load(ordering: .relaxed), elapsed: now - start))
      let left = (deadline - now).nanoseconds / 1_000_000 + 1
      var entries = [
        pollfd(fd: control.leader.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, 2, Int32(min(UInt64(step), left))) > 0 else { continue }
      if entries[0].revents != 0 { control.leader.clear() }
      if entries[1].revents != 0 {
        _ = signals.wait()
        figures.isInterrupted = true
        return .interrupted
      }
    }
  }

  /// Waits for `time`. Returns false when a signal interrupted it.
  mutating func pass(_ time: Duration, _ phase: BenchProgress.Phase) -> Bool {
    let ending = wait(phase, atMost: time, done: { _ in 0 }, isDone: { _, _ in false })
    return ending != .interrupted
  }

  /// Waits until nothing has come for a while, at most 10 s. Returns false when a signal
  /// interrupted it.
  mutating func awaitQuiet(_ time: Duration) -> Bool {
    let start = control.clock.now
    while true {
      let before = control.events.load(ordering: .relaxed)
      guard pass(time, .settling) else { return false }
      if control.events.load(ordering: .relaxed) == before { return true }
      if control.clock.now - start >= .seconds(10) { return true }
    }
  }

  // MARK: Measuring

  /// The CPU times so far.
  func cpu() -> BenchCPU {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { fatalError("no clock") }
    let own = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    return BenchCPU(server: preparation.server?.cpu, own: own)
  }

  /// The CPU times since `start`.
  func cpu(since start: BenchCPU) -> BenchCPU {
    let now = cpu()
    guard let before = start.server, let after = now.server else {
      return BenchCPU(own: now.own - start.own)
    }
    return BenchCPU(server: after - min(after, before), own: now.own - start.own)
  }

  /// Takes the measurements of the threads.
  func take(
    _ histogram: (BenchTally) -> LatencyHistogram, from threads: Range<Int>
  ) -> LatencyHistogram {
    var sum = LatencyHistogram()
    for thread in threads { sum.merge(histogram(control.tallies[thread])) }
    return sum
  }

  /// The threads of the crowd, and those of passing connections.
  var crowdThreads: Range<Int> { 0..<preparation.plan.threads }
  var passerThreads: Range<Int> {
    preparation.plan.threads..<preparation.plan.threads + preparation.passerThreads
  }
}

extension BenchTally {
  /// Takes the latencies of first events.
  func takeFirstEvents() -> LatencyHistogram {
    firstEvents.withLock { histogram in
      defer { histogram = LatencyHistogram() }
      return histogram
    }
  }

  /// Takes the latencies of deliveries.
  func takeDeliveries() -> LatencyHistogram {
    deliveries.withLock { histogram in
      defer { histogram = LatencyHistogram() }
      return histogram
    }
  }
}
