// The only way for data to cross between threads: batches that are moved, never shared.

import Synchronization

/// A queue of batches from any number of threads to one, which is woken when it was empty.
final class Mailbox<Batch: Sendable>: Sendable {
  private let batches: Mutex<ContiguousArray<Batch>>
  private let wakeup: Wakeup

  init() throws(SystemError) {
    batches = Mutex(.withRoom)
    wakeup = try Wakeup()
  }

  /// Readable when something was posted; for the receiver's poller.
  var descriptor: Int32 { wakeup.descriptor }

  /// Hands a batch over.
  func post(_ batch: sending Batch) {
    let wasEmpty = batches.withLock { batches in
      batches.append(batch)
      return batches.count == 1
    }
    if wasEmpty { wakeup.wake() }
  }

  /// Takes all batches, oldest first. For a receiver that found the descriptor readable.
  func takeAll() -> ContiguousArray<Batch> {
    wakeup.clear()
    var taken = ContiguousArray<Batch>.withRoom
    takeAllAtEdge(into: &taken)
    return taken
  }

  /// The same for a receiver whose poller sees each write of the descriptor once. They are put into an empty
  /// array, whose room serves for those that come next.
  func takeAllAtEdge(into taken: inout ContiguousArray<Batch>) {
    batches.withLock { swap(&$0, &taken) }
  }
}
