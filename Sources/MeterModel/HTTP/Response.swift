// Responses that are not streams, appended to the bytes that wait to be sent on a connection, and
// the common parts of all responses: the date, persistence, and the omission of a body.

/// The properties of a request on which its response depends.
package struct Exchange: Equatable, Sendable {
  /// The state of the connection after the response, and the field that announces it.
  package enum Persistence: Equatable, Sendable {
    /// HTTP/1.1 goes on without a field.
    case keptAlive

    /// HTTP/1.0 goes on at the client's request, with `Connection: keep-alive`.
    case keptAliveByField

    /// The connection ends with this response, with `Connection: close`.
    case closed
  }

  /// The state of the connection after the response.
  package let persistence: Persistence

  /// Whether the request was a `HEAD`, whose response is the head of the response to `GET`.
  package let omitsBody: Bool

  /// The exchange of a request with this head.
  package init(_ head: RequestHead) {
    persistence =
      !head.keepsAlive ? .closed : head.minorVersion == 0 ? .keptAliveByField : .keptAlive
    omitsBody = head.method == .head
  }

  private init(persistence: Persistence, omitsBody: Bool) {
    self.persistence = persistence
    self.omitsBody = omitsBody
  }

  /// The last exchange of a connection: a stream, or a request that failed before its head was
  /// parsed.
  package static let last = Exchange(persistence: .closed, omitsBody: false)

  /// The same exchange, after which the connection ends.
  package var closing: Exchange {
    Exchange(persistence: .closed, omitsBody: omitsBody)
  }
}

/// Writes responses with the date of a second, and with the ids of one run of the daemon.
package struct ResponseEncoder: Sendable {
  private var date: HTTPDate

  /// The heads of streams that every page may read, made once a second and not for each stream.
  private(set) var plainHead: ContiguousArray<UInt8> = []
  private(set) var chunkedHead: ContiguousArray<UInt8> = []

  /// The start of each stream's first event.
  let eventStart: ContiguousArray<UInt8>

  /// Makes the ids of streams.
  let signer: StreamSigner

  /// The methods of the audience port, as a list.
  let allowedMethods: String

  /// An encoder for responses of a second, until `setDate`. `DELETE` is a method of the audience
  /// port where viewer ids are shared.
  package init(date: HTTPDate, signer: StreamSigner, viewerIDs: ViewerIDMode) {
    self.date = date
    self.signer = signer
    eventStart = Self.eventStart(signer)
    allowedMethods =
      viewerIDs == .shared ? "GET, HEAD, POST, DELETE, OPTIONS" : "GET, HEAD, POST, OPTIONS"
    plainHead.reserveCapacity(512)
    chunkedHead.reserveCapacity(512)
    setDate(date)
  }

  /// Sets the date of the responses that follow.
  package mutating func setDate(_ date: HTTPDate) {
    self.date = date
    var (plain, chunked): (ContiguousArray<UInt8>, ContiguousArray<UInt8>) = ([], [])
    swap(&plain, &plainHead)
    swap(&chunked, &chunkedHead)
    plain.removeAll(keepingCapacity: true)
    chunked.removeAll(keepingCapacity: true)
    appendStreamHead(.plain, .everyOrigin, into: &plain)
    appendStreamHead(.chunked, .everyOrigin, into: &chunked)
    plainHead = plain
    chunkedHead = chunked
  }

  /// Appends the response to a message: the number of streams that it is for.
  package func append(
    connections: UInt64, for exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    append(status: "200 OK", into: &output)
    let length = ContiguousArray.decimalDigits(of: connections) + 16
    appendEntityFields(.json, length: length, for: exchange, into: &output)
    if exchange.omitsBody { return }
    output.append(contentsOf: "{\"connections\":".utf8)
    output.append(decimal: connections)
    output.append(UInt8(ascii: "}"))
  }

  /// Appends a 200 with a body, or its head only, as the exchange says. `variesByAccept`: the type
  /// depends on the request's `Accept`.
  package func append(
    _ type: ContentType, body: Span<UInt8>, _ access: PageAccess = .sameOrigin,
    variesByAccept: Bool = false, for exchange: Exchange,
    into output: inout ContiguousArray<UInt8>
  ) {
    append(status: "200 OK", into: &output)
    append(access, into: &output)
    if variesByAccept { output.append(contentsOf: "Vary: Accept\r\n".utf8) }
    appendEntityFields(type, length: body.count, for: exchange, into: &output)
    if !exchange.omitsBody { output.append(body) }
  }

  /// Appends the head of a 200 whose body ends with the connection.
  package func appendHead(
    ofEndless type: ContentType, into output: inout ContiguousArray<UInt8>
  ) {
    append(status: "200 OK", into: &output)
    output.append(contentsOf: "Content-Type: ".utf8)
    output.append(contentsOf: type.rawValue.utf8)
    output.append(contentsOf: "\r\nCache-Control: no-cache\r\n".utf8)
    appendLastFields(for: .last, into: &output)
  }

  /// Appends the empty 200 for `/`.
  package func appendRoot(for exchange: Exchange, into output: inout ContiguousArray<UInt8>) {
    append(status: "200 OK", into: &output)
    appendEntityFields(.text, length: 0, for: exchange, into: &output)
  }

  /// Appends the policy that lets Flash clients of any site read the streams, as the original does.
  package func appendCrossDomainPolicy(
    for exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    append(status: "200 OK", into: &output)
    appendEntityFields(.xml, length: crossDomainPolicy.utf8.count, for: exchange, into: &output)
    if !exchange.omitsBody { output.append(contentsOf: crossDomainPolicy.utf8) }
  }

  /// Appends the response to `OPTIONS`: pages may send the requests of the audience port, with the
  /// headers that the browser asks for (`requestedHeaders`, which may be empty).
  package func appendOptions(
    requestedHeaders: Span<UInt8>, _ access: PageAccess, for exchange: Exchange,
    into output: inout ContiguousArray<UInt8>
  ) {
    append(status: "204 No Content", into: &output)
    append(access, into: &output)
    output.append(
      contentsOf: """
        Allow: \(allowedMethods)\r
        Access-Control-Allow-Methods: \(allowedMethods)\r
        Access-Control-Max-Age: 86400\r
        Access-Control-Allow-Headers: \

        """.utf8)
    if isListOfNames(requestedHeaders) {
      output.append(requestedHeaders)
    } else {
      output.append(contentsOf: defaultRequestHeaders.utf8)
    }
    output.append(contentsOf: "\r\n".utf8)
    appendLastFields(for: exchange, into: &output)
  }

  /// Appends a file that clients may keep for a while, or `304` where the request's `If-None-Match`
  /// names the file's tag (RFC 9110 §15.4.5).
  package func append(
    _ type: ContentType, file: Span<UInt8>, _ tag: EntityTag, ifNoneMatch: Span<UInt8>,
    _ access: PageAccess, for exchange: Exchange, into output: inout ContiguousArray<UInt8>
  ) {
    let isKnown = tag.isNamed(by: ifNoneMatch)
    append(status: isKnown ? "304 Not Modified" : "200 OK", into: &output)
    append(access, into: &output)
    // A cache must not use this response for a request whose response names its origin.
    if access == .everyOrigin { output.append(contentsOf: "Vary: Origin\r\n".utf8) }
    output.append(contentsOf: "ETag: ".utf8)
    output.append(contentsOf: tag.text.utf8)
    output.append(contentsOf: "\r\nCache-Control: max-age=".utf8)
    output.append(decimal: Self.maximumAge)
    output.append(contentsOf: "\r\n".utf8)
    if !isKnown {
      output.append(contentsOf: "Content-Type: ".utf8)
      output.append(contentsOf: type.rawValue.utf8)
      output.append(contentsOf: "\r\nContent-Length: ".utf8)
      output.append(decimal: UInt64(file.count))
      output.append(contentsOf: "\r\n".utf8)
    }
    appendLastFields(for: exchange, into: &output)
    if !isKnown, !exchange.omitsBody { output.append(file) }
  }

  /// The time for which a client may use a file without asking again, in seconds. A new release
  /// reaches all pages within it.
  package static var maximumAge: UInt64 { 600 }

  /// Appends `100 Continue`, for a client that waits for it.
  package static func appendContinue(into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
  }
}

/// The content types of responses.
package enum ContentType: String, Sendable {
  case text = "text/plain; charset=utf-8"
  case json = "application/json"
  case html = "text/html; charset=utf-8"
  case script = "text/javascript; charset=utf-8"
  case style = "text/css; charset=utf-8"
  case drawing = "image/svg+xml"
  case xml = "application/xml"
}

// MARK: - Common parts

extension ResponseEncoder {
  /// Appends a status line.
  func append(status: String, into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "HTTP/1.1 ".utf8)
    output.append(contentsOf: status.utf8)
    output.append(contentsOf: "\r\n".utf8)
  }

  /// Appends the fields for a body that is not cached, and the end of the head.
  func appendEntityFields(
    _ type: ContentType, length: Int, for exchange: Exchange,
    into output: inout ContiguousArray<UInt8>
  ) {
    output.append(contentsOf: "Content-Type: ".utf8)
    output.append(contentsOf: type.rawValue.utf8)
    if type == .html { output.append(contentsOf: contentSecurityPolicy.utf8) }
    output.append(contentsOf: "\r\nCache-Control: no-cache\r\nContent-Length: ".utf8)
    output.append(decimal: UInt64(length))
    output.append(contentsOf: "\r\n".utf8)
    appendLastFields(for: exchange, into: &output)
  }

  /// Appends `Connection`, unless HTTP/1.1 goes on, `Date`, and the empty line.
  func appendLastFields(for exchange: Exchange, into output: inout ContiguousArray<UInt8>) {
    switch exchange.persistence {
    case .keptAlive: break
    case .keptAliveByField: output.append(contentsOf: "Connection: keep-alive\r\n".utf8)
    case .closed: output.append(contentsOf: "Connection: close\r\n".utf8)
    }
    output.append(contentsOf: "Date: ".utf8)
    output.append(contentsOf: date.bytes)
    output.append(contentsOf: "\r\n\r\n".utf8)
  }
}

/// Pages may load scripts, styles and images from this daemon only, and streams from any host and
/// port.
private let contentSecurityPolicy =
  "\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
  + "img-src 'self'; connect-src *; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

/// The headers that a page may send if its preflight has no valid list of headers.
private let defaultRequestHeaders =
  "Accept, Cache-Control, Content-Type, Last-Event-ID, X-Requested-With"

/// The policy of the original, byte for byte.
private let crossDomainPolicy = """
  <?xml version="1.0"?>\
  <!DOCTYPE cross-domain-policy \
  SYSTEM "http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd">\
  <cross-domain-policy>\
  <site-control permitted-cross-domain-policies="master-only"/>\
  <allow-access-from domain="*" secure="false"/>\
  <allow-http-request-headers-from domain="*" headers="Accept"/>\
  </cross-domain-policy>
  """

/// Whether the bytes are a list of field names, of at most 1,024 bytes.
private func isListOfNames(_ bytes: Span<UInt8>) -> Bool {
  guard !bytes.isEmpty, bytes.count <= 1024 else { return false }
  for index in bytes.indices {
    let byte = bytes[index]
    guard byte.isTokenCharacter || byte == ASCII.comma || byte.isBlank else { return false }
  }
  return true
}
