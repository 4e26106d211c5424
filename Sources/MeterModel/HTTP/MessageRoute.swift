// The routes of the message port (§5).

/// The action of the message port for a well-formed request (§5).
package enum MessageRoute: Equatable, Sendable {
  /// Sends the text in the target.
  case text(namespace: ByteRange, service: ByteRange, text: ByteRange)

  /// Sends the request's body.
  case body(namespace: ByteRange, service: ByteRange)

  /// Sends the request's body, and keeps it for newcomers.
  case retain(namespace: ByteRange, service: ByteRange)

  /// Takes the number in the request's body as the count of a source (§2 rule 11).
  case count(namespace: ByteRange, source: ByteRange)

  /// Ends the count of a source.
  case countEnd(namespace: ByteRange, source: ByteRange)

  /// The query names no source, or none of 1 to 255 bytes (400).
  case noSource

  /// The port has no such path (404).
  case notFound

  /// The path has these methods only (405).
  case methodNotAllowed(allowed: String)

  /// A page of another origin caused the request (403). For a GET, which pages send with images and
  /// links, a browser tells no `Origin`.
  case forbidden

  /// The text in the target is too long (413).
  case contentTooLarge

  /// The maximum length of a text, in bytes.
  package static let maximumText = 16_384

  /// The route of a request whose head was parsed from `bytes`. The length of a body is not its
  /// concern.
  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    guard !head.isOfOtherPage else {
      self = .forbidden
      return
    }
    let isMessage = head.method == .get || head.method == .post
    self = isMessage ? .notFound : .methodNotAllowed(allowed: "GET, POST")
    var segments = PathSegments(head.path.bounds)
    guard let namespace = segments.next(in: bytes), !namespace.isEmpty,
      namespace.count <= AudienceRoute.maximumNamespace
    else { return }
    if segments.isAtEnd, !isMessage {
      self = Self.count(of: ByteRange(namespace), head, in: bytes)
      return
    }
    guard isMessage, let service = segments.next(in: bytes), !service.isEmpty else { return }
    guard let text = segments.next(in: bytes) else {
      guard head.method == .post else {
        self = .methodNotAllowed(allowed: "POST")
        return
      }
      guard head.hasQueryField("retain", in: bytes) else {
        self = .body(namespace: ByteRange(namespace), service: ByteRange(service))
        return
      }
      if service.count <= Self.maximumService {
        self = .retain(namespace: ByteRange(namespace), service: ByteRange(service))
      }
      return
    }
    guard segments.isAtEnd else { return }
    guard text.count <= Self.maximumText else {
      self = .contentTooLarge
      return
    }
    self = .text(
      namespace: ByteRange(namespace), service: ByteRange(service), text: ByteRange(text))
  }

  /// The route of `PUT` and `DELETE` of a namespace.
  private static func count(
    of namespace: ByteRange, _ head: RequestHead, in bytes: Span<UInt8>
  ) -> MessageRoute {
    guard head.method == .put || head.method == .delete else {
      return .methodNotAllowed(allowed: "PUT, DELETE")
    }
    let source = head.queryField("source", in: bytes)
    guard (1...maximumSource).contains(source.bounds.count) else { return .noSource }
    return head.method == .put
      ? .count(namespace: namespace, source: source)
      : .countEnd(namespace: namespace, source: source)
  }

  /// The maximum length of the name of a service that keeps a text, in bytes.
  package static let maximumService = 255

  /// The maximum length of a source's name, in bytes.
  package static let maximumSource = 255

  /// The largest number of a `PUT`: 2⁵³ − 1.
  package static let maximumCount: UInt64 = (1 << 53) - 1

  /// The number in the body of a `PUT`, with blanks and line ends around it ignored; nil for what
  /// is no number up to `maximumCount`.
  package static func count(in body: Span<UInt8>) -> UInt64? {
    var range = body.indices
    while let first = range.first, body[first].isBlankOrLineEnd { range.removeFirst() }
    while let last = range.last, body[last].isBlankOrLineEnd { range.removeLast() }
    guard let number = UInt64(digits: body.extracting(range)), number <= maximumCount else {
      return nil
    }
    return number
  }
}

extension UInt8 {
  fileprivate var isBlankOrLineEnd: Bool {
    isBlank || self == ASCII.lineFeed || self == ASCII.carriageReturn
  }
}
