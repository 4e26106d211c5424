// What governs a node of a cluster, and the words for where a datagram came from.

/// A node's settings. The command line checks their ranges; the node takes any value.
package struct ClusterSettings: Equatable, Sendable {
  /// How often a node tells its counts (`--cluster-notify-interval`); the node takes 1 ms for less.
  package var notifyInterval: Duration = .seconds(2)

  /// How long a node that is not heard is known (`--cluster-node-timeout`).
  package var nodeTimeout: Duration = .seconds(5)

  /// How many other nodes may be known at once.
  package var maximumNodes = 1024

  /// How many nodes that departed are remembered, so that one that comes back is not counted twice.
  package var rememberedNodes = 4096

  package init() {}

  /// The interval that is kept.
  var interval: Duration { max(notifyInterval, .milliseconds(1)) }

  /// How many rounds may pass before an unchanged count is told again: as many as let it be told twice in
  /// each node timeout, a tenth of which is left for delays, so that one lost datagram forgets nothing.
  var roundsPerRefresh: Int {
    let usable = nodeTimeout.nanoseconds - nodeTimeout.nanoseconds / 10
    return Int(clamping: max(1, usable / 2 / interval.nanoseconds))
  }

  /// How long a fall to zero is told, and what happened is kept for who missed it.
  var memory: Duration {
    Duration(nanoseconds: min(nodeTimeout.nanoseconds, 1 << 59) * 2) + min(interval, .seconds(3600))
      + .seconds(1)
  }
}

/// What carries datagrams between nodes.
package enum Carrier: UInt8, CaseIterable, Sendable {
  case multicast, unicast, redis

  /// As `GET /cluster` says it.
  package var name: String {
    switch self {
    case .multicast: "multicast"
    case .unicast: "unicast"
    case .redis: "redis"
    }
  }
}

/// Where a datagram came from, as text for people: an address and a port, or the Redis server.
package struct NodeAddress: Hashable, Sendable {
  /// At most 80 bytes of ASCII, or what was left of them.
  package let text: String

  /// Takes over a text, of which no more than 80 characters are kept.
  package init(_ text: String) {
    self.text = text.utf8.count <= 80 ? text : String(text.prefix(80))
  }
}
