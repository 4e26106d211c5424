// The state of a carrier, for `GET /cluster`.

/// The state and the counters of one carrier since the start.
package struct CarrierFigures: Equatable, Sendable {
  /// The kind of the carrier.
  package let carrier: Carrier

  /// The group, the port, or the server with its channel; never a password.
  package let address: String

  /// `up`, or the reason why it does not work.
  package var state: String

  /// The datagrams that were sent; one to all peers counts once. A server has accepted them.
  package var sent: UInt64 = 0

  /// The datagrams that could not be sent, or could not be sent to every peer, and those that a
  /// server refused or did not answer before its connection ended. A datagram is in `sent` or here,
  /// and in neither while it waits.
  package var unsent: UInt64 = 0

  /// The datagrams that were received.
  package var received: UInt64 = 0

  /// Datagrams that were dropped because the node was behind.
  package var overrun: UInt64 = 0

  /// The figures of a carrier that has sent and received nothing.
  package init(carrier: Carrier, address: String, state: String) {
    self.carrier = carrier
    self.address = address
    self.state = state
  }
}
