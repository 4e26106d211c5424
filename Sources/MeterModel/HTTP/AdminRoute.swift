// The routes of the admin port (§5).

/// The action of the admin port for a well-formed request (§5).
package enum AdminRoute: Equatable, Sendable {
  /// The list of the port's paths.
  case index

  /// The action of the statistics port for the same path.
  case shared(StatisticsRoute)

  case methodNotAllowed

  /// The route of a request whose head was parsed from `bytes`.
  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    guard head.method == .get || head.method == .head else {
      self = .methodNotAllowed
      return
    }
    self = head.path.count <= 1 ? .index : .shared(StatisticsRoute(head, in: bytes))
  }

  /// The body of the response to `GET /`.
  package static let listOfPaths = """
    The admin port of audience-meter answers these requests:

    GET /stats               the statistics of every namespace, as JSON
    GET /stats/<namespace>   those of one namespace; 404 if it is unknown
    GET /total               the members of all namespaces together
    GET /cluster             the other nodes and the carriers, as JSON; 404 without a cluster
    GET /healthz             "ok" while the program runs

    """
}
