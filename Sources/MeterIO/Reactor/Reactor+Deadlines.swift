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

  /// Takes what has come of a dialogue, or sends what can be sent; whether there was anything.
  private mutating func goesOn(_ side: UInt32) -> Bool {
    let former = dialogues[side]
    let connection = table.handle(former.slot)
    switch former.phase {
    case .silence, .head, .body: converse(former.slot)
    case .sending: writable(former.slot)
    case .waiting, .lingering: return false
    }
    return !table.isCurrent(connection) || table[former.slot].state != .conversing
      || dialogues[side].phase != former.phase || dialogues[side].sent != former.sent
      || former.phase != .sending && dialogues[side].waitsSince != former.waitsSince
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
