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

  /// Ends what has taken too long.
  mutating func endOverdue() {
    for patience in Dialogue.Patience.allCases {
      while let side = firstOverdue(patience) { overdue(side) }
    }
    while behind.firstSince + Backlog.patience <= now {
      drop(backlogs[behind.head].slot)
    }
    if let instant = acceptsAgainAt, instant <= now { acceptAgain() }
  }

  private func firstOverdue(_ patience: Dialogue.Patience) -> UInt32? {
    let queue = waiting[Int(patience.rawValue)]
    return queue.firstSince + patience.duration <= now ? queue.head : nil
  }

  private mutating func overdue(_ side: UInt32) {
    let slot = dialogues[side].slot
    let phase = dialogues[side].phase
    guard phase == .lingering || !goesOn(side) else { return }
    switch phase {
    case .silence: speakRawStatistics(side)
    case .head where !dialogues[side].parser.hasBegun: drop(slot)
    case .head: fail(side, .timeout)
    case .body, .waiting, .sending, .lingering: drop(slot)
    }
  }

  /// Whether more has come from a client whose time is over: while this thread was held up, so in time.
  private mutating func goesOn(_ side: UInt32) -> Bool {
    let slot = dialogues[side].slot
    let connection = table.handle(slot)
    let (phase, since) = (dialogues[side].phase, dialogues[side].waitsSince)
    converse(slot)
    return !table.isCurrent(connection) || table[slot].state != .conversing
      || dialogues[side].phase != phase || dialogues[side].waitsSince != since
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
