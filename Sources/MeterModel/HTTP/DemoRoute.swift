// The routes of the demo port (§5).

/// The action of the demo port for a well-formed request (§5).
package enum DemoRoute: Equatable, Sendable {
  /// The page that links to a namespace's page.
  case welcome

  /// A client file by its name, which has no slash.
  case clientFile(ByteRange)

  /// The page that joins a namespace. A second segment of the path is the viewer id, which the
  /// page's script reads.
  case page(namespace: ByteRange)

  case notFound
  case methodNotAllowed

  /// The route of a request whose head was parsed from `bytes`.
  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    guard head.method == .get || head.method == .head else {
      self = .methodNotAllowed
      return
    }
    let path = head.path.bounds
    if path.count <= 1 {
      self = .welcome
      return
    }
    self = .notFound
    var segments = PathSegments(path)
    guard let first = segments.next(in: bytes), !first.isEmpty else { return }
    if let second = segments.next(in: bytes) {
      guard !second.isEmpty, segments.isAtEnd else { return }
      if bytes.equals("client", in: first) {
        self = .clientFile(ByteRange(second))
        return
      }
      guard second.count <= AudienceRoute.maximumViewer else { return }
    }
    guard first.count <= AudienceRoute.maximumNamespace else { return }
    self = .page(namespace: ByteRange(first))
  }
}
