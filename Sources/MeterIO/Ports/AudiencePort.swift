// The audience port, for all that is no stream (§4 of the specification).

import MeterModel

extension Reactor {
  mutating func answerAudience(
    _ side: UInt32, _ head: RequestHead, _ request: Span<UInt8>
  ) {
    let exchange = Exchange(head)
    let route = PublicRoute(head, in: request, viewersEnabled: context.viewersEnabled)
    switch route {
    case .stream: fatalError("a stream is opened when its head is whole")
    case .streamHead:
      encoder.appendStreamHead(into: &dialogues[side].output)
      respond(side, exchange.closing)
      return
    case .count(let namespace, let viewer):
      ask(
        side,
        .members(
          outgoing.bytes.appendText(request.extracting(namespace.bounds)),
          excluding: outgoing.bytes.appendText(request.extracting(viewer.bounds)),
          asJSON: head.acceptsJSON))
      return
    case .root: encoder.appendRoot(for: exchange, into: &dialogues[side].output)
    case .crossDomainPolicy:
      encoder.appendCrossDomainPolicy(for: exchange, into: &dialogues[side].output)
    case .options:
      encoder.appendOptions(
        requestedHeaders: request.extracting(head.requestedHeaders.bounds), for: exchange,
        into: &dialogues[side].output)
    case .notFound:
      fail(side, .notFound)
      return
    case .methodNotAllowed:
      fail(side, .methodNotAllowed)
      return
    case .failure(let failure):
      fail(side, failure)
      return
    }
    respond(side, exchange)
  }
}
