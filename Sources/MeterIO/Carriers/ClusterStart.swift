// How the cluster begins: its sockets are opened and its secret is read before anything is served.

import Glibc
import MeterModel

/// What the cluster's thread shares with the rest of the daemon.
struct CarrierContext: Sendable {
  let clock: Clock
  let console: Console
  let mailbox: Mailbox<CarrierOrder>
  let arrivals: ArrivalQueue
  let board: CarrierBoard
  let nodeTimeout: Duration
}

/// A cluster that is ready to begin.
struct ClusterStart: Sendable {
  private let sockets: Handover<ClusterSockets>
  private let secret: ClusterSecret?
  private let options: ClusterOptions

  /// What is said at the start, a line for each carrier.
  let lines: [String]

  /// Opens what the options name. Nil where they name no carrier.
  init?(_ options: ClusterOptions, nodeTimeout: Duration) throws(StartError) {
    guard options.isEnabled else { return nil }
    try Self.check(notifyInterval: options.notifyInterval, nodeTimeout: nodeTimeout)
    secret = try options.secretPath.map { path throws(StartError) in try readClusterSecret(path) }
    var options = options
    if let path = options.redisPasswordPath {
      options.redis = options.redis?.loggingIn(with: try readRedisPassword(path))
    }
    let sockets = try ClusterSockets(options)
    lines = sockets.lines
    self.options = options
    self.sockets = Handover(sockets)
  }

  /// Refuses times with which the nodes would forget one another again and again.
  static func check(notifyInterval: Duration, nodeTimeout: Duration) throws(StartError) {
    guard notifyInterval >= nodeTimeout else { return }
    throw StartError(
      reason: "--cluster-notify-interval: \(notifyInterval.decimalSeconds)s is not less "
        + "than the --cluster-node-timeout of \(nodeTimeout.decimalSeconds)s, within which "
        + "counts must be repeated")
  }

  /// The membership of the node, the ends of the ways between the two threads, and the carriers' thread.
  func begin(
    _ configuration: Configuration, clock: Clock, console: Console
  ) throws(SystemError) -> ClusterParts {
    let context = CarrierContext(
      clock: clock, console: console, mailbox: try Mailbox<CarrierOrder>(),
      arrivals: try ArrivalQueue(), board: CarrierBoard(),
      nodeTimeout: configuration.clusterNodeTimeout)
    let carriers = Handover(try Carriers(sockets.take(), context: context))
    var random = SystemRandomNumberGenerator()
    var settings = ClusterSettings()
    settings.notifyInterval = options.notifyInterval
    settings.nodeTimeout = configuration.clusterNodeTimeout
    let membership = Membership(
      session: SessionID.random(using: &random), settings: settings, secret: secret,
      wallStart: clock.wallStart / 1_000_000, hashKey: HashKey(random.next(), random.next()))
    return ClusterParts(
      membership: membership, context: context,
      run: {
        var carriers = carriers.take()
        carriers.run()
      })
  }
}

/// What the daemon's threads need of a cluster.
struct ClusterParts {
  let membership: Membership
  let context: CarrierContext

  /// The body of the carriers' thread.
  let run: @Sendable () -> Void
}
