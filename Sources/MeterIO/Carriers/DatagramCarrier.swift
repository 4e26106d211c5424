// Carriers take datagrams from one node to others (§6). A new carrier is a file with a class like
// `MulticastCarrier`, a line in `openCarriers`, a case of `Carrier` in MeterModel, and its option.

import Glibc
import MeterModel

/// A way for datagrams between nodes, with its sockets. The carriers' thread owns all carriers and
/// is the only one that calls them. No call waits.
protocol DatagramCarrier: AnyObject {
  /// The state and the counters for `GET /cluster`.
  var figures: CarrierFigures { get }

  /// The line for the operator at the start of the daemon.
  var startLine: String { get }

  /// The largest number of descriptors that the carrier has open.
  var maximumDescriptors: Int { get }

  /// Whether a host is given by a name, so that the resolver's thread is needed.
  var needsResolver: Bool { get }

  /// Whether a server takes the datagrams and passes them on. Datagrams go to it at once and not at
  /// the thread's pace, since the carrier has a queue of its own.
  var isBroker: Bool { get }

  /// The time of the next `maintain` if nothing else happens; `.never` for none.
  var nextDeadline: Instant { get }

  /// Registers the sockets with the thread's poller. Called once, before any other call.
  func start(_ host: inout CarrierHost) throws(SystemError)

  /// Handles an event of the carrier's socket that was registered under `key`.
  func ready(_ key: UInt32, _ seen: Readiness, _ host: inout CarrierHost)

  /// Sends a datagram to all other nodes that the carrier reaches, or counts it as unsent.
  func send(_ datagram: Span<UInt8>, _ host: inout CarrierHost)

  /// Takes the answer of the resolver to a request of this carrier.
  func take(_ resolution: Resolution, _ host: inout CarrierHost)

  /// Performs the tasks that are due. Called after all events of a turn of the thread's loop.
  func maintain(_ host: inout CarrierHost)

  /// Whether all datagrams have left. If not, the thread waits a moment before it ends.
  var isIdle: Bool { get }
}

/// The carriers that the options name, opened, with the line of each for the operator at the start.
///
/// Throws an error for the operator. A condition that may end later is no error: a network that is
/// down, a name that cannot be resolved now, a Redis server that is down.
func openCarriers(
  _ options: ClusterOptions, secret: ClusterSecret?, nodeTimeout: Duration, console: Console
) throws(StartError) -> [any DatagramCarrier] {
  let carriers: [(any DatagramCarrier)?] = [
    try MulticastCarrier(options, console: console),
    try UnicastCarrier(options, secret: secret, nodeTimeout: nodeTimeout, console: console),
    RedisCarrier(options, console: console),
  ]
  return carriers.compactMap { $0 }
}

/// Whether a host is an IP address, so that no name server is needed.
func isLiteral(_ host: String) -> Bool {
  (try? SocketAddress.resolve(host, port: 1, literalOnly: true)) != nil
}

/// The text for the operator when a datagram socket cannot be opened on an address.
func explainReceiveError(_ error: SystemError, on address: Endpoint) -> String {
  let problem = "cannot receive on \(address.description)"
  switch error.code {
  case EADDRINUSE:
    return "\(problem): another program has the port for itself; give another one"
  case EACCES, EPERM:
    return "\(problem): not permitted; ports below 1024 need root or the capability "
      + "CAP_NET_BIND_SERVICE; or give a port from 1024 to 65535"
  case EINVAL where address.host.contains(":"):
    return "\(problem): a group of one link needs --cluster-interface"
  case EAFNOSUPPORT, EADDRNOTAVAIL:
    return "\(problem): this machine has no such addresses"
  default:
    return "\(problem): \(error.description)"
  }
}
