// Counts and messages to all streams of a namespace, a slice at a time.

import MeterModel

extension Reactor {
  /// How many are told before others have their turn: a millisecond or two.
  private static var slice: Int { 128 }

  /// A namespace is to be told its count. A count is a state: of those that come during a pass only the
  /// newest is told after it.
  mutating func tell(_ namespace: NamespaceID, count: UInt64) {
    let place = Int(namespace.number)
    guard place < audiences.count, !audiences[place].members.isEmpty else { return }
    audiences[place].count = count
    audiences[place].isCountDue = true
    startTelling(namespace.number)
  }

  /// A namespace is to be told a framed message. The ticket is given back when that begins, so who sends
  /// messages faster than they can be told has to wait.
  mutating func tell(_ namespace: NamespaceID, message frame: Span<UInt8>, ticket: UInt64) {
    let place = Int(namespace.number)
    guard place < audiences.count, !audiences[place].members.isEmpty else {
      outgoing.reports.append(.told(ticket: ticket))
      return
    }
    audiences[place].append(message: frame, ticket: ticket)
    startTelling(namespace.number)
  }

  /// Forgets a namespace, whose id may mean another one from now on.
  mutating func forget(_ namespace: NamespaceID) {
    let place = Int(namespace.number)
    guard place < audiences.count else { return }
    while audiences[place].hasMore { giveBackTickets(audiences[place].startPass()) }
    audiences[place] = Audience()
  }

  private mutating func startTelling(_ namespace: UInt32) {
    guard !audiences[Int(namespace)].isBeingTold else { return }
    giveBackTickets(audiences[Int(namespace)].startPass())
    beingTold.append(namespace)
  }

  private mutating func giveBackTickets(_ tickets: ContiguousArray<UInt64>) {
    for ticket in tickets { outgoing.reports.append(.told(ticket: ticket)) }
  }

  /// Tells the next slice.
  mutating func tellAudiences() {
    var left = Self.slice
    while left > 0, let namespace = beingTold.popFirst() {
      left -= tell(namespace, most: left)
      if audiences[Int(namespace)].isBeingTold { beingTold.append(namespace) }
    }
  }

  /// Tells at most `most` streams of a namespace; the answer is how many, and at least 1.
  private mutating func tell(_ namespace: UInt32, most: Int) -> Int {
    let place = Int(namespace)
    let isCount = audiences[place].tellsCount
    frame = audiences[place].frame
    var told = 0
    while told < most {
      guard let slot = audiences[place].nextUntold() else {
        endPass(place)
        return max(told, 1)
      }
      tell(slot, isCount: isCount)
      told += 1
    }
    return told
  }

  private mutating func endPass(_ place: Int) {
    if audiences[place].hasMore {
      giveBackTickets(audiences[place].startPass())
    } else {
      audiences[place].endPasses()
    }
  }

  /// Sends `frame` to one stream, or notes it for one that is behind.
  private mutating func tell(_ slot: UInt32, isCount: Bool) {
    let side = table[slot].side
    if side == .max {
      sendFrame(to: slot, isCount: isCount)
    } else if isCount {
      backlogs[side].owesCount = true
    } else if backlogs[side].bytes.count - backlogs[side].sent + frame.count <= Backlog.mostBytes {
      backlogs[side].bytes.removeFirst(backlogs[side].sent)
      backlogs[side].sent = 0
      backlogs[side].bytes.append(contentsOf: frame)
    } else {
      drop(slot)
    }
  }
}
