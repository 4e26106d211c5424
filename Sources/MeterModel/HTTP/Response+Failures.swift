// Responses to requests that are not served: short texts. The connection ends where the request
// could not be parsed or the server has no room.

extension ResponseEncoder {
  /// Appends the response to a request that is not served. After 404 and 405 the connection goes on
  /// or ends according to `exchange`; after all others it ends. For a page that may not read it,
  /// the response is the same as a network failure, after which the page would try again for ever.
  package func append(
    _ failure: RequestFailure, _ access: PageAccess, for exchange: Exchange,
    into output: inout ContiguousArray<UInt8>
  ) {
    let status = failure.statusLine
    append(status: status, into: &output)
    append(access, into: &output)
    if failure == .methodNotAllowed {
      output.append(contentsOf: "Allow: GET, HEAD, POST, OPTIONS\r\n".utf8)
    }
    let answered = failure.keepsConnection ? exchange : exchange.closing
    appendText(of: status, for: answered, into: &output)
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
    of status: String, for exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    appendEntityFields(.text, length: status.utf8.count + 1, for: exchange, into: &output)
    if exchange.omitsBody { return }
    output.append(contentsOf: status.utf8)
    output.append(ASCII.lineFeed)
  }
}

extension RequestFailure {
  /// The status and its phrase (RFC 9110 §15).
  var statusLine: String {
    switch self {
    case .badRequest: "400 Bad Request"
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
