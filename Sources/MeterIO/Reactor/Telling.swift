// What an audience is being told, in passes over its dense list, a slice at a time, so that a newcomer does
// not wait until a hundred thousand have been told.

import MeterModel

/// Counts and messages on their way to the streams of one audience.
struct Telling {
  /// How many streams, the first ones, are still to be told in the pass under way.
  var untold = 0

  /// The newest count that is to be told in the next pass.
  var countDue: UInt64?

  /// Framed messages for the next passes, and where each ends, with its ticket.
  private var messages: ContiguousArray<UInt8> = []
  private var tickets: ContiguousArray<(ticket: UInt64, end: Int)> = []

  /// What the pass under way tells.
  private(set) var frame: ContiguousArray<UInt8> = []

  /// The count that this is; nil for messages, and before the first pass.
  private(set) var count: UInt64?

  /// Takes in a framed message, to be told after the pass under way.
  mutating func append(message frame: Span<UInt8>, ticket: UInt64) {
    _ = messages.appendText(frame)
    tickets.append((ticket, messages.count))
  }

  /// Starts a pass over all members: for the count if it is due, or else for messages, as many as a
  /// stream that is not behind may have to keep; counts do not keep messages waiting for more than one
  /// pass. The answer is the tickets of what is told now.
  mutating func startPass(over members: Int) -> ContiguousArray<UInt64> {
    let toldCount = count != nil
    untold = members
    frame = []
    count = nil
    if let due = countDue, messages.isEmpty || !toldCount {
      (count, countDue) = (due, nil)
      ServerSentEvents.append(count: due, into: &frame)
      return []
    }
    let fitting = max(1, tickets.prefix { $0.end <= Backlog.mostBytes }.count)
    let taken = tickets.prefix(fitting)
    let end = taken.last?.end ?? 0
    frame = ContiguousArray(messages.prefix(end))
    messages.removeFirst(end)
    tickets = ContiguousArray(tickets.dropFirst(fitting).map { ($0.ticket, $0.end - end) })
    return ContiguousArray(taken.map(\.ticket))
  }

  /// Whether there is something for another pass.
  var hasMore: Bool { countDue != nil || !messages.isEmpty }
}
