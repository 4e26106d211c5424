// What the command line asked for, opened: all that can go wrong at the start does so here, and is one line
// for the operator. What may come right by itself (a network that is not up yet, a name that nobody can
// resolve now, a Redis server that is down) is no error.

import CLinux
import Glibc
import MeterModel

/// The cluster's sockets before its thread has them.
struct ClusterSockets: ~Copyable {
  var multicast: MulticastSocket?
  var unicast: UnicastSockets?
  let redis: RedisURL?
  private(set) var figures = CarrierList()

  /// What is said at the start, a line for each carrier.
  private(set) var lines: [String] = []

  /// The most descriptors that it has, its thread's poller and mailboxes and the two connections to Redis
  /// among them.
  static let descriptorCount = 10

  /// Whether there is a name to be resolved.
  let needsResolver: Bool

  init(_ options: ClusterOptions) throws(StartError) {
    let hosts = options.peers.map(\.host) + (options.redis.map { [$0.host] } ?? [])
    needsResolver = hosts.contains {
      (try? SocketAddress.resolve($0, port: 1, literalOnly: true)) == nil
    }
    redis = options.redis
    if let group = options.group { try openMulticast(group, options.interface) }
    if !options.peers.isEmpty { try openUnicast(options) }
    if let redis {
      let channel = String(decoding: redis.channel, as: UTF8.self)
      let address = "\(RedisCarrier.name(of: redis)), channel \(channel)"
      figures.append(
        CarrierFigures(carrier: .redis, address: address, state: "connecting"))
      lines.append("cluster by redis at \(address)")
    }
  }

  private mutating func openMulticast(
    _ group: Endpoint, _ interface: String?
  ) throws(StartError) {
    let network = (interface ?? group.zone).map { NetworkInterface(text: $0) }
    if let network, network.index == nil {
      throw StartError(
        reason: "--cluster-interface: '\(network.text)' is no network interface of this machine, "
          + "nor an address of one")
    }
    do throws(SystemError) {
      guard
        let address = try? SocketAddress.resolve(
          group.host, port: group.port, literalOnly: true
        ).first
      else { throw SystemError(code: EAFNOSUPPORT) }
      multicast = try MulticastSocket(group: address, interface: network)
    } catch {
      throw StartError(reason: "--cluster-addr: \(Self.explain(error, group))")
    }
    figures.append(
      CarrierFigures(carrier: .multicast, address: group.description, state: "joining"))
    lines.append(
      "cluster by multicast in \(group.description)" + (network.map { " on \($0.text)" } ?? ""))
  }

  private mutating func openUnicast(_ options: ClusterOptions) throws(StartError) {
    do throws(SystemError) {
      unicast = try UnicastSockets(port: options.port, peers: options.peers)
    } catch {
      let address = Endpoint(host: "0.0.0.0", port: options.port)
      throw StartError(reason: "--cluster-port: \(Self.explain(error, address))")
    }
    figures.append(
      CarrierFigures(carrier: .unicast, address: "port \(options.port)", state: "up"))
    lines.append(
      "cluster by unicast on port \(options.port), with "
        + (options.peers.count == 1 ? "1 peer" : "\(options.peers.count) peers"))
  }

  private static func explain(_ error: SystemError, _ address: Endpoint) -> String {
    let what = "cannot receive on \(address.description)"
    switch error.code {
    case EADDRINUSE:
      return "\(what): another program has the port for itself; give another one"
    case EACCES, EPERM:
      return "\(what): not permitted; ports below 1024 need root or the capability "
        + "CAP_NET_BIND_SERVICE; or give a port from 1024 to 65535"
    case EINVAL where address.host.contains(":"):
      return "\(what): a group of one link needs --cluster-interface"
    case EAFNOSUPPORT, EADDRNOTAVAIL:
      return "\(what): this machine has no such addresses"
    default:
      return "\(what): \(error.description)"
    }
  }
}
