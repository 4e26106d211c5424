// The node's directives, performed.

import MeterModel

extension Reactor {
  /// Performs all directives that have come.
  mutating func performDirectives() {
    var batches: ContiguousArray<DirectiveBatch> = []
    swap(&batches, &spareBatches)
    mailbox.takeAllAtEdge(into: &batches)
    for batch in batches {
      var index = 0
      while index < batch.directives.count { index += perform(at: index, of: batch) }
    }
    batches.empty()
    swap(&batches, &spareBatches)
  }

  /// Performs a directive. What is sent to a new stream after its greeting is sent together with
  /// that. Returns the number of directives that were performed.
  private mutating func perform(at index: Int, of batch: DirectiveBatch) -> Int {
    guard case .greet(let handle, let ordinal, let namespace, let count) = batch.directives[index]
    else {
      perform(batch.directives[index], batch.bytes.span)
      return 1
    }
    var end = index + 1
    while end < batch.directives.count, case .send(handle, _) = batch.directives[end] { end += 1 }
    guard table.isCurrent(handle) else { return end - index }
    var kept: ContiguousArray<UInt8> = []
    for directive in batch.directives[index + 1..<end] {
      guard case .send(_, let frame) = directive else { continue }
      kept.append(batch.bytes.span.extracting(frame.bounds))
    }
    if table[handle.slot].state == .part {
      greetPart(handle.slot, namespace, count, messages: kept.span)
    } else {
      makeGreeting(handle.slot, ordinal, count)
      if !kept.isEmpty { appendToGreeting(kept.span, handle.slot) }
      greet(handle.slot, namespace)
    }
    return end - index
  }

  private mutating func perform(_ directive: Directive, _ bytes: Span<UInt8>) {
    switch directive {
    case .greet: break
    case .send(let handle, let frame):
      guard table.isCurrent(handle) else { return }
      let event = bytes.extracting(frame.bounds)
      if table[handle.slot].state == .part {
        sendMessages(event, toPart: handle.slot)
      } else {
        send(frame: event, to: handle.slot)
      }
    case .notify(let namespace, let count):
      notify(namespace, count: count)
    case .message(let namespace, let frame):
      broadcast(bytes.extracting(frame.bounds), to: namespace)
    case .end(let handle, let reason):
      guard table.isCurrent(handle) else { return }
      end(connection(of: handle.slot), reason)
    case .refuse(let handle, let reason):
      guard table.isCurrent(handle) else { return }
      refuse(connection(of: handle.slot), reason)
    case .answer(let handle, let answer):
      guard table.isCurrent(handle), table[handle.slot].state == .http else { return }
      send(answer, bytes.extracting(answer.body.bounds), table[handle.slot].attachment)
      proceed(handle.slot)
    case .stop:
      isStopped = true
    }
  }
}
