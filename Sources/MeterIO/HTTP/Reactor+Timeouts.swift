// Timeouts of connections, and the eviction of silent ones.

import MeterModel

extension Reactor {
  /// The time for which the poller may wait; 0 while there are broadcasts.
  func millisecondsToDeadline() -> Int32 {
    if !broadcasting.isEmpty { return 0 }
    var earliest = min(behind.firstSince + Backlog.timeout, acceptsAgainAt ?? .never)
    for timeout in HTTPConnection.Timeout.allCases {
      let first = waiting[Int(timeout.rawValue)].firstSince
      earliest = min(earliest, first + timeout.duration)
    }
    return Poller.milliseconds(until: earliest, by: context.clock)
  }

  /// Starts a timeout of an HTTP connection now, in place of a former one; nil for none.
  mutating func setTimeout(_ id: UInt32, _ timeout: HTTPConnection.Timeout?) {
    if let former = connections[id].timeout {
      waiting[Int(former.rawValue)].remove(id, from: &connections.rows)
    }
    connections[id].timeout = timeout
    connections[id].waitsSince = now
    if let timeout {
      waiting[Int(timeout.rawValue)].append(id, in: &connections.rows)
    }
  }

  /// Handles the timeouts that have passed. Each connection is tried once more before: its client
  /// may have acted in time while this thread was held up.
  mutating func endOverdue() {
    for timeout in HTTPConnection.Timeout.allCases {
      while let id = firstOverdue(waiting[Int(timeout.rawValue)], timeout.duration) {
        if !goesOn(id) { handleTimeout(id) }
      }
    }
    while let backlog = firstOverdue(behind, Backlog.timeout) {
      catchUp(backlogs[backlog].slot)
      if firstOverdue(behind, Backlog.timeout) == backlog { drop(backlogs[backlog].slot) }
    }
    if let instant = acceptsAgainAt, instant <= now { acceptAgain() }
  }

  private func firstOverdue(_ queue: DeadlineQueue, _ timeout: Duration) -> UInt32? {
    queue.firstSince + timeout <= now ? queue.head : nil
  }

  /// Receives or sends, depending on the phase of a connection. Returns whether it made progress.
  private mutating func goesOn(_ id: UInt32) -> Bool {
    let slot = connections[id].slot
    let handle = table.handle(slot)
    let (phase, since, sent) = (
      connections[id].phase, connections[id].waitsSince, connections[id].sent
    )
    // A head or a body has a few pieces at most.
    for _ in 0..<32 {
      var hasReceived = false
      switch phase {
      case .silence, .head, .body: hasReceived = readRequest(slot)
      case .sending: writable(slot)
      case .waiting, .lingering: return false
      }
      guard table.isCurrent(handle), table[slot].state == .http, table[slot].attachment == id,
        connections[id].phase == phase
      else { return true }
      if phase == .sending { return connections[id].sent != sent }
      if connections[id].waitsSince != since { return true }
      if !hasReceived { return false }
    }
    return false
  }

  private mutating func handleTimeout(_ id: UInt32) {
    let slot = connections[id].slot
    switch connections[id].phase {
    case .silence:
      guard let question = table[slot].port.definition.silentQuestion else {
        fatalError("a port without a response to silence")
      }
      askInPieces(id, question)
    case .head where !connections[id].parser.hasBegun: drop(slot)
    case .head: fail(id, .timeout)
    case .body, .waiting, .sending, .lingering: drop(slot)
    }
  }

  /// Closes the HTTP connection of a budget whose timeout has run the longest: first of those that
  /// were answered and have no request, then of those whose request is awaited, then of those whose
  /// client does not take the response. Returns whether there was one.
  mutating func evictOldest(at budget: DescriptorBudget) -> Bool {
    for timeout in [HTTPConnection.Timeout.idle, .request, .response] {
      var id = waiting[Int(timeout.rawValue)].head
      while id != .max {
        let slot = connections[id].slot
        if budgets[table[slot].port] === budget {
          context.evictionNotice.note(at: now)
          drop(slot)
          return true
        }
        id = connections[id].links.next
      }
    }
    return false
  }
}
