// What an audience is being told, in passes over its chain, a slice at a time, so that a newcomer does
// not wait until a hundred thousand have been told.

import MeterModel

/// Counts and messages on their way to the streams of one audience, and the streams that end when they have
/// got theirs. Each is for those who were there when it came: its pass starts at the slot that was the newest
/// then, and who comes later is in front of that.
struct Telling {
  /// A stream that ends when it has been told what came before its end.
  struct Departure {
    let connection: Handle
    let reason: EndReason
  }

  /// Framed messages for the same streams, and who ends after them.
  private struct Batch {
    /// The slot that is told first; `.max` when all for whom they are have left.
    var first: UInt32
    var frames: ContiguousArray<UInt8> = []

    /// Where each frame ends.
    var ends: ContiguousArray<Int> = []
    var departures: ContiguousArray<Departure> = []
  }

  /// The slot that is to be told next in the pass under way; `.max` at its end.
  private(set) var next: UInt32 = .max

  /// The count that the pass under way tells; nil for messages, and before the first pass.
  private(set) var count: UInt64?

  /// The framed messages that it tells, and who ends after it.
  private var told: ContiguousArray<UInt8> = []
  private var departures: ContiguousArray<Departure> = []

  /// The newest count that is to be told in the next pass, and to whom first.
  private var countDue: UInt64?
  private var countFirst: UInt32 = .max

  /// The messages for the next passes, in their order.
  private var batches: ContiguousArray<Batch> = []

  /// Whether there is something for another pass.
  var hasMore: Bool { countDue != nil || !batches.isEmpty }

  /// Takes in a count, to be told after the pass under way to all from a slot on, in place of an older one.
  mutating func replaceCount(_ count: UInt64, from first: UInt32) {
    (countDue, countFirst) = (count, first)
  }

  /// Takes in a framed message, to be told after the pass under way to all from a slot on.
  mutating func append(message frame: Span<UInt8>, from first: UInt32) {
    if batches.last.map({ $0.first != first || !$0.departures.isEmpty }) ?? true {
      batches.append(Batch(first: first))
    }
    let last = batches.count - 1
    _ = batches[last].frames.appendText(frame)
    batches[last].ends.append(batches[last].frames.count)
  }

  /// Lets a stream end when it has been told the messages that came before; false if there are none.
  mutating func append(_ departure: Departure) -> Bool {
    if !batches.isEmpty {
      batches[batches.count - 1].departures.append(departure)
    } else if !told.isEmpty {
      departures.append(departure)
    } else {
      return false
    }
    return true
  }

  /// Appends what the pass under way tells.
  func appendFrame(to frame: inout ContiguousArray<UInt8>) {
    if let count {
      ServerSentEvents.append(count: count, into: &frame)
    } else {
      frame.append(contentsOf: told)
    }
  }

  /// The next slot was told, or is about to be: the one after it is next.
  mutating func goOn(to following: UInt32) { next = following }

  /// A slot leaves: what was to begin with it begins with the one after it. O(batches)
  mutating func leave(_ slot: UInt32, to following: UInt32) {
    if next == slot { next = following }
    if countFirst == slot { countFirst = following }
    for index in batches.indices where batches[index].first == slot {
      batches[index].first = following
    }
  }

  /// Starts a pass: for the count if it is due, or else for messages, as many as a stream that is not behind
  /// may have to keep; counts do not keep messages waiting for more than one pass. The answer is how many
  /// messages are told now. Precondition: there is something for one.
  mutating func startPass() -> UInt32 {
    let toldCount = count != nil
    told = []
    count = nil
    if let due = countDue, batches.isEmpty || !toldCount {
      (count, countDue, next) = (due, nil, countFirst)
      return 0
    }
    next = batches[0].first
    let fitting = max(1, batches[0].ends.prefix { $0 <= Backlog.mostBytes }.count)
    guard fitting < batches[0].ends.count else {
      let batch = batches.removeFirst()
      (told, departures) = (batch.frames, batch.departures)
      return UInt32(fitting)
    }
    let end = batches[0].ends[fitting - 1]
    told = ContiguousArray(batches[0].frames.prefix(end))
    batches[0].frames.removeFirst(end)
    batches[0].ends = ContiguousArray(batches[0].ends.dropFirst(fitting).map { $0 - end })
    return UInt32(fitting)
  }

  /// Those who end now that the pass is over.
  mutating func takeDepartures() -> ContiguousArray<Departure> {
    defer { departures = [] }
    return departures
  }

  /// Lets nobody wait for counts any more, as after the messages everything ends.
  mutating func forgetCounts() {
    countDue = nil
    if count != nil { next = .max }
  }
}
