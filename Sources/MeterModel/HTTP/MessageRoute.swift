// The routes of the message port (§5).

/// The action of the message port for a well-formed request (§5). A request that sends nothing gets
/// the response of a message without receivers.
package enum MessageRoute: Equatable, Sendable {
  /// Sends the text in the target.
  case text(namespace: ByteRange, service: ByteRange, text: ByteRange)

  /// Sends the request's body.
  case body(namespace: ByteRange, service: ByteRange)

  /// Sends nothing.
  case nothing

  /// The text is too long (413).
  case contentTooLarge

  /// The maximum length of a text, in bytes.
  package static let maximumText = 16_384

  /// The route of a request whose head was parsed from `bytes`.
  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    self = .nothing
    let isPost = head.method == .post
    guard isPost || head.method == .get else { return }
    var segments = PathSegments(head.path.bounds)
    guard let namespace = segments.next(in: bytes), !namespace.isEmpty,
      namespace.count <= AudienceRoute.maximumNamespace,
      let service = segments.next(in: bytes), !service.isEmpty
    else { return }
    guard let text = segments.next(in: bytes) else {
      guard isPost else { return }
      if case .length(let length) = head.body, length > UInt64(Self.maximumText) {
        self = .contentTooLarge
      } else {
        self = .body(namespace: ByteRange(namespace), service: ByteRange(service))
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
}
