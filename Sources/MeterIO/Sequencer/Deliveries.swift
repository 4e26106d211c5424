// Messages on their way. Who sends one is answered when every reactor has begun to tell it, so that messages
// do not pile up in the daemon: their senders wait.

/// The messages that some reactor has not begun to tell.
struct Deliveries {
  /// A message whose sender waits.
  private struct Delivery {
    let sender: Handle
    let reactor: Int

    /// How many connections it is for.
    let connections: UInt32
    var reactorsLeft: Int
  }

  private var waiting: [UInt64: Delivery] = [:]

  /// Notes a message that was given to some reactors, at least one.
  mutating func begin(
    ticket: UInt64, to reactors: Int, connections: UInt32, from sender: Handle, of reactor: Int
  ) {
    waiting[ticket] = Delivery(
      sender: sender, reactor: reactor, connections: connections, reactorsLeft: reactors)
  }

  /// A reactor has begun to tell a message. The answer is who is to be told how many it is for, if that was
  /// the last reactor.
  mutating func told(
    ticket: UInt64
  ) -> (sender: Handle, reactor: Int, connections: UInt32)? {
    guard var delivery = waiting[ticket] else { return nil }
    delivery.reactorsLeft -= 1
    guard delivery.reactorsLeft == 0 else {
      waiting[ticket] = delivery
      return nil
    }
    waiting[ticket] = nil
    return (delivery.sender, delivery.reactor, delivery.connections)
  }
}
