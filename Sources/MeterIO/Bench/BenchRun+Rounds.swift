// The rounds of a load: a trigger makes the server send something to a namespace, and all
// connections there should get it.

import MeterModel

extension BenchRun {
  /// Runs the rounds.
  mutating func tell() {
    figures.fanout = FanoutFigures()
    if settings.mode == .slow {
      figures.slow = SlowFigures()
      figures.slow?.clients = slow.reduce(0, +)
    }
    if !passerThreads.isEmpty { letNewcomersIn() }
    var turns = 0
    for number in 1...max(1, settings.rounds) {
      guard let namespace = nextTarget(&turns) else { break }
      let isQuiet =
        settings.newcomers > 0 || settings.mode == .slow
        ? pass(settings.gap, .sending) : awaitQuiet(settings.gap)
      guard isQuiet else { break }
      runRound(number, in: namespace)
      noteMemory()
      if figures.isInterrupted { break }
    }
    if settings.mode == .slow, !figures.isInterrupted {
      control.isDraining.store(true, ordering: .relaxed)
      control.wakeAll()
      _ = awaitQuiet(.milliseconds(300))
    }
    guard !passerThreads.isEmpty else { return }
    control.isPassing.store(false, ordering: .relaxed)
    figures.passers?.connected = control.passed.load(ordering: .relaxed)
    figures.passers?.failed = control.failedToPass.load(ordering: .relaxed)
  }

  /// Begins with passing connections to the namespace of the round, which leave after their first
  /// event.
  private mutating func letNewcomersIn() {
    figures.passers = ArrivalFigures()
    control.began.store(control.microseconds, ordering: .relaxed)
    control.isPassing.store(true, ordering: .relaxed)
    control.wakeAll()
  }

  /// The namespace of the next round: the first with a connection, or the next such one. Nil when
  /// there is none.
  private func nextTarget(_ turns: inout Int) -> UInt32? {
    let count = preparation.sizes.sizes.count
    for step in 0..<count {
      let namespace = (settings.takesTurns ? turns + step : step) % count
      guard listeners(in: UInt32(namespace)) > 0 else { continue }
      turns = namespace + 1
      return UInt32(namespace)
    }
    return nil
  }

  /// The number of connections of a namespace that read and are still open.
  private func listeners(in namespace: UInt32) -> UInt64 {
    let lost = control.losses.withLock { $0[namespace] ?? 0 }
    let size = UInt64(preparation.sizes.sizes[Int(namespace)])
    return size - min(size, slow[Int(namespace)] + lost)
  }

  private mutating func runRound(_ number: UInt32, in namespace: UInt32) {
    guard let trigger = preparation.trigger, let address = preparation.triggerAddress else {
      return
    }
    let expected = listeners(in: namespace)
    let delivered = control.delivered.load(ordering: .acquiring)
    let goal = delivered + expected
    control.target.store(namespace, ordering: .relaxed)
    control.goal.store(goal, ordering: .relaxed)
    // Events that came late, or between the rounds, do not belong to this round.
    _ = take({ $0.takeDeliveries() }, from: crowdThreads)
    _ = take({ $0.takeFirstEvents() }, from: passerThreads)
    let request = trigger.request(
      namespace: settings.prefix + "\(namespace)", round: number, padding: settings.padding)
    let before = cpu()
    do throws(SystemError) {
      let client = try BlockingClient(address, timeout: settings.timeout)
      control.triggered.store(control.microseconds, ordering: .relaxed)
      control.round.store(number, ordering: .releasing)
      try client.send(request)
      _ = wait(
        .sending, atMost: settings.timeout, total: expected,
        done: { $0.delivered.load(ordering: .relaxed) - delivered },
        isDone: { control, _ in control.delivered.load(ordering: .acquiring) >= goal })
      let firstEvents = take({ $0.takeFirstEvents() }, from: passerThreads)
      figures.passers?.firstEvent.merge(firstEvents)
      if !figures.isInterrupted {
        let answer = try client.readAnswer()
        if !trigger.isSuccess(answer) { failTrigger(BenchFault.trigger) }
        // The server's work after the last delivery is a part of the round.
        _ = pass(.milliseconds(5), .sending)
      }
    } catch {
      failTrigger(error.code)
    }
    let round = RoundFigures(
      expected: expected, delivered: control.delivered.load(ordering: .acquiring) - delivered,
      latencies: take({ $0.takeDeliveries() }, from: crowdThreads), cpu: cpu(since: before))
    figures.fanout?.add(round)
  }

  private mutating func failTrigger(_ code: Int32) {
    figures.fanout?.failedTriggers += 1
    control.note(code)
  }
}
