// Data goes from one thread to another in mailboxes only: batches are moved, never shared.

import Synchronization

/// A queue of batches from any number of threads to one. A post to an empty queue wakes the
/// receiver.
final class Mailbox<Batch: Sendable>: Sendable {
  private let batches: Mutex<ContiguousArray<Batch>>
  private let wakeup: Wakeup

  /// An empty mailbox.
  init() throws(SystemError) {
    batches = Mutex(.withRoom)
    wakeup = try Wakeup()
  }

  /// Readable after a post; for the receiver's poller.
  var descriptor: Int32 { wakeup.descriptor }

  /// Adds a batch. Any thread may call it.
  func post(_ batch: sending Batch) {
    let wasEmpty = batches.withLock { batches in
      batches.append(batch)
      return batches.count == 1
    }
    if wasEmpty { wakeup.wake() }
  }

  /// Takes all batches, oldest first, and makes the descriptor unreadable. For the receiver, when
  /// it found the descriptor readable.
  func takeAll() -> ContiguousArray<Batch> {
    wakeup.clear()
    var taken = ContiguousArray<Batch>.withRoom
    takeAllAtEdge(into: &taken)
    return taken
  }

  /// Takes all batches, oldest first, for a receiver whose poller reports each write of the
  /// descriptor once. Swaps `taken` with the queue, whose next batches then use the storage of
  /// `taken`. Precondition: `taken` is empty.
  func takeAllAtEdge(into taken: inout ContiguousArray<Batch>) {
    batches.withLock { swap(&$0, &taken) }
  }
}
