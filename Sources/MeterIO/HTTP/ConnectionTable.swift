// The sockets of one reactor: a dense table of small slots. What a connection needs only now and then (a
// half-read request, bytes that could not be sent) lies in side tables, so an idle stream costs one slot.

import Glibc
import MeterModel

/// One socket's slot; 32 bytes.
struct Socket {
  /// Where a connection is in its life.
  enum State: UInt8 {
    /// No connection. Can become `conversing` or `opening` (accepted).
    case free
    /// Speaks HTTP, or is being closed: `side` is its dialogue. Can become `opening`, `free`.
    case conversing
    /// Asked for a stream; the sequencer's answer is awaited. Can become `streaming`, `conversing`
    /// (refused), `free`.
    case opening
    /// A stream in its namespace's audience. Can become `conversing` (ended), `free`.
    case streaming
  }

  var descriptor: Int32 = -1

  /// Which tenant of the slot this is: no other has had the same number lately; 1 and up.
  var generation: UInt32 = 1

  /// The row of a stream's audience.
  var audience: UInt32 = .max

  /// The slots before and after a stream's in the chain of its audience, `.max` at its ends; of a free slot
  /// the next is the next free one.
  var previous: UInt32 = .max
  var next: UInt32 = .max

  /// The number of the last message of its audience that a stream got, or that came before it.
  var messages: UInt32 = 0

  /// The dialogue, or the backlog of a stream that is behind; `.max` for none.
  var side: UInt32 = .max
  var state = State.free
  var port = Port.audience
  var watched = Interest.readable

  /// The client is an Internet Explorer that wants padding.
  var wantsPadding = false
}

/// The slots, and which of them are free.
struct ConnectionTable {
  private(set) var sockets: ContiguousArray<Socket> = []
  private var firstFree: UInt32 = .max

  /// How many slots have a tenant.
  private(set) var count = 0

  /// The last tenant's number. Numbers are the table's, not the slot's, so that a slot can be given up.
  private var lastGeneration: UInt32 = 0

  /// When fewer are left than this, it is worth looking for slots to give up.
  private var few = 0

  /// A table with fewer slots than this keeps them.
  private static let fewestSlots = 128

  subscript(slot: UInt32) -> Socket {
    get { sockets[Int(slot)] }
    _modify { yield &sockets[Int(slot)] }
  }

  /// Takes a slot for an accepted socket.
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
    few = sockets.count / 4
    return UInt32(sockets.count - 1)
  }

  /// Closes the slot's socket and frees the slot for its next tenant.
  mutating func remove(_ slot: UInt32) {
    close(sockets[Int(slot)].descriptor)
    sockets[Int(slot)] = Socket(next: firstFree)
    firstFree = slot
    count -= 1
  }

  /// Gives up the free slots at the end when most slots are free, and lets the low ones first, so that the
  /// table can become short again; whether there were any. Amortised O(1) for each slot freed.
  mutating func giveUpFreeSlots() -> Bool {
    guard count < few, sockets.count >= Self.fewestSlots else { return false }
    few = max(1, count / 2)
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

  /// Puts a slot in front of a chain.
  mutating func link(_ slot: UInt32, to first: inout UInt32) {
    self[slot].next = first
    if first != .max { self[first].previous = slot }
    first = slot
  }

  /// Takes a slot out of its chain.
  mutating func unlink(_ slot: UInt32, from first: inout UInt32) {
    let (previous, next) = (self[slot].previous, self[slot].next)
    if previous != .max { self[previous].next = next } else { first = next }
    if next != .max { self[next].previous = previous }
    self[slot].previous = .max
    self[slot].next = .max
  }

  /// The tenant of a slot, for others to name it by.
  func handle(_ slot: UInt32) -> ConnectionHandle {
    ConnectionHandle(slot: slot, generation: sockets[Int(slot)].generation)
  }

  /// Whether the connection that is meant is still the slot's tenant.
  func isCurrent(_ handle: ConnectionHandle) -> Bool {
    Int(handle.slot) < sockets.count
      && sockets[Int(handle.slot)].generation == handle.generation
      && sockets[Int(handle.slot)].state != .free
  }
}
