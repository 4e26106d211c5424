// What each port does with a well-formed request: the tables of §4 and §5 of the spec as pure
// functions. Names are compared and passed on verbatim; nothing is percent-decoded.

/// What the public port does with a request (§4).
package enum PublicRoute: Equatable, Sendable {
  /// Opens an event stream. `viewer` is none without a viewer id.
  case stream(namespace: ByteRange, viewer: ByteRange)

  /// Answers with the head of an event stream and opens nothing: `HEAD`.
  case streamHead

  /// Answers with the count. The holder of `viewer` is excluded if there is one; `HEAD` never has
  /// one.
  case count(namespace: ByteRange, viewer: ByteRange)

  /// The empty answer that load balancers probe for.
  case root

  case crossDomainPolicy

  /// `OPTIONS` of anything: a preflight, mostly.
  case options

  case notFound
  case methodNotAllowed

  /// Another failure, after which the connection closes.
  case failure(RequestFailure)

  /// The longest name of a namespace, in bytes.
  package static let longestNamespace = 255

  /// The longest viewer id, in bytes.
  package static let longestViewer = 128

  /// Routes a request whose head was parsed from `bytes`. Without `viewersEnabled` the second
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
    guard namespace.count <= Self.longestNamespace, (viewer?.count ?? 0) <= Self.longestViewer
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
    self =
      head.acceptsEventStream
      ? .stream(namespace: ByteRange(namespace), viewer: viewerRange)
      : .count(namespace: ByteRange(namespace), viewer: viewerRange)
  }
}

/// What the message port does with a request (§5). Whatever sends nothing is answered as a message
/// that reached nobody.
package enum MessageRoute: Equatable, Sendable {
  /// Sends the text that the target holds.
  case text(namespace: ByteRange, service: ByteRange, text: ByteRange)

  /// Sends the request's body as text.
  case body(namespace: ByteRange, service: ByteRange)

  /// Sends nothing.
  case nothing

  /// The text is too long (413).
  case contentTooLarge

  /// The longest text, in bytes.
  package static let longestText = 16_384

  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    self = .nothing
    let isPost = head.method == .post
    guard isPost || head.method == .get else { return }
    var segments = PathSegments(head.path.bounds)
    guard let namespace = segments.next(in: bytes), !namespace.isEmpty,
      namespace.count <= PublicRoute.longestNamespace,
      let service = segments.next(in: bytes), !service.isEmpty
    else { return }
    guard let text = segments.next(in: bytes) else {
      guard isPost else { return }
      if case .length(let length) = head.body, length > UInt64(Self.longestText) {
        self = .contentTooLarge
      } else {
        self = .body(namespace: ByteRange(namespace), service: ByteRange(service))
      }
      return
    }
    guard segments.isAtEnd else { return }
    guard text.count <= Self.longestText else {
      self = .contentTooLarge
      return
    }
    self = .text(
      namespace: ByteRange(namespace), service: ByteRange(service), text: ByteRange(text))
  }
}

/// What the statistics port does with a request (§5).
package enum StatisticsRoute: Equatable, Sendable {
  case statistics
  case health
  case cluster
  case notFound

  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    let path = head.path.bounds
    guard head.method == .get || head.method == .head else {
      self = .notFound
      return
    }
    if bytes.equals("/stats", in: path) {
      self = .statistics
    } else if bytes.equals("/healthz", in: path) {
      self = .health
    } else if bytes.equals("/cluster", in: path) {
      self = .cluster
    } else {
      self = .notFound
    }
  }
}

/// What the demo port does with a request (§5).
package enum DemoRoute: Equatable, Sendable {
  /// The page that links to an event.
  case welcome

  /// A client script by its name, which has no slash in it.
  case clientFile(ByteRange)

  /// The page that joins a namespace. A second segment of the path is the viewer id as which the
  /// page's script joins; it is the script's business.
  case page(namespace: ByteRange)

  case notFound
  case methodNotAllowed

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
      guard second.count <= PublicRoute.longestViewer else { return }
    }
    guard first.count <= PublicRoute.longestNamespace else { return }
    self = .page(namespace: ByteRange(first))
  }
}

/// Takes a path apart at its slashes: `/a//` has the segments `a`, nothing, nothing.
private struct PathSegments {
  private var position: Int
  private let end: Int

  /// The path is empty or starts with a slash.
  init(_ path: Range<Int>) {
    position = path.lowerBound
    end = path.upperBound
  }

  var isAtEnd: Bool { position == end }

  /// The next segment, perhaps empty; nil after the last.
  mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
    guard position < end else { return nil }
    let start = position + 1
    position = bytes.firstIndex(of: ASCII.slash, in: start..<end) ?? end
    return start..<position
  }
}
