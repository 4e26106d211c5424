// What GET /cluster says of the carriers: the cluster's thread notes it, the sequencer reads it.

import MeterModel
import Synchronization

/// The figures of all carriers, shared by two threads.
final class CarrierBoard: Sendable {
  private let figures = Mutex<[CarrierFigures]>([])

  /// What is so now.
  var all: [CarrierFigures] {
    get { figures.withLock { $0 } }
    set { figures.withLock { $0 = newValue } }
  }
}

/// The figures of the carriers that there are.
struct CarrierList: Sendable {
  private(set) var all: [CarrierFigures] = []

  mutating func append(_ figures: CarrierFigures) { all.append(figures) }

  /// Those of a carrier. Precondition: there is that carrier.
  subscript(carrier: Carrier) -> CarrierFigures {
    get { all[place(of: carrier)] }
    _modify { yield &all[place(of: carrier)] }
  }

  private func place(of carrier: Carrier) -> Int {
    guard let place = all.firstIndex(where: { $0.carrier == carrier }) else {
      fatalError("no such carrier: \(carrier.name)")
    }
    return place
  }
}
