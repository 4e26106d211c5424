// Flow control of messages. A message is in flight from its directive until the reactor
// acknowledges it. A sender receives its answer at once, unless a reactor has too many messages in
// flight: then the answer is delayed, so that messages do not accumulate in memory.

/// The messages in flight to each reactor, and the senders whose answers are delayed.
package struct MessageFlow<Sender> {
  /// The messages in flight, by reactor.
  private var inFlight: ContiguousArray<UInt32>

  /// The senders whose answers are delayed. For each reactor, `awaited` is the number of messages
  /// that were in flight when the first of these senders began to wait and are still in flight.
  /// Later messages do not prolong the wait.
  private var waiting: ContiguousArray<Sender> = []
  private var awaited: ContiguousArray<UInt32> = []

  /// The senders whose messages arrived while others waited; they wait for the next turn.
  private var queued: ContiguousArray<Sender> = []

  /// No messages are in flight to the reactors, of which there are `reactors`.
  package init(reactors: Int) {
    inFlight = ContiguousArray(repeating: 0, count: reactors)
  }

  /// Records that a reactor was directed to send a message.
  package mutating func sent(to reactor: Int) {
    inFlight[reactor] += 1
  }

  /// Whether the answer to the sender of the latest message must be delayed. If so, the sender is
  /// kept.
  package mutating func delays(_ sender: Sender) -> Bool {
    if !waiting.isEmpty {
      queued.append(sender)
      return true
    }
    guard inFlight.contains(where: { $0 > MessageLimits.maximumInFlight }) else { return false }
    waiting.append(sender)
    awaited = inFlight
    return true
  }

  /// Records that a reactor has begun to send messages. Returns the senders that must be answered
  /// now. Precondition: at least that many are in flight to the reactor.
  package mutating func acknowledged(
    _ messages: UInt32, by reactor: Int
  ) -> ContiguousArray<Sender> {
    inFlight[reactor] -= messages
    guard !waiting.isEmpty else { return [] }
    awaited[reactor] -= min(awaited[reactor], messages)
    var released: ContiguousArray<Sender> = []
    while !waiting.isEmpty, awaited.allSatisfy({ $0 <= MessageLimits.resumedInFlight }) {
      released += waiting
      waiting = queued
      queued = []
      awaited = inFlight
    }
    return released
  }
}

/// Limits of messages.
package enum MessageLimits {
  /// The largest event that a message may become, in bytes: the backlog that a stream may have
  /// (§4).
  package static let maximumFrame = 65_536

  /// A reactor acknowledges messages when it has sent this many, or together with another input.
  package static let acknowledgedAtOnce: UInt32 = 16

  /// The answers to senders are delayed when more messages than this are in flight to a reactor.
  package static let maximumInFlight = 4 * acknowledgedAtOnce

  /// The answers are sent when at most this many messages are in flight. Not less than a reactor
  /// may leave unacknowledged; otherwise senders could wait for ever.
  package static let resumedInFlight = 2 * acknowledgedAtOnce
}
