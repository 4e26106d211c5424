// The node's directives, performed.

import MeterModel

extension Reactor {
  /// Performs all directives that have come.
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
      notify(namespace, count: count)
    case .message(let namespace, let frame):
      broadcast(bytes.extracting(frame.bounds), to: namespace)
    case .end(let handle, let reason):
      guard table.isCurrent(handle) else { return }
      end(handle.slot, reason)
    case .refuse(let handle, let reason):
      guard table.isCurrent(handle) else { return }
      refuse(handle.slot, reason)
    case .answer(let handle, let answer):
      guard table.isCurrent(handle), table[handle.slot].state == .http else { return }
      send(answer, bytes.extracting(answer.body.bounds), table[handle.slot].attachment)
      proceed(handle.slot)
    case .stop:
      isStopped = true
    }
  }
}
