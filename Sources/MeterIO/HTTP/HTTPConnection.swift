// A connection that speaks HTTP and is no stream: its request so far, and the response that is
// being sent.

import MeterModel

/// The requests and responses of one connection.
struct HTTPConnection: Waiting {
  /// The activity of the connection. Each phase can also end with the connection.
  enum Phase: UInt8 {
    /// The port answers a client that sends nothing, and the client has sent no request line. Lasts
    /// 100 ms at most. Can become `head`, `sending`.
    case silence
    /// A request's head is awaited. Can become `body`, `sending`, or a stream.
    case head
    /// A request's body is being read. Can become `waiting`, `sending`.
    case body
    /// The node's answer is awaited. Can become `sending`.
    case waiting
    /// A response is being sent. Can become `head`, `waiting` (for the rest of it), `lingering`.
    case sending
    /// The response was sent. Further bytes of the client are read and dropped.
    case lingering
  }

  /// The timeout of a phase.
  enum Timeout: UInt8, CaseIterable {
    /// 100 ms, for the first bytes on a port that answers silence.
    case silence
    /// 10 s, for the first byte of a new connection, a head, a body, or the end of the connection.
    case request
    /// 75 s, for the next request after a response. Proxies keep an idle connection for 60 s, so it
    /// is the proxy that closes it, and no request is lost.
    case idle
    /// 30 s, for a response to be taken.
    case response

    var duration: Duration {
      switch self {
      case .silence: .milliseconds(100)
      case .request: .seconds(10)
      case .idle: .seconds(75)
      case .response: .seconds(30)
      }
    }
  }

  let slot: UInt32
  var links = QueueLinks()
  var waitsSince = Instant.start

  /// The timeout that runs since `waitsSince`; nil for none.
  var timeout: Timeout?
  var phase = Phase.head

  /// The received bytes: from `start` on the present request's head and the bytes after it.
  var input: ContiguousArray<UInt8> = []

  /// The start of the present request in `input`.
  var start = 0

  /// The number of bytes of the present request that were read, from `start` on: of its head, and
  /// then of its body too.
  var length = 0
  var parser: RequestHeadParser
  var head: RequestHead?
  var decoder = BodyDecoder(.none)

  /// The body, where the port keeps it.
  var content: ContiguousArray<UInt8> = []
  var output: ContiguousArray<UInt8> = []

  /// The number of bytes of `output` that were sent.
  var sent = 0

  /// Whether the connection ends when the output is sent.
  var isLast = false

  /// Whether the request was read to its end.
  var isWhole = false

  /// Whether the request is all that was received from the client.
  var hasReadAll: Bool { isWhole && start + length == input.count }

  /// The question that is asked when the output is sent; nil for none.
  var question: Question?

  /// Whether the body is sent in pieces, without a length, and ends with the connection.
  var isInPieces = false

  /// The exchange of the present request. One whose head failed or is not complete closes the
  /// connection.
  var exchange: MeterModel.Exchange {
    head.map { MeterModel.Exchange($0) } ?? MeterModel.Exchange(parser.head).closing
  }

  /// The pages that may read the response of a public port to the present request.
  var access: PageAccess {
    PageAccess(head ?? parser.head, in: input.span.extracting(droppingFirst: start))
  }

  /// The number of bytes of the request's body, or that were dropped while lingering.
  var dropped = 0

  /// The number of bytes that are dropped while lingering. A client that sends more is cut off, and
  /// may then miss the last response.
  static let maximumLingering = 16 * 1024 * 1024

  /// A connection that waits for its first request.
  init(slot: UInt32, limits: RequestLimits) {
    self.slot = slot
    parser = RequestHeadParser(limits: limits)
  }

  /// Adds received bytes, and removes those of former requests.
  mutating func append(_ bytes: ArraySlice<UInt8>) {
    input.removeFirst(start)
    start = 0
    input.append(contentsOf: bytes)
  }

  /// Removes bytes of the present request's head, whose places count from `start`, and lets the
  /// head be parsed anew.
  mutating func removeFromHead(_ range: Range<Int>, limits: RequestLimits) {
    input.removeSubrange(start + range.lowerBound..<start + range.upperBound)
    parser = RequestHeadParser(limits: limits)
  }

  /// Goes on to the request after the one that was answered.
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
