// The streams of one namespace on one reactor, and how they are told: in passes over a dense array, a
// slice at a time, so that a newcomer does not wait until a hundred thousand have been told.

/// The streams of a namespace.
struct Audience {
  /// Their slots. During a pass the first `untold` are still to be told.
  private(set) var members: ContiguousArray<UInt32> = []
  private(set) var untold = 0

  /// The newest count that the namespace was to be told.
  var count: UInt64 = 0

  /// A newer count came during the pass and is to be told after it.
  var isCountDue = false

  /// The pass under way tells the newest count; otherwise the first of the messages.
  var passTellsCount = false

  /// Framed messages that are to be told, oldest first.
  var messages: ContiguousArray<ContiguousArray<UInt8>> = []

  /// A pass is under way.
  var isBeingTold = false

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
    if members.isEmpty { members = [] }
  }

  /// Starts a pass over all members, for the count if it is due, or else for the oldest message.
  mutating func startPass() {
    passTellsCount = isCountDue
    isCountDue = false
    untold = members.count
    isBeingTold = true
  }

  /// The next stream to be told; nil at the end of the pass.
  mutating func nextUntold() -> UInt32? {
    guard untold > 0 else { return nil }
    untold -= 1
    return members[untold]
  }

  /// Ends a pass, and starts the next if there is something else to be told.
  mutating func endPass() {
    if !passTellsCount, !messages.isEmpty { messages.removeFirst() }
    isBeingTold = false
    if isCountDue || !messages.isEmpty { startPass() }
  }
}
