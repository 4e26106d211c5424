// How long connections may take their time, and what happens to those that take longer.

import MeterModel

extension Reactor {
  /// How long the poller may wait; 0 while somebody is still to be told something.
  func millisecondsToDeadline() -> Int32 {
    if !beingTold.isEmpty { return 0 }
    var earliest = min(behind.firstSince + Backlog.patience, acceptsAgainAt ?? .never)
    for patience in Dialogue.Patience.allCases {
      let first = waiting[Int(patience.rawValue)].firstSince
      earliest = min(earliest, first + patience.duration)
    }
    guard earliest < .never else { return -1 }
    let now = context.clock.now
    guard earliest > now else { return 0 }
    return Int32(clamping: ((earliest - now).nanoseconds + 999_999) / 1_000_000)
  }

  /// Gives a dialogue a new deadline, from now on; nil for none.
  mutating func setPatience(_ side: UInt32, _ patience: Dialogue.Patience?) {
    if let former = dialogues[side].patience {
      waiting[Int(former.rawValue)].remove(side, from: &dialogues.rows)
    }
    dialogues[side].patience = patience
    dialogues[side].waitsSince = now
    if let patience {
      waiting[Int(patience.rawValue)].append(side, in: &dialogues.rows)
    }
  }

  /// Ends what has taken too long. Each is tried once more before: what its client did while this thread was
  /// held up, it did in time.
  mutating func endOverdue() {
    for patience in Dialogue.Patience.allCases {
      while let side = firstOverdue(waiting[Int(patience.rawValue)], patience.duration) {
        if !goesOn(side) { overdue(side) }
      }
    }
    while let side = firstOverdue(behind, Backlog.patience) {
      catchUp(backlogs[side].slot)
      if firstOverdue(behind, Backlog.patience) == side { drop(backlogs[side].slot) }
    }
    if let instant = acceptsAgainAt, instant <= now { acceptAgain() }
  }

  private func firstOverdue(_ queue: DeadlineQueue, _ patience: Duration) -> UInt32? {
    queue.firstSince + patience <= now ? queue.head : nil
  }

  /// Takes what has come of a dialogue, or sends what can be sent; whether that took it anywhere.
  private mutating func goesOn(_ side: UInt32) -> Bool {
    let slot = dialogues[side].slot
    let connection = table.handle(slot)
    let (phase, since, sent) = (
      dialogues[side].phase, dialogues[side].waitsSince, dialogues[side].sent
    )
    // A head or a body is a few pieces at most.
    for _ in 0..<32 {
      var hasReceived = false
      switch phase {
      case .silence, .head, .body: hasReceived = converse(slot)
      case .sending: writable(slot)
      case .waiting, .lingering: return false
      }
      guard table.isCurrent(connection), table[slot].state == .conversing, table[slot].side == side,
        dialogues[side].phase == phase
      else { return true }
      if phase == .sending { return dialogues[side].sent != sent }
      if dialogues[side].waitsSince != since { return true }
      if !hasReceived { return false }
    }
    return false
  }

  private mutating func overdue(_ side: UInt32) {
    let slot = dialogues[side].slot
    switch dialogues[side].phase {
    case .silence: speakRawStatistics(side)
    case .head where !dialogues[side].parser.hasBegun: drop(slot)
    case .head: fail(side, .timeout)
    case .body, .waiting, .sending, .lingering: drop(slot)
    }
  }

  /// Closes the connection that has kept its place the longest without being a stream, of those that a
  /// budget is for: the silent ones first, then those that do not take their answers.
  mutating func evictOldest(at budget: DescriptorBudget) -> Bool {
    for patience in [Dialogue.Patience.impatient, .patient] {
      var side = waiting[Int(patience.rawValue)].head
      while side != .max {
        let slot = dialogues[side].slot
        if budgets[table[slot].port] === budget {
          context.evictionNotice.note(at: now)
          drop(slot)
          return true
        }
        side = dialogues[side].links.next
      }
    }
    return false
  }
}
