// Messages on their way. A message is answered at once, unless a reactor has many that it has not begun to
// tell: then their senders wait, so that messages do not pile up in the daemon.

/// How many messages each reactor has still to tell, and who waits for it.
struct Deliveries {
  /// A client that waits to be answered.
  struct Sender {
    let handle: Handle
    let reactor: Int

    /// How many connections its message is for.
    let connections: UInt32
  }

  /// By reactor, the messages that it was given and has not said to be told.
  private var untold: ContiguousArray<UInt32>
  private var waiting: ContiguousArray<Sender> = []

  /// A reactor says that it has begun to tell messages when they are so many, or when it says something else.
  static let mostUnsaid: UInt32 = 16

  /// With more than this before a reactor, senders wait until it has half of them. More than it may leave
  /// unsaid, or else they would wait for ever.
  private static let most = 4 * mostUnsaid

  init(reactors: Int) {
    untold = ContiguousArray(repeating: 0, count: reactors)
  }

  /// Notes that a reactor was given a message.
  mutating func give(to reactor: Int) {
    untold[reactor] += 1
  }

  /// Whether who has just sent a message is to wait; it is noted then.
  mutating func makesWait(_ sender: Sender) -> Bool {
    guard !waiting.isEmpty || untold.contains(where: { $0 > Self.most }) else { return false }
    waiting.append(sender)
    return true
  }

  /// A reactor has begun to tell so many messages. The answer is who waits no longer.
  mutating func told(_ messages: UInt32, by reactor: Int) -> ContiguousArray<Sender> {
    untold[reactor] -= messages
    guard !waiting.isEmpty, untold.allSatisfy({ $0 <= Self.most / 2 }) else { return [] }
    defer { waiting = [] }
    return waiting
  }
}
