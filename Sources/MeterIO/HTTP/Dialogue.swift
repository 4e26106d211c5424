// A connection that speaks HTTP and is no stream (yet, or any more): what was read of its request, what is
// to be sent, and until when it may take its time.

import MeterModel

/// One exchange of requests and responses.
struct Dialogue: Waiting {
  /// What the connection is doing.
  enum Phase: UInt8 {
    /// A statistics client may say that it speaks HTTP. Can become `head`, `waiting`.
    case silence
    /// A request's head is awaited. Can become `body`, `waiting`, `sending`, or a stream.
    case head
    /// A request's body is being read. Can become `waiting`, `sending`.
    case body
    /// The sequencer's answer is awaited. Can become `sending`.
    case waiting
    /// A response is being sent. Can become `head`, `waiting` (for the rest of it), `lingering`, or end with it.
    case sending
    /// All is sent, and what the client still sends is read and dropped. Ends with a close.
    case lingering
  }

  /// How long the connection may take for what it is doing.
  enum Patience: UInt8, CaseIterable {
    /// 100 ms, for a statistics client to speak.
    case brief
    /// 10 s, for a head, a body or the end.
    case impatient
    /// 30 s, for a response to be taken.
    case patient

    var duration: Duration {
      switch self {
      case .brief: .milliseconds(100)
      case .impatient: .seconds(10)
      case .patient: .seconds(30)
      }
    }
  }

  let slot: UInt32
  var links = QueueLinks()
  var waitsSince = Instant.start
  var patience: Patience?
  var phase = Phase.head

  /// What was received: from `start` on the request's head and what follows it.
  var input: ContiguousArray<UInt8> = []

  /// Where the request starts that is being read or answered.
  var start = 0

  /// How far the request has been read, its head and its body, counted from `start`.
  var length = 0
  var parser: RequestHeadParser
  var head: RequestHead?
  var decoder = BodyDecoder(.none)

  /// The body, where it is wanted.
  var content: ContiguousArray<UInt8> = []
  var output: ContiguousArray<UInt8> = []
  var sent = 0

  /// The connection ends when the output is sent.
  var isLast = false

  /// The request was read to its end.
  var isWhole = false

  /// Whether all that was received of the client is the request.
  var hasReadAll: Bool { isWhole && start + length == input.count }

  /// The question to ask when the output is sent: for the next piece of the body, which has no length and
  /// ends with the connection. Nil when there is none.
  var question: Question?
  var isInPieces = false

  /// The exchange of the request that is being answered.
  var exchange: MeterModel.Exchange { head.map { MeterModel.Exchange($0) } ?? .last }

  /// How many bytes were dropped while lingering, or of a body.
  var dropped = 0

  /// A body that nobody wants and that is longer than this is refused.
  static let mostDropped = 65_536

  /// A client that sends more than this after the end is cut off, and may then miss the last answer.
  static let mostLingering = 16 * 1024 * 1024

  init(slot: UInt32, limits: RequestLimits) {
    self.slot = slot
    parser = RequestHeadParser(limits: limits)
  }

  /// Takes in what was received.
  mutating func append(_ bytes: ArraySlice<UInt8>) {
    input.removeFirst(start)
    start = 0
    input.append(contentsOf: bytes)
  }

  /// Forgets the request that was answered; what follows it is kept.
  mutating func beginNextRequest(limits: RequestLimits) {
    start += length
    length = 0
    if start == input.count {
      input = []
      start = 0
    }
    head = nil
    isWhole = false
    parser = RequestHeadParser(limits: limits)
    content = []
    output = []
    sent = 0
    dropped = 0
    phase = .head
  }
}

/// What a stream that could not take all that it was told still has to get.
struct Backlog: Waiting {
  let slot: UInt32
  var links = QueueLinks()

  /// When bytes were last taken.
  var waitsSince: Instant

  /// The rest of a frame, and messages.
  var bytes: ContiguousArray<UInt8> = []
  var sent = 0

  /// The newest count, if it is to be told as well.
  var owedCount: UInt64?

  /// A stream that is further behind than this is closed.
  static let mostBytes = 65_536

  /// How long a stream may take nothing before it is closed.
  static let patience = Duration.seconds(30)
}
