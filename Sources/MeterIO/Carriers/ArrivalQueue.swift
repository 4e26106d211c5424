// Datagrams of other nodes that wait for the node. Anyone may send as much as the network carries,
// so the queue is bounded: datagrams that do not fit are dropped. Other nodes repeat their
// datagrams.

import MeterModel
import Synchronization

/// A batch of datagrams as they arrived.
struct Arrivals: Sendable {
  /// The place of a datagram in the bytes, its source, and its carrier.
  struct Datagram: Sendable {
    let bytes: ByteRange
    let source: NodeAddress
    let carrier: Carrier
  }

  var datagrams: ContiguousArray<Datagram> = []
  var bytes: ContiguousArray<UInt8> = []

  /// Whether a carrier works again or reaches a further address. Other nodes may have missed what
  /// this node sent before.
  var hasReturned = false

  /// Whether there is nothing for the node.
  var isEmpty: Bool { datagrams.isEmpty && !hasReturned }
}

/// The queue from the carriers' thread to the node's thread.
final class ArrivalQueue: Sendable {
  /// The number of datagrams that may wait, and of bytes: 8,192 of the largest that this program
  /// sends, which carry the counts of half a million namespaces.
  static let maximumDatagrams = 8192
  static let maximumBytes = 12 * 1024 * 1024

  private struct State {
    var batches: [Arrivals] = []
    var datagrams = 0
    var bytes = 0
  }

  private let state = Mutex(State())
  private let wakeup: Wakeup

  /// An empty queue.
  init() throws(SystemError) { wakeup = try Wakeup() }

  /// Readable after a post; for the poller of the node's thread.
  var descriptor: Int32 { wakeup.descriptor }

  /// The number of datagrams and of bytes that fit now. Only the posting thread makes it smaller.
  var room: (datagrams: Int, bytes: Int) {
    state.withLock { (Self.maximumDatagrams - $0.datagrams, Self.maximumBytes - $0.bytes) }
  }

  /// Adds a batch. Precondition: it fits into `room`.
  func post(_ arrivals: sending Arrivals) {
    let wasEmpty = state.withLock { state in
      state.datagrams += arrivals.datagrams.count
      state.bytes += arrivals.bytes.count
      state.batches.append(arrivals)
      return state.batches.count == 1
    }
    if wasEmpty { wakeup.wake() }
  }

  /// Takes all batches, oldest first. Each takes up room until its `release`.
  func takeAll() -> [Arrivals] {
    wakeup.clear()
    return state.withLock { state in
      let taken = state.batches
      state.batches = []
      return taken
    }
  }

  /// Gives back the room of a batch that was taken.
  func release(_ arrivals: Arrivals) {
    state.withLock { state in
      state.datagrams -= arrivals.datagrams.count
      state.bytes -= arrivals.bytes.count
    }
  }
}
