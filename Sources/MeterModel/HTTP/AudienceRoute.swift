// The routes of the audience port (§4). Names are compared and passed on as they are, without
// percent-decoding.

/// The action of the audience port for a well-formed request (§4).
package enum AudienceRoute: Equatable, Sendable {
  /// Opens an event stream. `viewer` is empty without a viewer id.
  case stream(namespace: ByteRange, viewer: ByteRange)

  /// Opens an observer's stream.
  case observer(namespace: ByteRange)

  /// Opens a stream that observes the namespaces of `WatchedNames`, of which there is at least one.
  case watch

  /// Responds to the request of a prefetched page with a stream that ends at once, and opens none.
  case prefetchedStream

  /// Responds to `HEAD` with the head of an event stream, and opens none.
  case streamHead

  /// Responds with the count, after the stream with the viewer id `viewer` was excluded. `viewer`
  /// is empty for `HEAD` and without a viewer id.
  case count(namespace: ByteRange, viewer: ByteRange)

  /// Responds with the counts of the namespaces of `WatchedNames`.
  case counts

  /// Keeps the viewer with a viewer id for a while, and responds with the count.
  case ping(namespace: ByteRange, viewer: ByteRange)

  /// Lets the viewer with a viewer id leave, and responds with the count.
  case leave(namespace: ByteRange, viewer: ByteRange)

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

  /// The route of a request whose head was parsed from `bytes`. Where viewer ids are off, the
  /// second segment of the path is ignored, whatever its length.
  package init(_ head: RequestHead, in bytes: Span<UInt8>, viewerIDs: ViewerIDMode) {
    switch head.method {
    case .get, .post, .head: self.init(path: head, in: bytes, viewerIDs)
    case .options: self = .options
    case .delete where viewerIDs == .shared: self = Self.departure(head, in: bytes)
    case .put, .delete, .connect, .trace, .patch, .other: self = .methodNotAllowed
    }
  }

  private init(path head: RequestHead, in bytes: Span<UInt8>, _ viewerIDs: ViewerIDMode) {
    if head.path.bounds.count <= 1 {
      self = Self.root(head, in: bytes)
      return
    }
    if bytes.equals("/crossdomain.xml", in: head.path.bounds) {
      self = .crossDomainPolicy
      return
    }
    let place: Place
    do throws(RequestFailure) {
      place = try Place(head, in: bytes, hasViewers: viewerIDs != .off)
    } catch {
      self = error == .notFound ? .notFound : .failure(error)
      return
    }
    let (namespace, viewer) = (place.namespace, place.viewer)
    let isObserver = head.hasQueryField("watch", in: bytes)
    if head.acceptsEventStream {
      if head.method == .head {
        self = .streamHead
      } else if head.isPrefetch {
        self = .prefetchedStream
      } else if isObserver {
        self = .observer(namespace: namespace)
      } else {
        self = .stream(namespace: namespace, viewer: viewer)
      }
    } else if head.method == .head || isObserver || viewer.isEmpty {
      self = .count(namespace: namespace, viewer: .none)
    } else if viewerIDs == .shared {
      self = Self.shared(head, in: bytes, place)
    } else {
      self = .count(namespace: namespace, viewer: viewer)
    }
  }

  /// The route of `/`.
  private static func root(_ head: RequestHead, in bytes: Span<UInt8>) -> AudienceRoute {
    guard head.hasQueryField("watch", in: bytes) else { return .root }
    do throws(RequestFailure) {
      _ = try WatchedNames(head, in: bytes)
    } catch {
      return .failure(error)
    }
    guard head.acceptsEventStream else { return .counts }
    return head.method == .head ? .streamHead : head.isPrefetch ? .prefetchedStream : .watch
  }

  /// The route of a request for no stream with a shared viewer id. A GET changes nothing.
  private static func shared(
    _ head: RequestHead, in bytes: Span<UInt8>, _ place: Place
  ) -> AudienceRoute {
    guard head.method == .post else { return .count(namespace: place.namespace, viewer: .none) }
    return head.hasQueryField("leave", in: bytes)
      ? .leave(namespace: place.namespace, viewer: place.viewer)
      : .ping(namespace: place.namespace, viewer: place.viewer)
  }

  /// The route of `DELETE` where viewer ids are shared.
  private static func departure(_ head: RequestHead, in bytes: Span<UInt8>) -> AudienceRoute {
    do throws(RequestFailure) {
      let place = try Place(head, in: bytes, hasViewers: true)
      guard !place.viewer.isEmpty else { return .methodNotAllowed }
      return .leave(namespace: place.namespace, viewer: place.viewer)
    } catch {
      return error == .notFound ? .methodNotAllowed : .failure(error)
    }
  }
}

/// The namespace and the viewer id in a path; the latter is empty for none.
private struct Place {
  let namespace: ByteRange
  let viewer: ByteRange

  /// The names in the path of a request. Fails for a path that has none, and for names that are too
  /// long.
  init(
    _ head: RequestHead, in bytes: Span<UInt8>, hasViewers: Bool
  ) throws(RequestFailure) {
    var segments = PathSegments(head.path.bounds)
    guard let namespace = segments.next(in: bytes), !namespace.isEmpty else { throw .notFound }
    var viewer = ByteRange.none
    if let second = segments.next(in: bytes) {
      guard !second.isEmpty, segments.isAtEnd else { throw .notFound }
      if hasViewers { viewer = ByteRange(second) }
    }
    guard namespace.count <= AudienceRoute.maximumNamespace,
      viewer.bounds.count <= AudienceRoute.maximumViewer
    else { throw .targetTooLong }
    self.namespace = ByteRange(namespace)
    self.viewer = viewer
  }
}
