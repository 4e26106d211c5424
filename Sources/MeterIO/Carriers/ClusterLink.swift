// What the sequencer has of the cluster: the node, which decides, and the ways to the thread with the
// sockets. What arrived is taken in slices, so that viewers never wait for long behind another node.

import MeterModel

/// One node's place in the cluster, in the sequencer's hands.
struct ClusterLink {
  var node: ClusterNode
  let arrivals: ArrivalQueue
  let carriers: Mailbox<CarrierOrder>
  let board: CarrierBoard

  /// Names this run of the daemon in the streams' ids.
  let run: UInt64

  /// Tells the operator what was dropped.
  var dropNotice = DropNotice()

  /// Connections that were refused without the meter's being asked: their close is no event.
  var refused: Set<UInt32> = []

  /// What the carriers are to send next.
  var outbound = Outbound()

  private var batches: ContiguousArray<Arrivals> = []
  private var batch = 0
  private var position = 0

  /// How much is judged before the viewers have their turn, in bytes and a little for each datagram: some
  /// 32 datagrams of this program, or one of the largest that the original sends.
  static let slice = 48 * 1024

  init(
    node: ClusterNode, arrivals: ArrivalQueue, carriers: Mailbox<CarrierOrder>,
    board: CarrierBoard, run: UInt64
  ) {
    self.node = node
    self.arrivals = arrivals
    self.carriers = carriers
    self.board = board
    self.run = run
  }

  /// Whether something that arrived waits to be judged.
  var isBehind: Bool { batch < batches.count }

  /// Lets the node judge a slice of what arrived. Its orders go to `orders`.
  mutating func judge(at now: Instant, into orders: inout ClusterOrders) {
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
        left -= datagram.bytes.bounds.count + 64
        position += 1
        node.receive(
          arrived.bytes.span.extracting(datagram.bytes.bounds), from: datagram.source,
          over: datagram.carrier, at: now, into: &orders)
      }
      arrivals.release(arrived)
      batches[batch] = Arrivals()
      batch += 1
      position = 0
    }
  }

  /// Hands what is to be sent to the carriers.
  mutating func send() {
    guard !outbound.datagrams.isEmpty else { return }
    let batch = outbound
    outbound = Outbound()
    carriers.post(.send(batch))
  }
}
