// What happened on this node and concerns the others: messages, viewer ids that were taken, streams that were
// ended. Each event has a number, and is kept for a while after it was told, for nodes that missed it.

/// One event, or one part of a message.
struct ClusterEvent {
  enum Kind {
    /// A message's part, of how many.
    case message(part: Int, of: Int)

    /// A viewer id is taken, or is to be left; the stamp.
    case exclusion(stamp: UInt64)

    /// A stream of the viewer id ended.
    case held
  }

  let kind: Kind
  let number: UInt64
  let at: Instant

  /// The namespace's name, or the viewer id.
  let subject: ContiguousArray<UInt8>

  /// The part of the text, or the stream's id.
  let text: ContiguousArray<UInt8>

  /// Reckoned with the memory that it takes.
  var size: Int { 128 + subject.count + text.count }
}

/// The events of this node in their order.
struct EventJournal {
  /// How many bytes of events that were told are kept.
  static let keptLimit = 256 * 1024

  /// How many bytes of events may wait to be told; more are dropped.
  static let waitingLimit = 16 * 1024 * 1024

  private var events: ContiguousArray<ClusterEvent> = []

  /// The places in `events` of the first that is kept, and of the next to be told.
  private var first = 0
  private var next = 0

  /// Up to here events were told before.
  private var toldEnd = 0
  private var keptSize = 0
  private var waitingSize = 0

  /// The number of the last event.
  private(set) var lastNumber: UInt64 = 0

  /// How many events were dropped since too much was waiting.
  private(set) var droppedEvents: UInt64 = 0

  /// Whether something is to be told.
  var isWaiting: Bool { next < events.count }

  /// The next event to be told, and whether it is told again. Precondition: there is one.
  var nextEvent: (event: ClusterEvent, isRepeated: Bool) { (events[next], next < toldEnd) }

  /// Adds an event; the parts of a message one after the other.
  mutating func add(
    _ kind: ClusterEvent.Kind, _ subject: Span<UInt8>, _ text: Span<UInt8>, at instant: Instant
  ) {
    if case .message(let part, of: _) = kind, part > 0 {} else { lastNumber += 1 }
    var (subjectCopy, textCopy) = (ContiguousArray<UInt8>(), ContiguousArray<UInt8>())
    subjectCopy.append(subject)
    textCopy.append(text)
    let event = ClusterEvent(
      kind: kind, number: lastNumber, at: instant, subject: subjectCopy, text: textCopy)
    guard waitingSize + event.size <= Self.waitingLimit else {
      droppedEvents += 1
      return
    }
    events.append(event)
    waitingSize += event.size
  }

  /// The next event was told, or is not worth it.
  mutating func pass() {
    if next == toldEnd {
      waitingSize -= events[next].size
      keptSize += events[next].size
      toldEnd += 1
    }
    next += 1
    while keptSize > Self.keptLimit, first < next { forgetFirst() }
  }

  /// Tells all that is kept again.
  mutating func rewind() {
    next = first
  }

  /// Forgets what was told and happened before `instant`.
  mutating func forget(since instant: Instant) {
    while first < next, events[first].at < instant { forgetFirst() }
    guard first > 64, first > events.count / 2 else { return }
    events.removeFirst(first)
    next -= first
    toldEnd -= first
    first = 0
  }

  private mutating func forgetFirst() {
    keptSize -= events[first].size
    first += 1
  }
}
