// The audience port (§4), which everyone may reach: event streams, counts, and what pages and
// balancers ask for.

import MeterModel

/// The definition of the audience port.
enum AudiencePort: PortDefinition {
  static let title: StaticString = "audience"
  static let listener = Listener.Settings(
    option: "--port", hostOption: "--host", sendBuffer: 16_384, defersAccept: true)
  static let budget = BudgetGroup.audience
  static let isPublic = true

  /// The stream that a request opens; nil for any other request.
  static func streamRequest(
    _ head: RequestHead, in bytes: Span<UInt8>, _ settings: PortSettings
  ) -> StreamRequest? {
    let route = AudienceRoute(head, in: bytes, viewersEnabled: settings.viewersEnabled)
    guard case .stream(let namespace, let viewer) = route else { return nil }
    return StreamRequest(namespace: namespace, viewer: viewer)
  }

  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    let (exchange, encoder) = (context.exchange, context.encoder)
    let access = PageAccess(context.head, in: bytes)
    let route = AudienceRoute(
      context.head, in: bytes, viewersEnabled: context.settings.viewersEnabled)
    switch route {
    case .stream: fatalError("a stream is opened when its request's head has ended")
    case .prefetchedStream:
      // The page asks again when it is shown (§4).
      encoder.appendEmptyStream(
        retryMilliseconds: ResponseEncoder.retryDelay, StreamFraming(context.head), access,
        into: &context.response)
      return .respond(exchange.closing)
    case .streamHead:
      encoder.appendStreamHead(StreamFraming(context.head), access, into: &context.response)
      return .respond(exchange.closing)
    case .count(let namespace, let viewer):
      return .ask(
        .members(
          context.copy(bytes.extracting(namespace.bounds)),
          excluding: context.copy(bytes.extracting(viewer.bounds)),
          asJSON: context.head.acceptsJSON))
    case .root: encoder.appendRoot(for: exchange, into: &context.response)
    case .crossDomainPolicy:
      encoder.appendCrossDomainPolicy(for: exchange, into: &context.response)
    case .options:
      encoder.appendOptions(
        requestedHeaders: bytes.extracting(context.head.requestedHeaders.bounds), access,
        for: exchange, into: &context.response)
    case .notFound: return .fail(.notFound)
    case .methodNotAllowed: return .fail(.methodNotAllowed)
    case .failure(let failure): return .fail(failure)
    }
    return .respond(exchange)
  }
}
