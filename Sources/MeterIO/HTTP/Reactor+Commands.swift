// What the sequencer says, carried out.

import MeterModel

extension Reactor {
  mutating func obeyCommands() {
    var batches: ContiguousArray<Commands> = []
    swap(&batches, &spareBatches)
    mailbox.takeAllAtEdge(into: &batches)
    for batch in batches {
      for command in batch.commands { obey(command, batch.bytes.span) }
    }
    batches.empty()
    swap(&batches, &spareBatches)
  }

  private mutating func obey(_ command: Command, _ bytes: Span<UInt8>) {
    switch command {
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
    case .count(let handle, let count):
      answer(handle) { $0.answerCount($1, count) }
    case .delivered(let handle, let connections):
      answer(handle) { $0.answerDelivered($1, connections) }
    case .statistics(let handle, let piece, let next):
      let piece = bytes.extracting(piece.bounds)
      guard table.isCurrent(handle), table[handle.slot].state == .conversing else { return }
      continueStatistics(table[handle.slot].side, piece, next: next)
    case .cluster(let handle, let report):
      let report = report.map { ContiguousArray(bytes.extracting($0.bounds).array) }
      answer(handle) { $0.answerCluster($1, report) }
    case .stop:
      isStopped = true
    }
  }

  private mutating func answer(_ handle: Handle, _ body: (inout Reactor, UInt32) -> Void) {
    guard table.isCurrent(handle), table[handle.slot].state == .conversing else { return }
    body(&self, table[handle.slot].side)
    proceed(handle.slot)
  }
}
