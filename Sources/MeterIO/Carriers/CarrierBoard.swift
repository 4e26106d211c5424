// The state and the counters of the carriers, on their way from the carriers' thread to the node's.

import MeterModel
import Synchronization

extension CarrierFigures {
  /// Counts a datagram that arrived, and whether it was kept.
  mutating func count(isKept: Bool) {
    received += 1
    if !isKept { overrun += 1 }
  }
}

/// The figures of all carriers, shared by two threads.
final class CarrierBoard: Sendable {
  private let figures = Mutex<[CarrierFigures]>([])

  /// The figures of the last turn of the carriers' thread.
  var all: [CarrierFigures] {
    get { figures.withLock { $0 } }
    set { figures.withLock { $0 = newValue } }
  }
}
