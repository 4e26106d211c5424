// The settings of the membership, the carriers, and the addresses of other nodes.

/// The settings of a node in a cluster. The command line checks their ranges; the membership
/// accepts any value.
package struct ClusterSettings: Equatable, Sendable {
  /// The interval between two rounds (`--cluster-notify-interval`); a smaller value than 1 ms means
  /// 1 ms.
  package var notifyInterval: Duration = .seconds(2)

  /// A node that was not heard for this long has departed (`--cluster-node-timeout`).
  package var nodeTimeout: Duration = .seconds(5)

  /// The largest number of other nodes that are present at once.
  package var maximumNodes = 1024

  /// The number of departed nodes that are remembered, so that a node that returns is not counted
  /// twice.
  package var rememberedNodes = 4096

  /// The default settings.
  package init() {}

  /// The number of rounds that list a count which has changed. If half of all datagrams are lost,
  /// a node misses it in all of these once in 256 times, and has then also asked in vain.
  package static let roundsPerChange = 8

  /// The interval in use, at least 1 ms.
  var interval: Duration { max(notifyInterval, .milliseconds(1)) }

  /// The number of rounds after which an unchanged count is sent again. Each count is sent twice in
  /// each node timeout, of which a tenth is left for delays, so that the loss of one datagram
  /// forgets no count.
  var roundsPerRefresh: Int {
    let usable = nodeTimeout.nanoseconds - nodeTimeout.nanoseconds / 10
    return Int(clamping: max(1, usable / 2 / interval.nanoseconds))
  }

  /// The time until a node is asked again from which nothing came: at most an interval, so short
  /// that counts are received before they are forgotten even where half of all datagrams are lost.
  var requestGap: Duration {
    let part = Duration(nanoseconds: nodeTimeout.nanoseconds / 20)
    return max(Membership.fullRoundGap, min(interval, part))
  }

  /// A count that fell to zero is repeated for this long, and events are kept for this long for
  /// nodes that missed them.
  var memory: Duration {
    Duration(nanoseconds: min(nodeTimeout.nanoseconds, 1 << 59) * 2) + min(interval, .seconds(3600))
      + .seconds(1)
  }
}

/// A way by which datagrams travel between nodes.
package enum Carrier: UInt8, CaseIterable, Sendable {
  case multicast, unicast, redis

  /// The name in `GET /cluster`.
  package var name: String {
    switch self {
    case .multicast: "multicast"
    case .unicast: "unicast"
    case .redis: "redis"
    }
  }
}

/// The source of a datagram as text for people: an address and a port, or the Redis server.
package struct NodeAddress: Hashable, Sendable {
  /// The text, of at most 80 characters.
  package let text: String

  /// An address with the first 80 characters of a text.
  package init(_ text: String) {
    self.text = text.utf8.count <= 80 ? text : String(text.prefix(80))
  }
}
