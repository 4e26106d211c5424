// What a node of a cluster wants done: a buffer that the caller owns, performs in order, and empties.

/// Orders and the bytes that they name.
package struct ClusterOrders {
  /// Which carriers a datagram may take.
  package enum Reach: Equatable, Sendable {
    /// All that there are.
    case everyCarrier

    /// Those that nodes of the original may hear: multicast and unicast.
    case datagramsOnly

    /// Those that they cannot: Redis.
    case engineOnly
  }

  /// One thing to do.
  package enum Order: Equatable, Sendable {
    /// Send a datagram of at most 1,400 bytes.
    case send(ByteRange, Reach)

    /// Feed the meter what a node says of a namespace (1 to 255 visible ASCII bytes).
    case peer(NodeID, name: ByteRange, members: UInt64, connections: UInt64)

    /// Feed the meter a node's goodbye.
    case bye(NodeID)

    /// Tell a text to the namespace's connections on this node, if there are any.
    case message(namespace: ByteRange, text: ByteRange)

    /// Another node's viewer took this id: feed the meter its exclusion, and tell the node which stream
    /// ended.
    case exclude(viewer: ByteRange)
  }

  /// In the order in which they are to be performed.
  package private(set) var orders: ContiguousArray<Order> = []

  /// What the orders' ranges name.
  package internal(set) var bytes: ContiguousArray<UInt8> = []

  package init() {}

  /// Forgets all orders, and keeps storage of a usual size.
  package mutating func removeAll() {
    orders.removeAll(keepingCapacity: orders.capacity <= 65_536)
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
  }

  mutating func append(_ order: Order) {
    orders.append(order)
  }

  /// Copies bytes; the answer is where they lie now.
  mutating func copy(_ text: Span<UInt8>) -> ByteRange {
    let start = bytes.count
    bytes.append(text)
    return bytes.range(since: start)
  }

  /// What was appended to `bytes` since there were `start` of them.
  func appended(since start: Int) -> ByteRange {
    bytes.range(since: start)
  }
}
