// The streams of one namespace on one reactor, and how they are told: in passes over a dense array, a
// slice at a time, so that a newcomer does not wait until a hundred thousand have been told.

import MeterModel

/// The streams of a namespace.
struct Audience {
  /// Their slots. During a pass the first `untold` are still to be told.
  private(set) var members: ContiguousArray<UInt32> = []
  private(set) var untold = 0

  /// The newest count that the namespace was to be told.
  var count: UInt64 = 0

  /// A newer count came and is to be told in the next pass.
  var isCountDue = false

  /// Framed messages for the next passes, and where each ends, with its ticket.
  private var messages: ContiguousArray<UInt8> = []
  private var tickets: ContiguousArray<(ticket: UInt64, end: Int)> = []

  /// What the pass under way tells.
  private(set) var frame: ContiguousArray<UInt8> = []

  /// That is a count, and no messages.
  private(set) var tellsCount = false

  /// A pass is under way.
  private(set) var isBeingTold = false

  /// Adds a stream; the answer is its place. A pass under way does not reach it.
  mutating func add(_ slot: UInt32) -> UInt32 {
    members.append(slot)
    return UInt32(members.count - 1)
  }

  /// Removes the stream at a place, and says which streams moved where.
  mutating func remove(at place: UInt32, moved: (_ slot: UInt32, _ place: UInt32) -> Void) {
    var hole = Int(place)
    if hole < untold {
      // Keep those who are untold together: their last one fills the hole and leaves one.
      untold -= 1
      if hole != untold {
        members[hole] = members[untold]
        moved(members[hole], UInt32(hole))
      }
      hole = untold
    }
    let last = members.removeLast()
    if hole < members.count {
      members[hole] = last
      moved(last, UInt32(hole))
    }
    // What a crowd has left behind is given up; copying it is paid for by those who went.
    if members.count < members.capacity / 4 { giveUpCapacity() }
  }

  private mutating func giveUpCapacity() {
    var rest: ContiguousArray<UInt32> = []
    rest.reserveCapacity(members.count)
    rest.append(contentsOf: members)
    members = rest
  }

  /// Takes in a framed message, to be told after the pass under way.
  mutating func append(message frame: Span<UInt8>, ticket: UInt64) {
    _ = messages.appendText(frame)
    tickets.append((ticket, messages.count))
  }

  /// Starts a pass over all members: for the count if it is due, or else for messages, as many as a
  /// stream that is not behind may have to keep; counts do not keep messages waiting for more than one
  /// pass. The answer is the tickets of what is told now.
  mutating func startPass() -> ContiguousArray<UInt64> {
    let toldCount = isBeingTold && tellsCount
    untold = members.count
    isBeingTold = true
    frame = []
    tellsCount = isCountDue && (messages.isEmpty || !toldCount)
    if tellsCount {
      isCountDue = false
      ServerSentEvents.append(count: count, into: &frame)
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

  /// The next stream to be told; nil at the end of the pass.
  mutating func nextUntold() -> UInt32? {
    guard untold > 0 else { return nil }
    untold -= 1
    return members[untold]
  }

  /// Whether there is something for another pass.
  var hasMore: Bool { isCountDue || !messages.isEmpty }

  /// Ends the last pass.
  mutating func endPasses() {
    isBeingTold = false
    frame = []
  }
}
