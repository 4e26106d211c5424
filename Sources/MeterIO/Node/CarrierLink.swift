// The node thread's end of the connection to the carriers' thread. Received datagrams are processed
// in slices, so that viewers are not delayed long by another node.

import MeterModel

/// The queues that the node's thread shares with the carriers' thread.
struct CarrierLink {
  let arrivals: ArrivalQueue
  let carriers: Mailbox<CarrierOrder>
  let board: CarrierBoard

  /// Reports dropped datagrams to the operator.
  var dropNotice = DropNotice()

  private var batches: ContiguousArray<Arrivals> = []

  /// The batch that is being processed, and the place of its next datagram.
  private var batch = 0
  private var position = 0

  /// The amount that is processed before viewers have their turn, in bytes, where each datagram
  /// costs `datagramCost` more: about 32 datagrams of this program, or one of the largest that a
  /// legacy node sends.
  static let slice = 48 * 1024
  static let datagramCost = 64

  init(arrivals: ArrivalQueue, carriers: Mailbox<CarrierOrder>, board: CarrierBoard) {
    self.arrivals = arrivals
    self.carriers = carriers
    self.board = board
  }

  /// Whether received datagrams wait to be processed.
  var isBehind: Bool { batch < batches.count }

  /// Gives the node a slice of the received datagrams.
  mutating func receive(into node: inout Node, at now: Instant) {
    if !isBehind {
      batches = ContiguousArray(arrivals.takeAll())
      (batch, position) = (0, 0)
    }
    var left = Self.slice
    while isBehind {
      let arrived = batches[batch]
      if arrived.hasReturned, position == 0 { node.carrierReturned(at: now) }
      while position < arrived.datagrams.count {
        guard left > 0 else { return }
        let datagram = arrived.datagrams[position]
        left -= datagram.bytes.bounds.count + Self.datagramCost
        position += 1
        node.receive(
          arrived.bytes.span.extracting(datagram.bytes.bounds), from: datagram.source,
          over: datagram.carrier, at: now)
      }
      arrivals.release(arrived)
      batches[batch] = Arrivals()
      batch += 1
      position = 0
    }
  }
}
