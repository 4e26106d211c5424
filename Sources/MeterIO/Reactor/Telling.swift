// What an audience is being told, in passes over its chain, a slice at a time, so that a newcomer does
// not wait until a hundred thousand have been told.

import MeterModel

/// Counts and messages on their way to the streams of one audience.
struct Telling {
  /// The slot that is to be told next in the pass under way; `.max` at its end. Who comes during a pass is in
  /// front of the chain, and so not told in it.
  private(set) var next: UInt32 = .max

  /// The newest count that is to be told in the next pass.
  var countDue: UInt64?

  /// Framed messages for the next passes, and where each ends.
  private var messages: ContiguousArray<UInt8> = []
  private var ends: ContiguousArray<Int> = []

  /// The count that the pass under way tells; nil for messages, and before the first pass.
  private(set) var count: UInt64?

  /// The framed messages that it tells.
  private var told: ContiguousArray<UInt8> = []

  /// Takes in a framed message, to be told after the pass under way.
  mutating func append(message frame: Span<UInt8>) {
    _ = messages.appendText(frame)
    ends.append(messages.count)
  }

  /// Appends what the pass under way tells.
  func appendFrame(to frame: inout ContiguousArray<UInt8>) {
    if let count {
      ServerSentEvents.append(count: count, into: &frame)
    } else {
      frame.append(contentsOf: told)
    }
  }

  /// A slot was told, or leaves: if it is the next one, the one after it is.
  mutating func skip(_ slot: UInt32, to following: UInt32) {
    if next == slot { next = following }
  }

  /// Starts a pass over a chain: for the count if it is due, or else for messages, as many as a
  /// stream that is not behind may have to keep; counts do not keep messages waiting for more than one
  /// pass. The answer is how many messages are told now.
  mutating func startPass(from first: UInt32) -> UInt32 {
    let toldCount = count != nil
    next = first
    told = []
    count = nil
    if let due = countDue, messages.isEmpty || !toldCount {
      (count, countDue) = (due, nil)
      return 0
    }
    if messages.count <= Backlog.mostBytes || ends.count == 1 {
      defer { ends = [] }
      swap(&told, &messages)
      return UInt32(ends.count)
    }
    let fitting = max(1, ends.prefix { $0 <= Backlog.mostBytes }.count)
    let end = ends[fitting - 1]
    told = ContiguousArray(messages.prefix(end))
    messages.removeFirst(end)
    ends = ContiguousArray(ends.dropFirst(fitting).map { $0 - end })
    return UInt32(fitting)
  }

  /// Whether there is something for another pass.
  var hasMore: Bool { countDue != nil || !messages.isEmpty }
}
