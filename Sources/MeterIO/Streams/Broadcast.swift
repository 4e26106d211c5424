// Counts and messages on their way to the streams of one audience. They are sent in passes over the
// audience's chain, a slice at a time, so that new connections need not wait until a hundred
// thousand streams have got theirs.

import MeterModel

/// The counts and messages that an audience is still to get.
///
/// A count is for the streams that were there when it came: its pass starts at the slot that was
/// the newest then, and later streams are in front of that slot. The messages of an audience have
/// numbers, and each stream has the number of the last one that it got or that came before it.
struct Broadcast {
  /// Messages with consecutive numbers. Each is kept as a chunk, since most streams are chunked.
  struct Messages {
    private var bytes: ContiguousArray<UInt8> = []

    /// The end of each in `bytes`.
    private var ends: ContiguousArray<Int> = []

    var count: Int { ends.count }

    mutating func append(_ frame: Span<UInt8>) {
      bytes.makeRoom()
      ends.makeRoom()
      StreamFraming.append(chunk: frame, into: &bytes)
      ends.append(bytes.count)
    }

    /// Appends the last `count` messages, or all where there are fewer.
    func append(
      last count: Int, _ framing: StreamFraming, to output: inout ContiguousArray<UInt8>
    ) {
      let first = max(0, ends.count - count)
      var start = first > 0 ? ends[first - 1] : 0
      switch framing {
      case .chunked: output.append(contentsOf: bytes[start...])
      case .plain:
        for end in ends[first...] {
          output.append(contentsOf: bytes[StreamFraming.frame(in: start..<end, of: bytes.span)])
          start = end
        }
      }
    }

    /// Takes out the first messages, at least one, with at most `maximum` bytes. O(bytes)
    mutating func takeFirst(_ maximum: Int) -> Messages {
      let fitting = max(1, ends.prefix { $0 <= maximum }.count)
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

  /// The next slot of the present pass; `.max` at its end.
  private(set) var next: UInt32 = .max

  /// The count that the present pass sends; nil for messages, and before the first pass.
  private(set) var count: UInt64?

  /// The messages that the present pass sends, and the number of the last.
  private var sending = Messages()
  private(set) var lastSending: UInt32 = 0

  /// The newest count for the next pass, and the slot at which that starts.
  private var nextCount: UInt64?
  private var nextCountStart: UInt32 = .max

  /// The messages for the next passes.
  private var waiting = Messages()

  /// Whether another pass is to follow.
  var hasMore: Bool { nextCount != nil || waiting.count > 0 }

  /// Adds a count, which the pass after the present one sends to all streams from the slot `first`
  /// on. It replaces an older count that waits.
  mutating func replaceCount(_ count: UInt64, from first: UInt32) {
    (nextCount, nextCountStart) = (count, first)
  }

  /// Adds a framed message, which a pass after the present one sends.
  mutating func append(message frame: Span<UInt8>) { waiting.append(frame) }

  /// The number of messages of the present pass that a stream has not got, of which `number` is the
  /// last that it got.
  func missing(after number: UInt32) -> Int {
    max(0, Int(Int32(bitPattern: lastSending &- number)))
  }

  /// Appends the count of the present pass, or the last `messages` messages of the pass.
  func appendFrame(
    ofLast messages: Int, _ framing: StreamFraming, to frame: inout ContiguousArray<UInt8>
  ) {
    if let count {
      ServerSentEvents.append(count: count, framing, into: &frame)
    } else {
      sending.append(last: messages, framing, to: &frame)
    }
  }

  /// Appends all messages that a stream has not got, of which `number` is the last that it got, and
  /// `newest` the last of the audience.
  func appendRest(
    after number: UInt32, newest: UInt32, _ framing: StreamFraming,
    to output: inout ContiguousArray<UInt8>
  ) {
    let missing = max(0, Int(Int32(bitPattern: newest &- number)))
    if missing > waiting.count, count == nil {
      sending.append(last: missing - waiting.count, framing, to: &output)
    }
    waiting.append(last: missing, framing, to: &output)
  }

  /// Goes on with the pass: `following` is the slot after the one that gets its bytes now.
  mutating func advance(to following: UInt32) { next = following }

  /// Takes out a slot that leaves the chain. A pass that was to go on or start there begins with
  /// the slot after it.
  mutating func remove(_ slot: UInt32, before following: UInt32) {
    if next == slot { next = following }
    if nextCountStart == slot { nextCountStart = following }
  }

  /// Starts a pass. It sends the count if one waits, unless the pass before sent a count and
  /// messages wait. Otherwise it sends messages, at most as many bytes as a backlog may have.
  /// Messages are sent from the newest slot on. Returns the number of messages of the pass.
  /// Precondition: `hasMore`; `newest` is the number of the last message.
  mutating func startPass(from first: UInt32, newest: UInt32) -> UInt32 {
    let followsCount = count != nil
    count = nil
    sending = Messages()
    if let due = nextCount, waiting.count == 0 || !followsCount {
      (count, nextCount, next) = (due, nil, nextCountStart)
      return 0
    }
    next = first
    sending = waiting.takeFirst(Backlog.maximumBytes)
    lastSending = newest &- UInt32(waiting.count)
    return UInt32(sending.count)
  }

  /// Drops the counts, because everything ends after the messages.
  mutating func dropCounts() {
    nextCount = nil
    if count != nil { next = .max }
  }
}
