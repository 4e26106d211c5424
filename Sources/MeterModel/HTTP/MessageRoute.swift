// The routes of the message port (§5).

/// The action of the message port for a well-formed request (§5).
package enum MessageRoute: Equatable, Sendable {
  /// Sends the text in the target.
  case text(namespace: ByteRange, service: ByteRange, text: ByteRange)

  /// Sends the request's body.
  case body(namespace: ByteRange, service: ByteRange)

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
    guard head.method == .get || head.method == .post else {
      self = .methodNotAllowed(allowed: "GET, POST")
      return
    }
    self = .notFound
    var segments = PathSegments(head.path.bounds)
    guard let namespace = segments.next(in: bytes), !namespace.isEmpty,
      namespace.count <= AudienceRoute.maximumNamespace,
      let service = segments.next(in: bytes), !service.isEmpty
    else { return }
    guard let text = segments.next(in: bytes) else {
      self =
        head.method == .post
        ? .body(namespace: ByteRange(namespace), service: ByteRange(service))
        : .methodNotAllowed(allowed: "POST")
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
}
