// Responses to requests that are not served: short texts. The connection ends where the request
// could not be parsed or the server has no room.

extension ResponseEncoder {
  /// Appends the response to a request that is not served. After 404 and 405 the connection goes on
  /// or ends according to `exchange`; after all others it ends. `reason` is added to the body.
  ///
  /// For a page that may not read it, the response is the same as a network failure, after which
  /// the page would try again for ever.
  package func append(
    _ failure: RequestFailure, because reason: FailureReason? = nil, _ access: PageAccess,
    for exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    let status = failure.statusLine
    append(status: status, into: &output)
    append(access, into: &output)
    if failure == .methodNotAllowed {
      output.append(contentsOf: "Allow: \(allowedMethods)\r\n".utf8)
    }
    let answered = failure.keepsConnection ? exchange : exchange.closing
    let text = reason.map { "\(status): \($0.text)" } ?? status
    appendText(of: text, for: answered, into: &output)
  }

  /// Appends the 405 of a port that has `GET` and `HEAD` only.
  package func appendMethodNotAllowed(
    allowingOnlyGet exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    let status = RequestFailure.methodNotAllowed.statusLine
    append(status: status, into: &output)
    output.append(contentsOf: "Allow: GET, HEAD\r\n".utf8)
    appendText(of: status, for: exchange, into: &output)
  }

  /// Appends the response of the message port to a request that it cannot serve: 404, or 405 for
  /// `allowedMethods`, with the body of a message that reached nobody.
  package func appendNoMessage(
    allowedMethods: String?, for exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    if let allowedMethods {
      append(status: RequestFailure.methodNotAllowed.statusLine, into: &output)
      output.append(contentsOf: "Allow: \(allowedMethods)\r\n".utf8)
    } else {
      append(status: RequestFailure.notFound.statusLine, into: &output)
    }
    let body = "{\"connections\":0}"
    appendEntityFields(.json, length: body.utf8.count, for: exchange, into: &output)
    if !exchange.omitsBody { output.append(contentsOf: body.utf8) }
  }

  /// Appends the 503 of a full server to a request for no stream. The connection ends.
  package func appendUnavailable(
    retryAfterSeconds: UInt64, _ access: PageAccess, for exchange: Exchange,
    into output: inout ContiguousArray<UInt8>
  ) {
    let status = RequestFailure.unavailable.statusLine
    append(status: status, into: &output)
    append(access, into: &output)
    output.append(contentsOf: "Retry-After: ".utf8)
    output.append(decimal: retryAfterSeconds)
    output.append(contentsOf: "\r\n".utf8)
    appendText(of: status, for: exchange.closing, into: &output)
  }

  private func appendText(
    of text: String, for exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    appendEntityFields(.text, length: text.utf8.count + 1, for: exchange, into: &output)
    if exchange.omitsBody { return }
    output.append(contentsOf: text.utf8)
    output.append(ASCII.lineFeed)
  }
}

/// The reason of a failure, where its status does not tell which limit or rule was broken.
package enum FailureReason: Equatable, Sendable {
  /// The body has more than `maximum` bytes.
  case body(maximum: Int)

  /// The text of a message in the path has more than `maximum` bytes.
  case textInPath(maximum: Int)

  /// The event that a message becomes has more than `maximum` bytes.
  case event(maximum: Int)

  /// The namespace keeps the messages of so many services, or would keep more bytes of text.
  case kept(services: Int, bytes: UInt32)

  /// The query names no source of an external count.
  case noSource

  /// The body is no number up to `maximum`.
  case noCount(maximum: UInt64)

  /// The `Host` is no name of this machine.
  case foreignHost

  /// A page of another origin caused the request.
  case foreignOrigin

  /// The reason in words.
  var text: String {
    switch self {
    case .body(let maximum): "the body has more than \(maximum) bytes"
    case .textInPath(let maximum): "the text in the path has more than \(maximum) bytes"
    case .event(let maximum):
      "the event has more than \(maximum) bytes, to which each line of the text adds a field"
    case .kept(let services, let bytes):
      "a namespace keeps at most \(services) services and \(bytes) bytes of their texts"
    case .noSource: "?source= takes a name of 1 to 255 bytes"
    case .noCount(let maximum): "the body is no whole number from 0 to \(maximum)"
    case .foreignHost: "the Host is no address, not localhost and not in --local-names"
    case .foreignOrigin: "a page of another origin may not use this port"
    }
  }
}

extension RequestFailure {
  /// The status and its phrase (RFC 9110 §15).
  var statusLine: String {
    switch self {
    case .badRequest: "400 Bad Request"
    case .forbidden: "403 Forbidden"
    case .notFound: "404 Not Found"
    case .methodNotAllowed: "405 Method Not Allowed"
    case .timeout: "408 Request Timeout"
    case .contentTooLarge: "413 Content Too Large"
    case .targetTooLong: "414 URI Too Long"
    case .headTooLarge: "431 Request Header Fields Too Large"
    case .notImplemented: "501 Not Implemented"
    case .unavailable: "503 Service Unavailable"
    case .versionNotSupported: "505 HTTP Version Not Supported"
    }
  }

  /// Whether the connection may go on after this failure.
  package var keepsConnection: Bool {
    self == .notFound || self == .methodNotAllowed
  }
}
