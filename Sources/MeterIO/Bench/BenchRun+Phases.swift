// The phases of a load: the crowd connects, is held, passing connections come and leave, the crowd
// leaves.

import MeterModel

extension BenchRun {
  /// Opens the crowd. The phase ends when each connection has got its first event or failed, or
  /// when nothing happens any more.
  mutating func connectCrowd() {
    let total = UInt64(settings.crowd)
    let before = cpu()
    let start = control.clock.now
    control.goal.store(total, ordering: .relaxed)
    control.began.store(control.microseconds, ordering: .relaxed)
    control.begin(.connecting)
    var last: (settled: UInt64, at: Instant) = (0, start)
    var isStalled = false
    let timeout = settings.timeout
    _ = wait(
      .connecting, atMost: settings.limit, total: total,
      done: { $0.connected.load(ordering: .relaxed) },
      isDone: { control, now in
        let settled = control.settled
        if settled != last.settled { last = (settled, now) }
        isStalled = now - last.at >= timeout
        return settled >= total || isStalled
      })
    figures.crowd.duration = (control.clock.now - start).nanoseconds
    figures.crowd.cpu = cpu(since: before)
    figures.crowd.connected = control.connected.load(ordering: .relaxed)
    figures.crowd.failed = control.failed.load(ordering: .relaxed)
    if isStalled {
      let missing = total - figures.crowd.connected - figures.crowd.failed
      figures.crowd.failed += missing
      figures.isStalled = true
      figures.troubles.append(
        BenchTrouble(
          reason: "no first event, and nothing moved for \(timeout.decimalSeconds) s",
          count: missing))
    }
    figures.crowd.firstEvent = take({ $0.takeFirstEvents() }, from: crowdThreads)
    control.begin(.holding)
    guard !figures.isInterrupted else { return }
    _ = pass(settings.settle, .settling)
    figures.memory.with = preparation.server?.memory
    figures.memory.peak = figures.memory.with
  }

  /// Holds the crowd.
  mutating func hold() {
    let before = cpu()
    let events = control.events.load(ordering: .relaxed)
    let start = control.clock.now
    _ = wait(
      .holding, atMost: settings.time, total: settings.time.nanoseconds / 1_000_000_000,
      done: { ($0.clock.now - start).nanoseconds / 1_000_000_000 }, isDone: { _, _ in false })
    var hold = HoldFigures()
    hold.duration = (control.clock.now - start).nanoseconds
    hold.events = control.events.load(ordering: .relaxed) - events
    hold.cpu = cpu(since: before)
    figures.hold = hold
    noteMemory()
  }

  /// Lets passing connections come and leave.
  mutating func churn() {
    let before = cpu()
    let start = control.clock.now
    control.began.store(control.microseconds, ordering: .relaxed)
    control.isPassing.store(true, ordering: .relaxed)
    control.wakeAll()
    _ = wait(
      .churning, atMost: settings.time, done: { $0.passed.load(ordering: .relaxed) },
      isDone: { _, _ in false })
    var passers = ArrivalFigures()
    passers.connected = control.passed.load(ordering: .relaxed)
    passers.failed = control.failedToPass.load(ordering: .relaxed)
    passers.duration = (control.clock.now - start).nanoseconds
    passers.firstEvent = take({ $0.takeFirstEvents() }, from: passerThreads)
    control.isPassing.store(false, ordering: .relaxed)
    awaitQuietServer()
    passers.cpu = cpu(since: before)
    figures.passers = passers
    noteMemory()
  }

  /// Lets the whole crowd leave at once.
  mutating func leave() {
    let gone =
      control.closed.load(ordering: .relaxed) + control.slowClosed.load(ordering: .relaxed)
    let total = control.connected.load(ordering: .relaxed) - gone
    let before = cpu()
    let start = control.clock.now
    control.begin(.leaving)
    _ = wait(
      .leaving, atMost: timeToLeave, step: 20, total: total, isFinal: true,
      done: { $0.left.load(ordering: .relaxed) },
      isDone: { control, _ in control.allHaveLeft })
    figures.leave.connections = control.left.load(ordering: .relaxed)
    figures.leave.duration = (control.clock.now - start).nanoseconds
    figures.leave.quietAfter = awaitQuietServer().map { ($0 - min($0, start)).nanoseconds }
    figures.leave.cpu = cpu(since: before)
    figures.memory.after = preparation.server?.memory
  }

  /// The time that a crowd may take to leave, and that the server may take to handle it: 30 s, and
  /// 1 s for each 10,000 connections.
  private var timeToLeave: Duration { .seconds(30 + UInt64(settings.crowd) / 10_000) }

  /// Waits until the server has used less than 1 ms of CPU time in 200 ms, or `timeToLeave` has
  /// passed. Returns the time of the server's last activity; nil where its process is not known.
  @discardableResult
  mutating func awaitQuietServer() -> Instant? {
    guard let server = preparation.server, var last = server.cpu else { return nil }
    var since = control.clock.now
    _ = wait(
      .leaving, atMost: timeToLeave, step: 20, isFinal: true,
      done: { $0.left.load(ordering: .relaxed) },
      isDone: { _, now in
        let used = server.cpu ?? last
        if used > last + 1_000_000 { (last, since) = (used, now) }
        return now - since >= .milliseconds(200)
      })
    return since
  }

  /// Notes the server's memory if it is larger than before.
  mutating func noteMemory() {
    guard let memory = preparation.server?.memory else { return }
    figures.memory.peak = max(figures.memory.peak ?? 0, memory)
  }
}
