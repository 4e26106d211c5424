// Counts and messages to all streams of a namespace, a slice at a time.

import MeterModel

extension Reactor {
  /// How many are told before others have their turn.
  private static var slice: Int { 512 }

  /// A namespace is to be told its count. A count is a state: only the newest matters.
  mutating func tell(_ namespace: NamespaceID, count: UInt64) {
    let place = Int(namespace.number)
    guard place < audiences.count, !audiences[place].members.isEmpty else { return }
    audiences[place].count = count
    audiences[place].isCountDue = true
    startTelling(namespace.number)
  }

  /// A namespace is to be told a framed message.
  mutating func tell(_ namespace: NamespaceID, message: Span<UInt8>) {
    let place = Int(namespace.number)
    guard place < audiences.count, !audiences[place].members.isEmpty else { return }
    var copy: ContiguousArray<UInt8> = []
    _ = copy.appendText(message)
    audiences[place].messages.append(copy)
    startTelling(namespace.number)
  }

  private mutating func startTelling(_ namespace: UInt32) {
    guard !audiences[Int(namespace)].isBeingTold else { return }
    audiences[Int(namespace)].startPass()
    beingTold.append(namespace)
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
    let isCount = audiences[place].passTellsCount
    frame.removeAll(keepingCapacity: true)
    if isCount {
      ServerSentEvents.append(count: audiences[place].count, into: &frame)
    } else if let message = audiences[place].messages.first {
      frame.append(contentsOf: message)
    }
    var told = 0
    while told < most {
      guard let slot = audiences[place].nextUntold() else {
        audiences[place].endPass()
        return max(told, 1)
      }
      tell(slot, isCount: isCount)
      told += 1
    }
    return told
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
