// The head of an HTTP/1.x request, reduced to what the daemon uses: a trivial value of fixed size,
// with ranges of the buffer for names and texts.

/// The head of a request.
package struct RequestHead: Equatable, Sendable {
  // The properties of one byte stand together, so that no room between them is lost: each HTTP
  // connection has two heads.

  /// The number of bytes of the head, with its empty line and empty lines before it.
  package internal(set) var length = 0

  /// The framing of the body.
  package internal(set) var body = RequestBody.none

  /// The method.
  package internal(set) var method = RequestMethod.get

  /// The form of the target.
  package internal(set) var form = TargetForm.origin

  /// The digit after `HTTP/1.`; all but 0 are treated as 1 (RFC 9110 §2.5).
  package internal(set) var minorVersion: UInt8 = 1

  /// Whether the connection may carry another request after this one (RFC 9112 §9.3).
  package internal(set) var keepsAlive = true

  /// Whether the client waits for `100 Continue` before it sends its body (RFC 9110 §10.1.1).
  package internal(set) var expectsContinue = false

  /// Whether an `Accept` has `text/event-stream`, in upper or lower case, without `q=0`.
  package internal(set) var acceptsEventStream = false

  /// Whether an `Accept` has `application/json`, in upper or lower case, without `q=0`.
  package internal(set) var acceptsJSON = false

  /// Whether the `User-Agent` has `MSIE`, in upper case.
  package internal(set) var isOldInternetExplorer = false

  /// Whether a `Sec-Purpose` or `Purpose` names `prefetch`: nobody sees the page, perhaps not yet.
  package internal(set) var isPrefetch = false

  /// Whether there is a `Cookie` or an `Authorization`.
  package internal(set) var hasCredentials = false

  /// Whether there is an `Access-Control-Request-Method`: the request is a browser's preflight.
  package internal(set) var isPreflight = false

  /// Whether the last `Sec-Fetch-Site` says that a page of another origin caused the request. A
  /// browser sends that field with every request to this machine, and no page can change it.
  package internal(set) var isOfOtherPage = false

  /// The whole target as it was sent.
  package internal(set) var target = ByteRange.none

  /// The path of the target without its query; empty for `*`, for `CONNECT`, and for an absolute
  /// form without a path.
  package internal(set) var path = ByteRange.none

  /// The value of `Host`; empty only in HTTP/1.0.
  package internal(set) var host = ByteRange.none

  /// The value of the last `Last-Event-ID`; `.none` without one, which differs from an empty value.
  package internal(set) var lastEventID = ByteRange.none

  /// The value of the last `If-None-Match`; empty without one.
  package internal(set) var ifNoneMatch = ByteRange.none

  /// The value of the last `Origin`, which may be empty; `.none` without one.
  package internal(set) var origin = ByteRange.none

  /// The value of the last `Access-Control-Request-Headers`; empty without one.
  package internal(set) var requestedHeaders = ByteRange.none

  /// The head of `GET` without a target.
  package init() {}
}

/// The method of a request; case-sensitive on the wire.
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

  /// `host:port`, for `CONNECT` only.
  case authority

  /// `*`, for `OPTIONS` only.
  case asterisk
}

/// How a request's body is framed (RFC 9112 §6).
package enum RequestBody: Equatable, Sendable {
  /// No body.
  case none

  /// A body of this number of bytes.
  case length(UInt64)

  /// A body in chunks.
  case chunked
}

/// The reason why a request is not served, as an HTTP status.
package enum RequestFailure: UInt16, Error, Equatable, Sendable {
  case badRequest = 400
  case forbidden = 403
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

/// The limits of a head.
package struct RequestLimits: Equatable, Sendable {
  /// The maximum number of bytes of a target; above it 414.
  package let target: Int

  /// The maximum number of bytes of a head, with its empty line and empty lines before it; above it
  /// 431. Below 65,536.
  package let head: Int

  /// The maximum number of fields; above it 431.
  package let fields: Int

  /// The limits of all ports but the message port (§4).
  package static let standard = RequestLimits(target: 8192, head: 16_384, fields: 100)

  /// The limits of the message port, whose targets have texts of up to 16,384 bytes (§5). A text
  /// that is somewhat longer is parsed and gets 413.
  package static let messages = RequestLimits(target: 32_768, head: 49_152, fields: 100)

  init(target: Int, head: Int, fields: Int) {
    self.target = target
    self.head = head
    self.fields = fields
  }
}
