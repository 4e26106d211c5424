// Datagrams that wait to be sent. Counts are state: when there are too many the oldest goes, for what is
// true now is further back.

import MeterModel

/// A bounded queue that forgets its oldest.
struct OutboundQueue {
  /// How many bytes may wait.
  let limit: Int

  /// How many were forgotten so far.
  private(set) var forgotten: UInt64 = 0

  private var datagrams: ContiguousArray<ContiguousArray<UInt8>> = []
  private var head = 0
  private var bytes = 0

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { head == datagrams.count }

  mutating func append(_ datagram: Span<UInt8>) {
    var copy = ContiguousArray<UInt8>()
    copy.reserveCapacity(datagram.count)
    for index in datagram.indices { copy.append(datagram[index]) }
    datagrams.append(copy)
    bytes += copy.count
    while bytes > limit, popFirst() != nil { forgotten += 1 }
  }

  /// Takes the oldest. O(1), amortized.
  mutating func popFirst() -> ContiguousArray<UInt8>? {
    guard head < datagrams.count else { return nil }
    var first = ContiguousArray<UInt8>()
    swap(&first, &datagrams[head])
    head += 1
    bytes -= first.count
    if head == datagrams.count {
      datagrams.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024, head * 2 >= datagrams.count {
      datagrams.removeFirst(head)
      head = 0
    }
    return first
  }

  mutating func removeAll() {
    datagrams.removeAll()
    head = 0
    bytes = 0
  }
}
