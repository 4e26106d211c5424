// The start of the cluster: its sockets are opened and its secret is read before anything is
// served.

import Glibc
import MeterModel

/// The objects that the carriers' thread shares with the rest of the daemon.
struct CarrierContext: Sendable {
  let clock: Clock
  let console: Console
  let mailbox: Mailbox<CarrierOrder>
  let arrivals: ArrivalQueue
  let board: CarrierBoard
}

/// A cluster that is ready to begin.
struct ClusterStart: Sendable {
  private let carriers: Handover<[any DatagramCarrier]>
  private let secret: ClusterSecret?
  private let options: ClusterOptions

  /// The lines for the operator at the start, one for each carrier.
  let lines: [String]

  /// The largest number of descriptors that the cluster has open.
  let maximumDescriptors: Int

  /// Descriptors of the thread itself: its poller, its mailbox, the queue of arrivals, and the
  /// resolver's poller and mailbox.
  private static let ownDescriptors = 5

  /// Opens the carriers that the options name; nil if they name none.
  init?(
    _ options: ClusterOptions, nodeTimeout: Duration, console: Console
  ) throws(StartError) {
    guard options.isEnabled else { return nil }
    secret = try options.secretPath.map { path throws(StartError) in try readClusterSecret(path) }
    var options = options
    if let path = options.redisPasswordPath {
      options.redis = options.redis?.loggingIn(with: try readRedisPassword(path))
    }
    let carriers = try openCarriers(
      options, secret: secret, nodeTimeout: nodeTimeout, console: console)
    lines = carriers.map(\.startLine)
    maximumDescriptors = carriers.reduce(Self.ownDescriptors) { $0 + $1.maximumDescriptors }
    self.options = options
    self.carriers = Handover(carriers)
  }

  /// Makes the membership of the node, the body of the carriers' thread, and the objects that the
  /// two threads share.
  func begin(
    _ configuration: Configuration, clock: Clock, console: Console
  ) throws(SystemError) -> ClusterParts {
    let context = CarrierContext(
      clock: clock, console: console, mailbox: try Mailbox<CarrierOrder>(),
      arrivals: try ArrivalQueue(), board: CarrierBoard())
    let thread = Handover(try CarrierThread(carriers.take(), context: context))
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
        var thread = thread.take()
        thread.run()
      })
  }
}

/// The parts of a cluster for the daemon's threads.
struct ClusterParts {
  let membership: Membership
  let context: CarrierContext

  /// The body of the carriers' thread.
  let run: @Sendable () -> Void
}
