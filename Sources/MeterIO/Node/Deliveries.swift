// Messages on their way. A message is answered at once, unless a reactor has many that it has not begun to
// tell: then their senders wait, so that messages do not pile up in the daemon.

/// How many messages each reactor has still to tell, and who waits for it.
package struct Deliveries<Sender> {
  /// By reactor, the messages that it was given and has not said to be told.
  private var untold: ContiguousArray<UInt32>

  /// Who waits, and how many of what was untold when the first of them began to wait still is. What was given
  /// since does not make them wait longer.
  private var waiting: ContiguousArray<Sender> = []
  private var awaited: ContiguousArray<UInt32> = []

  /// Who came while others waited.
  private var later: ContiguousArray<Sender> = []

  /// `reactors` is how many there are.
  package init(reactors: Int) {
    untold = ContiguousArray(repeating: 0, count: reactors)
  }

  /// Notes that a reactor was given a message.
  package mutating func give(to reactor: Int) {
    untold[reactor] += 1
  }

  /// Whether who has just sent a message is to wait; it is noted then.
  package mutating func makesWait(_ sender: Sender) -> Bool {
    if !waiting.isEmpty {
      later.append(sender)
      return true
    }
    guard untold.contains(where: { $0 > DeliveryLimits.mostUntold }) else { return false }
    waiting.append(sender)
    awaited = untold
    return true
  }

  /// A reactor has begun to tell so many messages. The answer is who waits no longer.
  package mutating func told(_ messages: UInt32, by reactor: Int) -> ContiguousArray<Sender> {
    untold[reactor] -= messages
    guard !waiting.isEmpty else { return [] }
    awaited[reactor] -= min(awaited[reactor], messages)
    var answered: ContiguousArray<Sender> = []
    while !waiting.isEmpty, awaited.allSatisfy({ $0 <= DeliveryLimits.fewUntold }) {
      answered += waiting
      waiting = later
      later = []
      awaited = untold
    }
    return answered
  }
}

/// How many messages may be on their way.
package enum DeliveryLimits {
  /// A reactor says that it has begun to tell messages when they are so many, or when it says something else.
  package static let unsaid: UInt32 = 16

  /// With more than this before a reactor, senders wait…
  package static let mostUntold = 4 * unsaid

  /// …until it has no more than this. It must not be less than what a reactor may leave unsaid, or else they
  /// would wait for ever.
  package static let fewUntold = 2 * unsaid
}
