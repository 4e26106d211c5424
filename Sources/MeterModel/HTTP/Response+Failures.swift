// The answers that say no: short texts, and an end of the connection where the request could not be
// understood or the server cannot serve.

extension ResponseEncoder {
  /// Appends the answer to a request that is not served. 404 and 405 keep the connection; all
  /// others end it, whatever `exchange` says. A page that may not read the answer cannot tell it
  /// from a cut network, and would ask again for ever: so the public port's is for `anyPage`.
  package func append(
    _ failure: RequestFailure, anyPage: Bool, for exchange: Exchange,
    into output: inout ContiguousArray<UInt8>
  ) {
    let status = failure.statusLine
    append(status: status, into: &output)
    if anyPage { appendAnyOrigin(into: &output) }
    if failure == .methodNotAllowed {
      output.append(contentsOf: "Allow: GET, HEAD, POST, OPTIONS\r\n".utf8)
    }
    let answered = failure.keepsConnection ? exchange : exchange.closing
    appendText(of: status, for: answered, into: &output)
  }

  /// Appends the 405 of a port that only shows things.
  package func appendMethodNotAllowed(
    allowingOnlyGet exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    let status = RequestFailure.methodNotAllowed.statusLine
    append(status: status, into: &output)
    output.append(contentsOf: "Allow: GET, HEAD\r\n".utf8)
    appendText(of: status, for: exchange, into: &output)
  }

  /// Appends the answer of a full server to a client that asked for no stream; the connection ends.
  /// Any page may read it, as the answers that it stands for.
  package func appendUnavailable(
    retryAfterSeconds: UInt64, for exchange: Exchange,
    into output: inout ContiguousArray<UInt8>
  ) {
    let status = RequestFailure.unavailable.statusLine
    append(status: status, into: &output)
    appendAnyOrigin(into: &output)
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

  /// Whether the connection may go on after this answer.
  package var keepsConnection: Bool {
    self == .notFound || self == .methodNotAllowed
  }
}
