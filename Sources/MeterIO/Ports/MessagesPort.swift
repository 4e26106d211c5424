// The message port (§5): a text for everyone in a namespace.

import MeterModel

extension Reactor {
  mutating func answerMessages(
    _ side: UInt32, _ head: RequestHead, _ request: Span<UInt8>
  ) {
    switch MessageRoute(head, in: request) {
    case .text(let namespace, let service, let text):
      send(
        request.extracting(text.bounds), from: request.extracting(service.bounds),
        to: request.extracting(namespace.bounds), side)
    case .body(let namespace, let service):
      let content = dialogues[side].content
      send(
        content.span, from: request.extracting(service.bounds),
        to: request.extracting(namespace.bounds), side)
    case .nothing:
      let exchange = Exchange(head)
      encoder.append(told: 0, for: exchange, into: &dialogues[side].output)
      respond(side, exchange)
    case .contentTooLarge:
      fail(side, .contentTooLarge)
    }
  }

  private mutating func send(
    _ text: Span<UInt8>, from service: Span<UInt8>, to namespace: Span<UInt8>, _ side: UInt32
  ) {
    let name = outgoing.bytes.appendText(namespace)
    let start = outgoing.bytes.count
    _ = outgoing.bytes.appendText(service)
    outgoing.bytes.append(UInt8(ascii: "="))
    _ = outgoing.bytes.appendText(text)
    ask(side, .message(namespace: name, text: ByteRange(start..<outgoing.bytes.count)))
  }
}
