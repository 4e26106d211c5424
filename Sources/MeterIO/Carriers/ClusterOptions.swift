import MeterModel

/// The cluster's options (§6). Hosts are not resolved and files are not read.
package struct ClusterOptions: Equatable, Sendable {
  /// The multicast group (`--cluster-addr`); nil for none.
  package var group: Endpoint?

  /// The name or an address of the interface on which the group is joined; nil leaves it to the
  /// system's routes (`--cluster-interface`).
  package var interface: String?

  /// The peers of the unicast carrier (`--cluster-peers`).
  package var peers: [Endpoint] = []

  /// The port on which datagrams of peers are received, 1 to 65535 (`--cluster-port`).
  package var port: UInt16 = 3140

  /// The Redis or Valkey server (`--cluster-redis`); nil for none.
  package var redis: RedisURL?

  /// The file with the server's password (`--cluster-redis-password`); nil for none, or where
  /// `redis` has it.
  package var redisPasswordPath: String?

  /// The file with the common secret of the nodes (`--cluster-secret`); nil for none.
  package var secretPath: String?

  /// The interval at which this node sends its counts, at least 10 ms
  /// (`--cluster-notify-interval`).
  package var notifyInterval = Duration.seconds(2)

  /// Options without a cluster.
  package init() {}

  /// Whether there is a cluster: at least one carrier.
  package var isEnabled: Bool { group != nil || !peers.isEmpty || redis != nil }
}
