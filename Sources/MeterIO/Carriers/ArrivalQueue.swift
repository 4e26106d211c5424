// What came in from other nodes and waits for the sequencer. Strangers may send as much as the network
// carries, so the queue is bounded: what does not fit is dropped, and whoever sent it will say it again.

import MeterModel
import Synchronization

/// Datagrams as they came.
struct Arrivals: Sendable {
  /// Where one lies in the bytes, and whence it came.
  struct Datagram: Sendable {
    let bytes: ByteRange
    let source: NodeAddress
    let carrier: Carrier
  }

  var datagrams: ContiguousArray<Datagram> = []
  var bytes: ContiguousArray<UInt8> = []

  /// A carrier works again: what this node said meanwhile was heard by nobody.
  var hasReturned = false

  var isEmpty: Bool { datagrams.isEmpty && !hasReturned }
}

/// From the cluster's thread to the sequencer.
final class ArrivalQueue: Sendable {
  /// How many datagrams may wait, and how many bytes. 8,192 of the largest that this program sends, which
  /// tell of half a million namespaces.
  static let mostDatagrams = 8192
  static let mostBytes = 12 * 1024 * 1024

  private struct State {
    var batches: [Arrivals] = []
    var datagrams = 0
    var bytes = 0
  }

  private let state = Mutex(State())
  private let wakeup: Wakeup

  init() throws(SystemError) { wakeup = try Wakeup() }

  /// Readable when something came; for the sequencer's poller.
  var descriptor: Int32 { wakeup.descriptor }

  /// How much more fits now. Only the thread that posts makes it less.
  var room: (datagrams: Int, bytes: Int) {
    state.withLock { (Self.mostDatagrams - $0.datagrams, Self.mostBytes - $0.bytes) }
  }

  /// Hands over what fits, by `room`.
  func post(_ arrivals: sending Arrivals) {
    let wasEmpty = state.withLock { state in
      state.datagrams += arrivals.datagrams.count
      state.bytes += arrivals.bytes.count
      state.batches.append(arrivals)
      return state.batches.count == 1
    }
    if wasEmpty { wakeup.wake() }
  }

  /// Takes all that came, oldest first. It still takes up room, until `release`.
  func takeAll() -> [Arrivals] {
    wakeup.clear()
    return state.withLock { state in
      let taken = state.batches
      state.batches = []
      return taken
    }
  }

  /// A batch that was taken has been dealt with.
  func release(_ arrivals: Arrivals) {
    state.withLock { state in
      state.datagrams -= arrivals.datagrams.count
      state.bytes -= arrivals.bytes.count
    }
  }
}
