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
      answerDelivered(side, 0)
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
    let message = outgoing.bytes.range(since: start)
    // With each line of a text a field begins, so thousands of lines make a frame too long to keep.
    var framed: ContiguousArray<UInt8> = []
    ServerSentEvents.append(
      message: outgoing.bytes.span.extracting(message.bounds), into: &framed)
    guard framed.count <= Backlog.mostBytes else {
      outgoing.bytes.removeLast(outgoing.bytes.count - Int(name.start))
      fail(side, .contentTooLarge)
      return
    }
    let handle = table.handle(dialogues[side].slot)
    leaveToSequencer(side, .message(handle, namespace: name, text: message))
  }

  /// The sequencer said how many connections were told.
  mutating func answerDelivered(_ side: UInt32, _ connections: UInt32) {
    guard let head = dialogues[side].head else { return }
    let exchange = Exchange(head)
    encoder.append(told: UInt64(connections), for: exchange, into: &dialogues[side].output)
    respond(side, exchange)
  }
}
