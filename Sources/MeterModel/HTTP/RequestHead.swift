// What the head of an HTTP/1.x request says, reduced to what this daemon asks of it. A trivial
// value of fixed size; names and texts stay in the buffer and are named by ranges of it.

/// The head of a request.
package struct RequestHead: Equatable, Sendable {
  /// How many bytes the head takes, with its empty line and any empty lines before it.
  package internal(set) var length = 0

  package internal(set) var method = RequestMethod.get

  /// The whole target as it was sent.
  package internal(set) var target = ByteRange.none

  package internal(set) var form = TargetForm.origin

  /// The path of the target without its query; none where that is empty (absolute form), for `*`,
  /// and for `CONNECT`.
  package internal(set) var path = ByteRange.none

  /// The digit after `HTTP/1.`; all but 0 are treated as 1 (RFC 9110 §2.5).
  package internal(set) var minorVersion: UInt8 = 1

  /// Whether the connection may carry another request after this one (RFC 9112 §9.3).
  package internal(set) var keepsAlive = true

  package internal(set) var body = RequestBody.none

  /// The client waits for `100 Continue` before it sends its body (RFC 9110 §10.1.1).
  package internal(set) var expectsContinue = false

  /// An `Accept` holds `text/event-stream`, in any case, and does not refuse it by `q=0`.
  package internal(set) var acceptsEventStream = false

  /// An `Accept` holds `application/json`, in any case, and does not refuse it by `q=0`.
  package internal(set) var acceptsJSON = false

  /// The `User-Agent` holds `MSIE`, in this case.
  package internal(set) var isOldInternetExplorer = false

  /// The value of `Host`; none only in HTTP/1.0.
  package internal(set) var host = ByteRange.none

  /// The value of the last `Last-Event-ID`, or none.
  package internal(set) var lastEventID = ByteRange.none

  /// There is an `Access-Control-Request-Method`: a browser's preflight.
  package internal(set) var isPreflight = false

  /// The value of the last `Access-Control-Request-Headers`, or none.
  package internal(set) var requestedHeaders = ByteRange.none

  package init() {}
}

/// The method of a request. Case-sensitive on the wire.
package enum RequestMethod: Equatable, Sendable {
  case get, head, post, put, delete, connect, options, trace, patch

  /// Another method of IANA's registry.
  case other
}

/// The form of a request's target (RFC 9112 §3.2).
package enum TargetForm: Equatable, Sendable {
  /// `/path?query`
  case origin

  /// `scheme://authority/path?query`
  case absolute

  /// `host:port`, of `CONNECT` alone.
  case authority

  /// `*`, of `OPTIONS` alone.
  case asterisk
}

/// How a request's body is framed (RFC 9112 §6).
package enum RequestBody: Equatable, Sendable {
  case none

  /// That many bytes.
  case length(UInt64)

  case chunked
}

/// Why a request is not served, as the status that says so.
package enum RequestFailure: UInt16, Error, Equatable, Sendable {
  case badRequest = 400
  case notFound = 404
  case methodNotAllowed = 405
  case timeout = 408
  case contentTooLarge = 413
  case targetTooLong = 414
  case headTooLarge = 431
  case notImplemented = 501
  case unavailable = 503
  case versionNotSupported = 505
}

/// How large a head may be.
package struct RequestLimits: Equatable, Sendable {
  /// The most bytes of a target; above it 414.
  package let target: Int

  /// The most bytes of a head, its empty line and those before it included, below 65,536; above it
  /// 431.
  package let head: Int

  /// The most fields; above it 431.
  package let fields: Int

  /// The public port's (§4 of the spec).
  package static let standard = RequestLimits(target: 8192, head: 16_384, fields: 100)

  /// The message port's, whose targets hold texts of up to 16,384 bytes (§5): a text somewhat
  /// longer than that is still parsed, to be answered with 413.
  package static let messages = RequestLimits(target: 32_768, head: 49_152, fields: 100)

  init(target: Int, head: Int, fields: Int) {
    self.target = target
    self.head = head
    self.fields = fields
  }
}
