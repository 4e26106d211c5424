// The routes of the statistics port (§5).

/// The action of the statistics port for a well-formed request (§5).
package enum StatisticsRoute: Equatable, Sendable {
  /// The statistics of all namespaces.
  case statistics

  /// The statistics of one namespace.
  case namespace(ByteRange)

  /// The members of all namespaces together.
  case total

  /// The response for health checks.
  case health

  /// The other nodes.
  case cluster
  case notFound

  /// The route of a request whose head was parsed from `bytes`.
  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    let path = head.path.bounds
    guard head.method == .get || head.method == .head else {
      self = .notFound
      return
    }
    if bytes.equals("/stats", in: path) {
      self = .statistics
    } else if bytes.equals("/total", in: path) {
      self = .total
    } else if let namespace = Self.namespace(path, in: bytes) {
      self = .namespace(namespace)
    } else if bytes.equals("/healthz", in: path) {
      self = .health
    } else if bytes.equals("/cluster", in: path) {
      self = .cluster
    } else {
      self = .notFound
    }
  }

  /// The namespace of `/stats/<namespace>`; nil for another path.
  private static func namespace(_ path: Range<Int>, in bytes: Span<UInt8>) -> ByteRange? {
    var segments = PathSegments(path)
    guard let first = segments.next(in: bytes), bytes.equals("stats", in: first),
      let name = segments.next(in: bytes), segments.isAtEnd,
      (1...AudienceRoute.maximumNamespace).contains(name.count)
    else { return nil }
    return ByteRange(name)
  }
}
