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
      let report = Report.count(
        table.handle(dialogues[side].slot),
        namespace: outgoing.bytes.appendText(request.extracting(namespace.bounds)),
        excluding: outgoing.bytes.appendText(request.extracting(viewer.bounds)))
      leaveToSequencer(side, report)
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

  /// The sequencer said how many members there are; nil when the daemon is full.
  mutating func answerCount(_ side: UInt32, _ count: UInt64?) {
    guard let head = dialogues[side].head else { return }
    let exchange = Exchange(head)
    guard let count else {
      encoder.appendUnavailable(
        retryAfterSeconds: UInt64.random(in: 5...30), for: exchange,
        into: &dialogues[side].output)
      respond(side, exchange.closing)
      return
    }
    encoder.append(
      count: count, asJSON: head.acceptsJSON, for: exchange, into: &dialogues[side].output)
    respond(side, exchange)
  }
}
