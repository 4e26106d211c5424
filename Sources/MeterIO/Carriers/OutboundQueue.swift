// Datagrams that wait to be sent. They carry state: when too many wait, the oldest is dropped,
// because a later one has the newer state.

import MeterModel

/// A queue of datagrams with a limit of bytes, which drops its oldest.
struct OutboundQueue {
  /// The number of bytes that may wait.
  let limit: Int

  /// The number of datagrams that were dropped so far.
  private(set) var forgotten: UInt64 = 0

  private var datagrams = FIFO<ContiguousArray<UInt8>>()
  private var bytes = 0

  /// An empty queue.
  init(limit: Int) { self.limit = limit }

  /// The number of datagrams that wait.
  var count: Int { datagrams.count }

  /// Whether no datagram waits.
  var isEmpty: Bool { datagrams.isEmpty }

  /// Adds a copy of a datagram. O(bytes), amortised.
  mutating func append(_ datagram: Span<UInt8>) {
    var copy = ContiguousArray<UInt8>()
    copy.append(datagram)
    datagrams.append(copy)
    bytes += copy.count
    while bytes > limit, popFirst() != nil { forgotten += 1 }
  }

  /// Takes the oldest datagram; nil for none. O(1), amortised.
  mutating func popFirst() -> ContiguousArray<UInt8>? {
    guard let first = datagrams.popFirst() else { return nil }
    bytes -= first.count
    return first
  }

  /// Drops all datagrams without counting them.
  mutating func removeAll() {
    datagrams.removeAll()
    bytes = 0
  }
}
