// What GET /cluster says of the carriers: the cluster's thread notes it, the sequencer reads it.

import MeterModel
import Synchronization

/// How one carrier fares.
struct CarrierFigures: Sendable {
  let carrier: Carrier

  /// The group, the port, or the server and its channel; never a password.
  let address: String

  /// One of a few words, or what went wrong.
  var state: String

  /// Datagrams that were sent (to each peer: one), and those that could not be.
  var sent: UInt64 = 0
  var unsent: UInt64 = 0

  /// Datagrams that came, and those that were dropped since the sequencer was behind.
  var received: UInt64 = 0
  var overrun: UInt64 = 0
}

/// The figures of all carriers, shared by two threads.
final class CarrierBoard: Sendable {
  private let figures = Mutex<[CarrierFigures]>([])

  /// What is so now.
  var all: [CarrierFigures] {
    get { figures.withLock { $0 } }
    set { figures.withLock { $0 = newValue } }
  }

  /// Appends the carriers as a JSON array.
  func append(into json: inout ContiguousArray<UInt8>) {
    json.append(UInt8(ascii: "["))
    for (index, figures) in all.enumerated() {
      if index > 0 { json.append(UInt8(ascii: ",")) }
      json.append(contentsOf: #"{"carrier":"\#(figures.carrier.name)","address":"#.utf8)
      JSONString.append(Array(figures.address.utf8).span, into: &json)
      json.append(contentsOf: #","state":"#.utf8)
      JSONString.append(Array(figures.state.utf8).span, into: &json)
      let counts = [
        ("sent", figures.sent), ("unsent", figures.unsent), ("received", figures.received),
        ("overrun", figures.overrun),
      ]
      for (name, count) in counts { json.append(contentsOf: ",\"\(name)\":\(count)".utf8) }
      json.append(UInt8(ascii: "}"))
    }
    json.append(UInt8(ascii: "]"))
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
