// Flow control of messages. A message is in flight from its directive to the reactor's acknowledgement. A
// sender is answered at once, unless some reactor has too many messages in flight: then the answer waits, so
// that messages do not pile up in memory.

/// The messages in flight to each reactor, and the senders whose answers wait.
package struct MessageFlow<Sender> {
  /// By reactor, the messages in flight.
  private var inFlight: ContiguousArray<UInt32>

  /// The senders that wait, and of the messages that were in flight when the first of them began to wait,
  /// those that still are, by reactor. Later messages do not prolong the wait.
  private var waiting: ContiguousArray<Sender> = []
  private var awaited: ContiguousArray<UInt32> = []

  /// The senders that came while others waited; they wait for the next turn.
  private var queued: ContiguousArray<Sender> = []

  package init(reactors: Int) {
    inFlight = ContiguousArray(repeating: 0, count: reactors)
  }

  /// Counts a message that a reactor was directed to send.
  package mutating func sent(to reactor: Int) {
    inFlight[reactor] += 1
  }

  /// Whether the answer to the sender of the latest message must wait; the sender is kept then.
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

  /// Counts messages that a reactor has begun to send. Returns the senders that need not wait any longer.
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
  /// The largest event that a message may become, in bytes: what a stream may be behind with (§4).
  package static let maximumFrame = 65_536

  /// A reactor acknowledges messages when they are this many, or together with another input.
  package static let acknowledgedAtOnce: UInt32 = 16

  /// With more messages than this in flight to a reactor, senders wait…
  package static let maximumInFlight = 4 * acknowledgedAtOnce

  /// …until no more than this are. Not less than a reactor may leave unacknowledged, or else senders would
  /// wait for ever.
  package static let resumedInFlight = 2 * acknowledgedAtOnce
}
