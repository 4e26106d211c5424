// The node's directives, performed.

import MeterModel

extension Reactor {
  mutating func performDirectives() {
    var batches: ContiguousArray<DirectiveBatch> = []
    swap(&batches, &spareBatches)
    mailbox.takeAllAtEdge(into: &batches)
    for batch in batches {
      for directive in batch.directives { perform(directive, batch.bytes.span) }
    }
    batches.empty()
    swap(&batches, &spareBatches)
  }

  private mutating func perform(_ directive: Directive, _ bytes: Span<UInt8>) {
    switch directive {
    case .greet(let handle, let ordinal, let namespace, let count):
      guard table.isCurrent(handle) else { return }
      greet(handle.slot, ordinal, namespace, count)
    case .notify(let namespace, let count):
      tell(namespace, count: count)
    case .message(let namespace, let frame):
      tell(namespace, message: bytes.extracting(frame.bounds))
    case .end(let handle, let reason):
      guard table.isCurrent(handle) else { return }
      end(handle.slot, reason)
    case .refuse(let handle, let reason):
      guard table.isCurrent(handle) else { return }
      refuse(handle.slot, reason)
    case .answer(let handle, let answer):
      guard table.isCurrent(handle), table[handle.slot].state == .conversing else { return }
      send(answer, bytes.extracting(answer.body.bounds), table[handle.slot].side)
      proceed(handle.slot)
    case .stop:
      isStopped = true
    }
  }

  /// Sends the node's answer to the question of a connection.
  private mutating func send(_ answer: Answer, _ body: Span<UInt8>, _ side: UInt32) {
    switch answer.status {
    case .notFound: fail(side, .notFound)
    case .contentTooLarge: fail(side, .contentTooLarge)
    case .unavailable:
      let exchange = dialogues[side].exchange.closing
      encoder.appendUnavailable(
        retryAfterSeconds: UInt64.random(in: 5...30), for: exchange,
        into: &dialogues[side].output)
      respond(side, exchange)
    case .ok where dialogues[side].isInPieces:
      // The next piece is asked for when this one is sent, so a slow reader costs one piece of memory.
      dialogues[side].output.append(body)
      dialogues[side].question = answer.rest
      if answer.rest == nil { dialogues[side].isLast = true }
      flush(side)
    case .ok:
      let isPublic = table[dialogues[side].slot].port == .audience
      encoder.append(
        answer.type, body: body, anyPage: isPublic, variesByAccept: isPublic,
        for: dialogues[side].exchange, into: &dialogues[side].output)
      respond(side, dialogues[side].exchange)
    }
  }
}
