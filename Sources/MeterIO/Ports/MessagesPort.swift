// The message port (§5): a text for all streams of a namespace, and external counts.

import MeterModel

/// The definition of the message port.
enum MessagesPort: PortDefinition {
  static let title: StaticString = "messages"
  static let listener = Listener.Settings(
    option: "--notification-port", hostOption: "--notification-host", sendBuffer: 16_384,
    defersAccept: false)
  static let budget = BudgetGroup.operation
  static let isLocal = true
  static let requestLimits = RequestLimits.messages
  static let body = BodyPolicy.kept(maximum: MessageRoute.maximumText)

  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    let exchange = context.exchange
    switch MessageRoute(context.head, in: bytes) {
    case .text(let namespace, let service, let text):
      return ask(
        bytes.extracting(namespace.bounds), bytes.extracting(service.bounds),
        bytes.extracting(text.bounds), &context)
    case .body(let namespace, let service):
      let body = context.body
      return ask(
        bytes.extracting(namespace.bounds), bytes.extracting(service.bounds), body.span, &context)
    case .retain(let namespace, let service):
      let body = context.body
      return .ask(
        .retain(
          namespace: context.copy(bytes.extracting(namespace.bounds)),
          service: context.copy(bytes.extracting(service.bounds)), text: context.copy(body.span)))
    case .count(let namespace, let source):
      guard let members = MessageRoute.count(in: context.body.span) else {
        return .fail(.badRequest, because: .noCount(maximum: MessageRoute.maximumCount))
      }
      return .ask(
        .external(
          source: context.copy(bytes.extracting(source.bounds)),
          namespace: context.copy(bytes.extracting(namespace.bounds)), members: members))
    case .countEnd(let namespace, let source):
      return .ask(
        .external(
          source: context.copy(bytes.extracting(source.bounds)),
          namespace: context.copy(bytes.extracting(namespace.bounds)), members: 0))
    case .noSource: return .fail(.badRequest, because: .noSource)
    case .notFound:
      context.encoder.appendNoMessage(
        allowedMethods: nil, for: exchange, into: &context.response)
      return .respond(exchange)
    case .methodNotAllowed(let allowed):
      context.encoder.appendNoMessage(
        allowedMethods: allowed, for: exchange, into: &context.response)
      return .respond(exchange)
    case .forbidden: return .fail(.forbidden, because: .foreignOrigin)
    case .contentTooLarge:
      return .fail(.contentTooLarge, because: .textInPath(maximum: MessageRoute.maximumText))
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
