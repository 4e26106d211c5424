// Counts and messages to all streams of a namespace, a slice at a time.

import MeterModel

extension Reactor {
  /// How many are told before others have their turn: a millisecond or two.
  private static var slice: Int { 128 }

  /// How long a reactor that stops goes on telling.
  private static var longestLast: Duration { .seconds(10) }

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
    audiences[row].messages &+= 1
    tellings[audiences[row].telling].append(message: frame)
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
    let audience = audiences[row]
    messagesUnsaid += tellings[audience.telling].startPass(
      from: audience.first, newest: audience.messages)
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

  /// Tells the messages that are on their way, for as long as that takes within reason; counts are not told any
  /// more.
  mutating func tellLast() {
    for telling in tellings.rows.indices { tellings.rows[telling].forgetCounts() }
    let end = context.clock.now + Self.longestLast
    while !beingTold.isEmpty, context.clock.now < end { tellAudiences() }
  }

  /// Tells at most `most` streams of an audience; the answer is how many, and at least 1.
  private mutating func tell(_ row: UInt32, most: Int) -> Int {
    let telling = audiences[row].telling
    let count = tellings[telling].count
    let last = tellings[telling].lastTold
    var framed = -1
    var told = 0
    while told < most {
      let slot = tellings[telling].next
      guard slot != .max else {
        endPass(row)
        return max(told, 1)
      }
      tellings[telling].goOn(to: table[slot].next)
      told += 1
      let missing = count == nil ? tellings[telling].missing(after: table[slot].messages) : 0
      // Who came after the messages of this pass gets none of them.
      if count == nil, missing == 0 { continue }
      if framed != missing {
        clearFrame()
        tellings[telling].appendFrame(ofLast: missing, to: &frame)
        framed = missing
      }
      if count == nil { table[slot].messages = last }
      tell(slot, count: count)
    }
    return told
  }

  private mutating func endPass(_ row: UInt32) {
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
