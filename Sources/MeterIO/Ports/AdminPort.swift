// The admin port (§5): HTTP for the operator's programs and browsers. Unlike the statistics port,
// it sends nothing before a request, so a client may be silent after it has connected.

import MeterModel

/// The definition of the admin port.
enum AdminPort: PortDefinition {
  static let title: StaticString = "admin"

  /// The send buffer is that of the statistics port, for the same JSON.
  static let listener = Listener.Settings(
    option: "--admin-port", hostOption: "--admin-host", sendBuffer: 262_144, defersAccept: false)
  static let budget = BudgetGroup.operation
  static let isLocal = true

  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    let (exchange, encoder) = (context.exchange, context.encoder)
    switch AdminRoute(context.head, in: bytes) {
    case .index:
      encoder.append(
        .text, body: AdminRoute.listOfPaths.utf8.span, for: exchange, into: &context.response)
    case .shared(let route): return StatisticsPort.respond(to: route, of: bytes, &context)
    case .methodNotAllowed:
      encoder.appendMethodNotAllowed(allowingOnlyGet: exchange, into: &context.response)
    }
    return .respond(exchange)
  }
}
