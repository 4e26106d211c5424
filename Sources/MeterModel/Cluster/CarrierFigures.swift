// What a carrier of datagrams reports of itself, for `GET /cluster`.

/// The state of one carrier.
package struct CarrierFigures: Equatable, Sendable {
  package let carrier: Carrier

  /// The group, the port, or the server and its channel; never a password.
  package let address: String

  /// `up`, or what is wrong.
  package var state: String

  /// Datagrams that were sent (one to all peers counts once), and those that could not be.
  package var sent: UInt64 = 0
  package var unsent: UInt64 = 0

  /// Datagrams that came, and those that were dropped since the node was behind.
  package var received: UInt64 = 0
  package var overrun: UInt64 = 0

  package init(carrier: Carrier, address: String, state: String) {
    self.carrier = carrier
    self.address = address
    self.state = state
  }
}
