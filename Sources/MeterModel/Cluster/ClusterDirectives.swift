// The outputs of the membership: a buffer that its caller owns, performs in order, and empties.

/// One action that the membership directs its caller to perform.
package enum ClusterDirective: Equatable, Sendable {
  /// Send a datagram of at most 1,400 bytes to the other nodes.
  case send(ByteRange)

  /// Feed the meter the counts that a node reports for a namespace. The name has 1 to 255 visible
  /// ASCII bytes.
  case peer(NodeID, name: ByteRange, members: UInt64, connections: UInt64)

  /// Feed the meter the departure of a node.
  case bye(NodeID)

  /// Send a message to the streams of a namespace on this node.
  case message(namespace: ByteRange, text: ByteRange)

  /// Retain a text of another node, if the namespace exists, and report the result to the
  /// membership (`received`). The number is that of a note.
  case retain(note: Int)

  /// Another node has a newer text: if the namespace exists, ask for it (`want`).
  case kept(note: Int)

  /// Another node asks for a text: send it (`tell`), if it is kept.
  case tell(note: Int)

  /// Exclude the holder of a viewer id on this node, because a viewer of another node has the id
  /// now.
  case exclude(viewer: ByteRange)
}

/// A retained text of which another node has told.
package struct KeptNote: Equatable, Sendable {
  /// The names of the namespace and the service, of 1 to 255 visible ASCII bytes, and the text.
  package var namespace: ByteRange
  package var service: ByteRange
  package var text = ByteRange.none

  /// The stamp of the text (see `KeptStamp`).
  package var time: UInt64 = 0
  package var check: UInt64 = 0

  /// The place of the node that has told.
  package var place: UInt32
}

/// A list of directives, and the bytes to which their ranges refer.
package struct ClusterDirectives {
  /// The directives, in the order in which they must be performed.
  package private(set) var directives: ContiguousArray<ClusterDirective> = []

  /// The bytes to which the ranges of the directives refer.
  package internal(set) var bytes: ContiguousArray<UInt8> = []

  /// The notes to which directives refer.
  package private(set) var notes: ContiguousArray<KeptNote> = []

  /// An empty list.
  package init() {}

  /// Removes all directives. Storage of a usual size is kept.
  package mutating func removeAll() {
    directives.removeAll(keepingCapacity: directives.capacity <= 65_536)
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
    if !notes.isEmpty { notes = [] }
  }

  mutating func append(retain note: KeptNote) {
    append(.retain(note: notes.count))
    notes.append(note)
  }

  mutating func append(kept note: KeptNote) {
    append(.kept(note: notes.count))
    notes.append(note)
  }

  mutating func append(tell note: KeptNote) {
    append(.tell(note: notes.count))
    notes.append(note)
  }

  mutating func append(_ directive: ClusterDirective) {
    directives.append(directive)
  }

  /// Copies bytes into the buffer. Returns their range.
  mutating func copy(_ text: Span<UInt8>) -> ByteRange {
    let start = bytes.count
    bytes.append(text)
    return appended(since: start)
  }

  /// The range of the bytes that were appended since `bytes` had the count `start`.
  func appended(since start: Int) -> ByteRange { ByteRange(start..<bytes.count) }
}

/// Datagrams to send, and the bytes to which their ranges refer.
package struct DatagramBatch: Sendable {
  /// The range of each datagram, in the order in which they were sent.
  package private(set) var datagrams: ContiguousArray<ByteRange> = []

  /// The bytes to which the ranges refer.
  package private(set) var bytes: ContiguousArray<UInt8> = []

  /// No datagrams.
  package init() {}

  /// Whether there are no datagrams.
  package var isEmpty: Bool { datagrams.isEmpty }

  mutating func append(_ datagram: Span<UInt8>) {
    let start = bytes.count
    bytes.append(datagram)
    datagrams.append(ByteRange(start..<bytes.count))
  }
}
