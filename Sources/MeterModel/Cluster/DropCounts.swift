// Dropped datagrams, or skipped counts, by reason.

/// A counter for each reason to drop a datagram or to skip a count.
package struct DropCounts: Sendable {
  private var counts: ContiguousArray<UInt64>

  /// Counters that are all 0.
  package init() {
    counts = ContiguousArray(repeating: 0, count: DatagramFault.allCases.count)
  }

  /// The number of datagrams or counts that were dropped or skipped for a reason.
  package subscript(fault: DatagramFault) -> UInt64 { counts[Int(fault.rawValue)] }

  /// The sum of all counters. O(reasons)
  package var total: UInt64 { counts.reduce(0, +) }

  mutating func add(_ fault: DatagramFault) {
    counts[Int(fault.rawValue)] += 1
  }

  /// Writes an object with a member for each reason whose count is not 0.
  func write(into json: inout JSONWriter) {
    json.beginObject()
    for fault in DatagramFault.allCases where self[fault] > 0 {
      json.member(fault.reason, self[fault])
    }
    json.endObject()
  }
}
