// Counts and messages to all streams of a namespace, a slice at a time.

import MeterModel

extension Reactor {
  /// How many are told before others have their turn: a millisecond or two.
  private static var slice: Int { 128 }

  /// A namespace is to be told its count. A count is a state: of those that come during a pass only the
  /// newest is told after it.
  mutating func tell(_ namespace: NamespaceID, count: UInt64) {
    guard let row = audiences.row(of: namespace), !audiences[row].isEmpty else { return }
    let isIdle = makeTelling(row)
    tellings[audiences[row].telling].replaceCount(count, from: audiences[row].first)
    if isIdle { startTelling(row) }
  }

  /// A namespace is to be told a framed message. It is counted when that begins, so who sends messages faster
  /// than they can be told has to wait.
  mutating func tell(_ namespace: NamespaceID, message frame: Span<UInt8>) {
    guard let row = audiences.row(of: namespace), !audiences[row].isEmpty else {
      messagesUnsaid += 1
      return
    }
    let isIdle = makeTelling(row)
    tellings[audiences[row].telling].append(message: frame, from: audiences[row].first)
    if isIdle { startTelling(row) }
  }

  /// Lets an audience have something that it is told; whether it was told nothing before.
  private mutating func makeTelling(_ row: UInt32) -> Bool {
    guard audiences[row].telling == .max else { return false }
    audiences[row].telling = tellings.add(Telling())
    return true
  }

  private mutating func startTelling(_ row: UInt32) {
    startPass(row)
    beingTold.append(row)
  }

  private mutating func startPass(_ row: UInt32) {
    messagesUnsaid += tellings[audiences[row].telling].startPass()
  }

  /// The last stream of an audience has left: nobody is there to be told what it was to be told, and one
  /// that comes now was greeted after that.
  mutating func forgetAudience(_ row: UInt32) {
    let telling = audiences[row].telling
    guard telling != .max else {
      audiences.remove(row)
      return
    }
    // A slice of its pass may be under way, which will find nobody, and then forget the audience.
    while tellings[telling].hasMore { startPass(row) }
  }

  /// Tells the next slice.
  mutating func tellAudiences() {
    var left = Self.slice
    while left > 0, let row = beingTold.popFirst() {
      left -= tell(row, most: left)
      if audiences[row].telling != .max {
        beingTold.append(row)
      } else if audiences[row].isEmpty {
        audiences.remove(row)
      }
    }
  }

  /// Tells the messages that are on their way; counts are not told any more.
  mutating func tellLast() {
    for telling in tellings.rows.indices { tellings.rows[telling].forgetCounts() }
    while !beingTold.isEmpty { tellAudiences() }
  }

  /// Tells at most `most` streams of an audience; the answer is how many, and at least 1.
  private mutating func tell(_ row: UInt32, most: Int) -> Int {
    let telling = audiences[row].telling
    let count = tellings[telling].count
    clearFrame()
    tellings[telling].appendFrame(to: &frame)
    var told = 0
    while told < most {
      let slot = tellings[telling].next
      guard slot != .max else {
        endPass(row)
        return max(told, 1)
      }
      tellings[telling].goOn(to: table[slot].next)
      tell(slot, count: count)
      told += 1
    }
    return told
  }

  private mutating func endPass(_ row: UInt32) {
    for departure in tellings[audiences[row].telling].takeDepartures()
    where table.isCurrent(departure.connection) {
      finish(departure.connection.slot, departure.reason)
    }
    if tellings[audiences[row].telling].hasMore {
      startPass(row)
    } else {
      tellings.remove(audiences[row].telling)
      audiences[row].telling = .max
    }
  }

  /// Sends `frame`, which tells a count or messages, to one stream, or notes it for one that is behind.
  private mutating func tell(_ slot: UInt32, count: UInt64?) {
    let side = table[slot].side
    if side == .max {
      sendFrame(to: slot, count: count)
    } else if let count {
      backlogs[side].owedCount = count
    } else if backlogs[side].bytes.count - backlogs[side].sent + frame.count <= Backlog.mostBytes {
      backlogs[side].bytes.removeFirst(backlogs[side].sent)
      backlogs[side].sent = 0
      backlogs[side].bytes.append(contentsOf: frame)
    } else {
      drop(slot)
    }
  }
}
