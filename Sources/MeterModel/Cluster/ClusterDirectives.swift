// What the membership wants done: a buffer that its caller owns, performs in order, and empties.

/// One thing to do.
package enum ClusterDirective: Equatable, Sendable {
  /// Send a datagram of at most 1,400 bytes to the other nodes.
  case send(ByteRange)

  /// Feed the meter the counts that a node told of a namespace (1 to 255 visible ASCII bytes).
  case peer(NodeID, name: ByteRange, members: UInt64, connections: UInt64)

  /// Feed the meter a node's goodbye.
  case bye(NodeID)

  /// Send a text to the streams of a namespace on this node.
  case message(namespace: ByteRange, text: ByteRange)

  /// Exclude the holder of a viewer id on this node: another node's viewer has the id now.
  case exclude(viewer: ByteRange)
}

/// Directives and the bytes that they name.
package struct ClusterDirectives {
  /// In the order in which they are to be performed.
  package private(set) var directives: ContiguousArray<ClusterDirective> = []

  /// What the directives' ranges name.
  package internal(set) var bytes: ContiguousArray<UInt8> = []

  package init() {}

  /// Forgets all directives, and keeps storage of a usual size.
  package mutating func removeAll() {
    directives.removeAll(keepingCapacity: directives.capacity <= 65_536)
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
  }

  mutating func append(_ directive: ClusterDirective) {
    directives.append(directive)
  }

  /// Copies bytes. Returns where they lie now.
  mutating func copy(_ text: Span<UInt8>) -> ByteRange {
    let start = bytes.count
    bytes.append(text)
    return appended(since: start)
  }

  /// The range of what was appended to `bytes` since there were `start` of them.
  func appended(since start: Int) -> ByteRange { ByteRange(start..<bytes.count) }
}

/// Datagrams to be sent, and the bytes that they lie in.
package struct DatagramBatch: Sendable {
  package private(set) var datagrams: ContiguousArray<ByteRange> = []
  package private(set) var bytes: ContiguousArray<UInt8> = []

  package init() {}

  package var isEmpty: Bool { datagrams.isEmpty }

  mutating func append(_ datagram: Span<UInt8>) {
    let start = bytes.count
    bytes.append(datagram)
    datagrams.append(ByteRange(start..<bytes.count))
  }
}
