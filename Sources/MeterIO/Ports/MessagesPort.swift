// The message port (§5): a text for all streams of a namespace.

import MeterModel

/// The definition of the message port.
enum MessagesPort: PortDefinition {
  static let title: StaticString = "messages"
  static let listener = Listener.Settings(
    option: "--notification-port", hostOption: "--notification-host", sendBuffer: 16_384,
    defersAccept: false)
  static let budget = BudgetGroup.operation
  static let requestLimits = RequestLimits.messages
  static let body = BodyPolicy.kept(maximum: MessageRoute.maximumText)

  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    switch MessageRoute(context.head, in: bytes) {
    case .text(let namespace, let service, let text):
      return ask(
        bytes.extracting(namespace.bounds), bytes.extracting(service.bounds),
        bytes.extracting(text.bounds), &context)
    case .body(let namespace, let service):
      let body = context.body
      return ask(
        bytes.extracting(namespace.bounds), bytes.extracting(service.bounds), body.span, &context)
    case .nothing:
      let exchange = context.exchange
      context.encoder.append(connections: 0, for: exchange, into: &context.response)
      return .respond(exchange)
    case .contentTooLarge: return .fail(.contentTooLarge)
    }
  }

  /// The question that sends `service=text`.
  private static func ask(
    _ namespace: Span<UInt8>, _ service: Span<UInt8>, _ text: Span<UInt8>,
    _ context: inout RequestContext
  ) -> RequestAction {
    let name = context.copy(namespace)
    let start = context.questionBytes.count
    context.questionBytes.append(service)
    context.questionBytes.append(UInt8(ascii: "="))
    context.questionBytes.append(text)
    return .ask(.message(namespace: name, text: context.questionBytes.range(since: start)))
  }
}
