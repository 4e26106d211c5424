// How many datagrams were dropped, by reason.

/// A count for each reason.
package struct DropCounts: Sendable {
  private var counts: ContiguousArray<UInt64>

  package init() {
    counts = ContiguousArray(repeating: 0, count: DatagramFault.allCases.count)
  }

  /// How often the reason was given.
  package subscript(fault: DatagramFault) -> UInt64 { counts[Int(fault.rawValue)] }

  /// How often any was.
  package var total: UInt64 { counts.reduce(0, +) }

  mutating func add(_ fault: DatagramFault) {
    counts[Int(fault.rawValue)] += 1
  }

  /// Writes an object with a member for each reason that was given.
  func write(into json: inout JSONWriter) {
    json.beginObject()
    for fault in DatagramFault.allCases where self[fault] > 0 {
      json.member(fault.reason, self[fault])
    }
    json.endObject()
  }
}
