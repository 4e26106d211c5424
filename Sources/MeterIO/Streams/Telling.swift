// What an audience is being told, in passes over its chain, a slice at a time, so that a newcomer does
// not wait until a hundred thousand have been told.

import MeterModel

/// Counts and messages on their way to the streams of one audience. A count is for those who were there when
/// it came: its pass starts at the slot that was the newest then, and who comes later is in front of that.
/// The messages of an audience have numbers, and each stream knows the last that it got or that came before it.
struct Telling {
  /// Framed messages in the order of their numbers, which follow one another.
  struct Messages {
    private(set) var bytes: ContiguousArray<UInt8> = []

    /// Where each ends.
    private var ends: ContiguousArray<Int> = []

    var count: Int { ends.count }

    mutating func append(_ frame: Span<UInt8>) {
      bytes.makeRoom()
      ends.makeRoom()
      _ = bytes.appendText(frame)
      ends.append(bytes.count)
    }

    /// Where the last `count` of them begin.
    func start(ofLast count: Int) -> Int { count < ends.count ? ends[ends.count - count - 1] : 0 }

    /// Takes out the first ones, at least one, of which the bytes are no more than `most`.
    mutating func takeFirst(_ most: Int) -> Messages {
      let fitting = max(1, ends.prefix { $0 <= most }.count)
      var first = Messages()
      guard fitting < ends.count else {
        swap(&first, &self)
        return first
      }
      let end = ends[fitting - 1]
      first.bytes = ContiguousArray(bytes.prefix(end))
      first.ends = ContiguousArray(ends.prefix(fitting))
      bytes.removeFirst(end)
      ends = ContiguousArray(ends.dropFirst(fitting).map { $0 - end })
      return first
    }
  }

  /// The slot that is to be told next in the pass under way; `.max` at its end.
  private(set) var next: UInt32 = .max

  /// The count that the pass under way tells; nil for messages, and before the first pass.
  private(set) var count: UInt64?

  /// The messages that it tells, and the number of the last.
  private var told = Messages()
  private(set) var lastTold: UInt32 = 0

  /// The newest count that is to be told in the next pass, and to whom first.
  private var countDue: UInt64?
  private var countFirst: UInt32 = .max

  /// The messages for the next passes.
  private var waiting = Messages()

  /// Whether there is something for another pass.
  var hasMore: Bool { countDue != nil || waiting.count > 0 }

  /// Takes in a count, to be told after the pass under way to all from a slot on, in place of an older one.
  mutating func replaceCount(_ count: UInt64, from first: UInt32) {
    (countDue, countFirst) = (count, first)
  }

  /// Takes in a framed message, to be told after the pass under way.
  mutating func append(message frame: Span<UInt8>) { waiting.append(frame) }

  /// How many messages the pass under way has for a stream that got those up to a number.
  func missing(after number: UInt32) -> Int {
    max(0, Int(Int32(bitPattern: lastTold &- number)))
  }

  /// Appends what the pass under way tells: the count, or the last messages of it.
  func appendFrame(ofLast messages: Int, to frame: inout ContiguousArray<UInt8>) {
    if let count {
      ServerSentEvents.append(count: count, into: &frame)
    } else {
      frame.append(contentsOf: told.bytes[told.start(ofLast: messages)...])
    }
  }

  /// Appends all messages that a stream has not got, up to the newest.
  func appendRest(
    after number: UInt32, newest: UInt32, to output: inout ContiguousArray<UInt8>
  ) {
    let missing = max(0, Int(Int32(bitPattern: newest &- number)))
    if missing > waiting.count, count == nil {
      output.append(contentsOf: told.bytes[told.start(ofLast: missing - waiting.count)...])
    }
    output.append(contentsOf: waiting.bytes[waiting.start(ofLast: missing)...])
  }

  /// The next slot was told, or is about to be: the one after it is next.
  mutating func goOn(to following: UInt32) { next = following }

  /// A slot leaves: what was to begin with it begins with the one after it.
  mutating func leave(_ slot: UInt32, to following: UInt32) {
    if next == slot { next = following }
    if countFirst == slot { countFirst = following }
  }

  /// Starts a pass: for the count if it is due, or else for messages, from the newest slot on, as many as a
  /// stream that is not behind may have to keep; counts do not keep messages waiting for more than one pass.
  /// The answer is how many messages are told now. Precondition: there is something for one; `newest` is the
  /// number of the last message.
  mutating func startPass(from first: UInt32, newest: UInt32) -> UInt32 {
    let toldCount = count != nil
    count = nil
    told = Messages()
    if let due = countDue, waiting.count == 0 || !toldCount {
      (count, countDue, next) = (due, nil, countFirst)
      return 0
    }
    next = first
    told = waiting.takeFirst(Backlog.mostBytes)
    lastTold = newest &- UInt32(waiting.count)
    return UInt32(told.count)
  }

  /// Lets nobody wait for counts any more, as after the messages everything ends.
  mutating func forgetCounts() {
    countDue = nil
    if count != nil { next = .max }
  }
}
