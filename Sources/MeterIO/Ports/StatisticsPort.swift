// The statistics port (§5). A client that sends nothing within 100 ms gets the bare JSON, as from
// the original; a client that sends a request gets an HTTP response.

import MeterModel

/// The definition of the statistics port.
enum StatisticsPort: PortDefinition {
  static let title: StaticString = "statistics"

  /// The send buffer is large, because a segment that is alone in the buffer waits 40 ms until the
  /// segment before it is acknowledged (delayed acknowledgement).
  static let listener = Listener.Settings(
    option: "--stats-port", hostOption: "--stats-host", sendBuffer: 262_144, defersAccept: false)
  static let budget = BudgetGroup.operation
  static let isLocal = true
  static let silentQuestion: Question? = .statistics(after: 0)

  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    respond(to: StatisticsRoute(context.head, in: bytes), of: bytes, &context)
  }

  /// Performs the action of a route, which may be a request to the admin port. `bytes` begins with
  /// the head of the request.
  static func respond(
    to route: StatisticsRoute, of bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    let (exchange, encoder) = (context.exchange, context.encoder)
    switch route {
    case .statistics:
      encoder.appendHead(ofEndless: .json, into: &context.response)
      return exchange.omitsBody
        ? .respond(exchange.closing) : .askInPieces(.statistics(after: 0))
    case .namespace(let name):
      return .ask(.namespace(context.copy(bytes.extracting(name.bounds))))
    case .total: return .ask(.total(after: 0, sum: 0))
    case .health:
      encoder.append(
        .text, body: "ok".utf8.span, for: exchange, into: &context.response)
      return .respond(exchange)
    case .cluster: return .ask(.cluster)
    case .notFound: return .fail(.notFound)
    }
  }
}
