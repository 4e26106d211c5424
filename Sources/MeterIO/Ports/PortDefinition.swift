// The properties of a port. Each port has a file that gives them all.

import MeterModel

/// The definition of a port: how it listens, what it accepts, and how it answers.
protocol PortDefinition {
  /// The name of the port in the log.
  static var title: StaticString { get }

  /// The listening sockets' properties, and the options for the number and the address.
  static var listener: Listener.Settings { get }

  /// The budget that the port's connections count against.
  static var budget: BudgetGroup { get }

  /// The limits of a request's head.
  static var requestLimits: RequestLimits { get }

  /// The treatment of a request's body.
  static var body: BodyPolicy { get }

  /// The question whose answer a client gets, without HTTP, that sends no request within 100 ms;
  /// nil on a port that waits for a request.
  static var silentQuestion: Question? { get }

  /// Whether pages of any origin may read the port's responses.
  static var isPublic: Bool { get }

  /// Whether the port is for the operator: it refuses pages of other origins, and requests under a
  /// name that is not this machine's.
  static var isLocal: Bool { get }

  /// Handles a request whose body has ended. `bytes` begins with the head of the request. A
  /// response is appended to `context.response`. The names and texts of a question are appended to
  /// `context.questionBytes`.
  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction
}

extension PortDefinition {
  static var requestLimits: RequestLimits { .standard }
  static var body: BodyPolicy { .dropped(maximum: 65_536) }
  static var silentQuestion: Question? { nil }
  static var isPublic: Bool { false }
  static var isLocal: Bool { false }
}

/// The treatment of the bodies of requests. A body above the maximum, in bytes, is refused.
enum BodyPolicy: Sendable {
  /// The body is read and dropped.
  case dropped(maximum: Int)

  /// The body is kept for the handler.
  case kept(maximum: Int)

  /// The longest body that is read.
  var maximum: Int {
    switch self {
    case .dropped(let maximum), .kept(let maximum): maximum
    }
  }

  /// Whether the handler gets the body.
  var isKept: Bool {
    switch self {
    case .dropped: false
    case .kept: true
    }
  }
}

/// The settings that handlers read.
struct PortSettings: Sendable {
  /// The meaning of the second segment of a path on the audience port.
  let viewerIDs: ViewerIDMode

  /// The number of the audience port, for the demo page.
  let audiencePort: UInt16

  /// The names under which the operator's ports may be used.
  let localNames: LocalNames
}

/// A request to open an event stream. The ranges are of the request's bytes.
enum StreamRequest {
  /// A stream of one namespace. The viewer id is empty for none, and for an observer.
  case one(namespace: ByteRange, viewer: ByteRange, StreamKind)

  /// A stream that observes several namespaces.
  case several(WatchedNames)
}

/// A request in the hands of its port's handler.
struct RequestContext {
  let head: RequestHead

  /// The body, where the port's policy is to keep it.
  let body: ContiguousArray<UInt8>
  let settings: PortSettings
  let encoder: ResponseEncoder

  /// The bytes for the client, to which the handler appends.
  var response: ContiguousArray<UInt8>

  /// The bytes of the batch of questions, to which the handler appends.
  var questionBytes: ContiguousArray<UInt8>

  /// The exchange that the request begins.
  var exchange: Exchange { Exchange(head) }

  /// Copies bytes that a question names.
  mutating func copy(_ bytes: Span<UInt8>) -> ByteRange { questionBytes.appendText(bytes) }
}

/// What a reactor does after a request was handled.
enum RequestAction {
  /// Sends the response. The connection goes on, or ends, as the exchange says.
  case respond(Exchange)

  /// Responds with the status of a failure, and with its reason, if one is given.
  case fail(RequestFailure, because: FailureReason? = nil)

  /// Asks the node, and sends its answer with the response's head.
  case ask(Question)

  /// Sends the response, and then the node's answers to the question and to those that follow from
  /// it, as the body. The connection ends with it.
  case askInPieces(Question)
}
