// The sockets of one reactor: a dense table of small slots. Data that few connections need (a
// request that is being read, bytes that could not be sent) lies in slabs, so that an idle stream
// costs one slot.

import Glibc
import MeterModel

/// The properties of a stream that its request determines, in a byte.
struct StreamTraits: OptionSet {
  let rawValue: UInt8

  /// The client is an Internet Explorer, which needs padding at the start of a stream.
  static let padded = StreamTraits(rawValue: 1)

  /// The body is chunked.
  static let chunked = StreamTraits(rawValue: 2)

  /// The stream observes several namespaces: `audience` is its row of the reactor's watches.
  static let watching = StreamTraits(rawValue: 4)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ head: RequestHead) {
    self = StreamFraming(head) == .chunked ? .chunked : []
    if head.isOldInternetExplorer { insert(.padded) }
  }

  var framing: StreamFraming { contains(.chunked) ? .chunked : .plain }
}

/// The slot of a socket; 32 bytes.
struct Socket {
  /// The state of a connection.
  enum State: UInt8 {
    /// No connection. Can become `http`.
    case free
    /// Speaks HTTP, or is being closed: `attachment` is its `HTTPConnection`. Can become `opening`,
    /// `free`.
    case http
    /// Has requested a stream; the node's directive is awaited: `attachment` is the origin that the
    /// response names. Can become `streaming`, `http` (refused), `free`.
    case opening
    /// A stream in its namespace's audience. Can become `http` (ended), `free`.
    case streaming
    /// A stream in its namespace's audience that is a part of a response, without a socket of its
    /// own: `attachment` is the row of the watch. Can become `free`.
    case part
  }

  var descriptor: Int32 = -1

  /// The number of the connection, 1 and up. It is not used again for a long time, so that an event
  /// or a directive for a former connection of the slot is recognised.
  var generation: UInt32 = 1

  /// The row of a stream's audience; `.max` for none.
  var audience: UInt32 = .max

  /// The slots before and after a stream in the chain of its audience; `.max` at the ends. `next`
  /// of a free slot is the next free one.
  var previous: UInt32 = .max
  var next: UInt32 = .max

  /// The number of the last message of its audience that a stream got, or that came before it.
  var messages: UInt32 = 0

  /// The index of the HTTP connection, of the origin, or of the backlog of a stream that is behind;
  /// `.max` for none.
  var attachment: UInt32 = .max
  var state = State.free
  var port = Port.audience
  var watched = Interest.readable
  var traits: StreamTraits = []
}

/// The slots of a reactor, with a free list.
struct ConnectionTable {
  private(set) var sockets: ContiguousArray<Socket> = []
  private var firstFree: UInt32 = .max

  /// The number of slots in use.
  private(set) var count = 0

  /// The number of the last connection. Numbers belong to the table, not to a slot, so that slots
  /// can be removed.
  private var lastGeneration: UInt32 = 0

  /// With fewer connections than this, `removeFreeSlots` looks for slots to remove.
  private var removalThreshold = 0

  /// A table with fewer slots than this keeps them.
  private static let minimumSlots = 128

  subscript(slot: UInt32) -> Socket {
    get { sockets[Int(slot)] }
    _modify { yield &sockets[Int(slot)] }
  }

  /// Takes a slot for an accepted socket, or for a part, whose descriptor is −1. Amortised O(1).
  mutating func add(descriptor: Int32, port: Port) -> UInt32 {
    lastGeneration = lastGeneration == .max ? 1 : lastGeneration + 1
    count += 1
    let socket = Socket(descriptor: descriptor, generation: lastGeneration, port: port)
    if firstFree != .max {
      let slot = firstFree
      firstFree = sockets[Int(slot)].next
      sockets[Int(slot)] = socket
      return slot
    }
    sockets.makeRoom()
    sockets.append(socket)
    removalThreshold = sockets.count / 4
    return UInt32(sockets.count - 1)
  }

  /// Closes the slot's socket, if it has one, and frees the slot. O(1)
  mutating func remove(_ slot: UInt32) {
    if sockets[Int(slot)].descriptor >= 0 { close(sockets[Int(slot)].descriptor) }
    sockets[Int(slot)] = Socket(next: firstFree)
    firstFree = slot
    count -= 1
  }

  /// Removes the free slots at the end when most slots are free, and orders the free list so that
  /// low slots are taken first and the table can become shorter. Returns whether slots were
  /// removed. Amortised O(1) for each slot that was freed.
  mutating func removeFreeSlots() -> Bool {
    guard count < removalThreshold, sockets.count >= Self.minimumSlots else { return false }
    removalThreshold = max(1, count / 2)
    let used = (sockets.lastIndex { $0.state != .free } ?? -1) + 1
    let isShorter = used < sockets.count
    sockets = ContiguousArray(sockets.prefix(used))
    firstFree = .max
    for slot in sockets.indices.reversed() where sockets[slot].state == .free {
      sockets[slot].next = firstFree
      firstFree = UInt32(slot)
    }
    return isShorter
  }

  /// Puts a slot in front of the chain that starts at `first`. O(1)
  mutating func link(_ slot: UInt32, to first: inout UInt32) {
    self[slot].next = first
    if first != .max { self[first].previous = slot }
    first = slot
  }

  /// Takes a slot out of the chain that starts at `first`. O(1)
  mutating func unlink(_ slot: UInt32, from first: inout UInt32) {
    let (previous, next) = (self[slot].previous, self[slot].next)
    if previous != .max { self[previous].next = next } else { first = next }
    if next != .max { self[next].previous = previous }
    self[slot].previous = .max
    self[slot].next = .max
  }

  /// The handle of the slot's connection, for the node and the poller.
  func handle(_ slot: UInt32) -> ConnectionHandle {
    ConnectionHandle(slot: slot, generation: sockets[Int(slot)].generation)
  }

  /// Whether the connection of a handle is still in its slot.
  func isCurrent(_ handle: ConnectionHandle) -> Bool {
    Int(handle.slot) < sockets.count
      && sockets[Int(handle.slot)].generation == handle.generation
      && sockets[Int(handle.slot)].state != .free
  }
}
