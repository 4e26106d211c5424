import MeterModel

/// What the command line says of the cluster (§6). Nothing of it is resolved or opened yet.
package struct ClusterOptions: Equatable, Sendable {
  /// The multicast group (`--cluster-addr`); nil for none.
  package var group: Endpoint?

  /// The name or an address of the interface that the group is joined on; nil leaves it to the system's
  /// routes (`--cluster-interface`).
  package var interface: String?

  /// To whom datagrams are sent one by one (`--cluster-peers`).
  package var peers: [Endpoint] = []

  /// Where those of the peers are received, 1 to 65535 (`--cluster-port`).
  package var port: UInt16 = 3140

  /// The Redis or Valkey server that carries what is published (`--cluster-redis`); nil for none.
  package var redis: RedisURL?

  /// The file that holds the password of that server (`--cluster-redis-password`); nil where there is none, or
  /// where `redis` has it.
  package var redisPasswordPath: String?

  /// The file that holds the nodes' common secret (`--cluster-secret`); nil for none.
  package var secretPath: String?

  /// How often this node tells its counts, at least 10 ms (`--cluster-notify-interval`).
  package var notifyInterval = Duration.seconds(2)

  package init() {}

  /// Whether there is a cluster at all: something that carries datagrams.
  package var isEnabled: Bool { group != nil || !peers.isEmpty || redis != nil }
}
