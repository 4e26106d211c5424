// Events of this node that concern the other nodes: messages, viewer ids that were claimed, streams
// that were ended. Each event has a number, and is kept for a while after it was sent, for nodes
// that missed it.

/// One event, or one part of a message.
struct ClusterEvent {
  enum Kind {
    /// A part of a message, and the number of parts.
    case message(part: Int, of: Int)

    /// A viewer id was claimed, or its holder was asked to leave; with the stamp (see
    /// `ViewerClaims`).
    case exclusion(stamp: UInt64)

    /// A stream of the viewer id was ended.
    case held

    /// A part of a retained text of a service, and the number of parts; with the time of the text
    /// (see `KeptStamp`). It has no number.
    case retained(service: ContiguousArray<UInt8>, time: UInt64, part: Int, of: Int)
  }

  let kind: Kind
  let number: UInt64
  let at: Instant

  /// The namespace's name, or the viewer id.
  let subject: ContiguousArray<UInt8>

  /// The part of the text, or the stream's id.
  let text: ContiguousArray<UInt8>

  /// An estimate of the memory of the event, in bytes.
  var size: Int {
    if case .retained(let service, _, _, _) = kind {
      return 128 + subject.count + service.count + text.count
    }
    return 128 + subject.count + text.count
  }
}

/// The events of this node, in their order.
struct EventJournal {
  /// The bytes of sent events that are kept.
  static let keptLimit = 256 * 1024

  /// The bytes of events that may wait to be sent; further events are dropped.
  static let waitingLimit = 16 * 1024 * 1024

  private var events = FIFO<ClusterEvent>()

  /// The place of the next event to send. The events before it were sent, and are kept.
  private var next = 0

  /// The events before this place were sent at least once. At least `next`.
  private var toldEnd = 0
  private var keptSize = 0
  private var waitingSize = 0

  /// The number of the last event.
  private(set) var lastNumber: UInt64 = 0

  /// The number of events that were dropped because too many bytes were waiting.
  private(set) var droppedEvents: UInt64 = 0

  /// Whether an event waits to be sent.
  var isWaiting: Bool { next < events.count }

  /// The next event to send, and whether it was sent before. Precondition: there is one.
  var nextEvent: (event: ClusterEvent, isRepeated: Bool) { (events[next], next < toldEnd) }

  /// Adds an event. The parts of a message must be added one after the other; they share a number.
  mutating func add(
    _ kind: ClusterEvent.Kind, _ subject: Span<UInt8>, _ text: Span<UInt8>, at instant: Instant
  ) {
    switch kind {
    case .message(let part, of: _) where part > 0: break
    case .retained: break
    case .message, .exclusion, .held: lastNumber += 1
    }
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

  /// Moves past the next event, which was sent or is not worth sending. Precondition: there is one.
  mutating func advance() {
    if next == toldEnd {
      waitingSize -= events[next].size
      keptSize += events[next].size
      toldEnd += 1
    }
    next += 1
    while keptSize > Self.keptLimit, next > 0 { forgetFirst() }
  }

  /// Lets all events that are kept be sent again.
  mutating func rewind() {
    next = 0
  }

  /// Forgets the sent events that happened before `instant`.
  mutating func forget(since instant: Instant) {
    while next > 0, let first = events.first, first.at < instant { forgetFirst() }
  }

  private mutating func forgetFirst() {
    guard let event = events.popFirst() else { preconditionFailure("no event is kept") }
    keptSize -= event.size
    next -= 1
    toldEnd -= 1
  }
}
