// The routes of the audience port (§4). Names are compared and passed on as they are, without
// percent-decoding.

/// The action of the audience port for a well-formed request (§4).
package enum AudienceRoute: Equatable, Sendable {
  /// Opens an event stream. `viewer` is empty without a viewer id.
  case stream(namespace: ByteRange, viewer: ByteRange)

  /// Responds to the request of a prefetched page with a stream that ends at once, and opens none.
  case prefetchedStream

  /// Responds to `HEAD` with the head of an event stream, and opens none.
  case streamHead

  /// Responds with the count, after the stream with the viewer id `viewer` was excluded. `viewer`
  /// is empty for `HEAD` and without a viewer id.
  case count(namespace: ByteRange, viewer: ByteRange)

  /// The empty response for load balancers' probes.
  case root

  /// The policy for Flash clients.
  case crossDomainPolicy

  /// `OPTIONS` for any target: mostly a preflight of CORS.
  case options

  case notFound
  case methodNotAllowed

  /// Another failure, after which the connection ends.
  case failure(RequestFailure)

  /// The maximum length of a namespace's name, in bytes.
  package static let maximumNamespace = 255

  /// The maximum length of a viewer id, in bytes.
  package static let maximumViewer = 128

  /// The route of a request whose head was parsed from `bytes`. Without `viewersEnabled` the second
  /// segment of the path is ignored, whatever its length.
  package init(_ head: RequestHead, in bytes: Span<UInt8>, viewersEnabled: Bool) {
    switch head.method {
    case .get, .post, .head: self.init(path: head, in: bytes, viewersEnabled: viewersEnabled)
    case .options: self = .options
    case .put, .delete, .connect, .trace, .patch, .other: self = .methodNotAllowed
    }
  }

  private init(path head: RequestHead, in bytes: Span<UInt8>, viewersEnabled: Bool) {
    let path = head.path.bounds
    if path.count <= 1 {
      self = .root
      return
    }
    if bytes.equals("/crossdomain.xml", in: path) {
      self = .crossDomainPolicy
      return
    }
    var segments = PathSegments(path)
    guard let namespace = segments.next(in: bytes), !namespace.isEmpty else {
      self = .notFound
      return
    }
    var viewer: Range<Int>?
    if let second = segments.next(in: bytes) {
      guard !second.isEmpty, segments.isAtEnd else {
        self = .notFound
        return
      }
      if viewersEnabled { viewer = second }
    }
    guard namespace.count <= Self.maximumNamespace, (viewer?.count ?? 0) <= Self.maximumViewer
    else {
      self = .failure(.targetTooLong)
      return
    }
    if head.method == .head {
      self =
        head.acceptsEventStream
        ? .streamHead : .count(namespace: ByteRange(namespace), viewer: .none)
      return
    }
    let viewerRange = viewer.map { ByteRange($0) } ?? .none
    if !head.acceptsEventStream {
      self = .count(namespace: ByteRange(namespace), viewer: viewerRange)
    } else if head.isPrefetch {
      self = .prefetchedStream
    } else {
      self = .stream(namespace: ByteRange(namespace), viewer: viewerRange)
    }
  }
}
