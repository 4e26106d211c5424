// The server's address, the source addresses, and the request of a load.

import Glibc
import MeterModel

/// The address of the server, the source addresses, and the request.
struct BenchTarget: Sendable {
  let address: SocketAddress

  /// The source addresses; empty where the system chooses.
  private(set) var sources: [SocketAddress] = []
  private let head: ContiguousArray<UInt8>
  private let tail: ContiguousArray<UInt8>

  /// Resolves the server's host, which must be of this machine unless the settings allow another.
  init(_ settings: BenchSettings) throws(BenchError) {
    let host = settings.host ?? "127.0.0.1"
    let isAllowed = settings.isRemote && settings.isRemoteMeant
    address = try Self.resolve(host, settings.port, "--host", isAllowed)
    head = ContiguousArray("GET /\(settings.prefix)".utf8)
    tail = ContiguousArray(
      " HTTP/1.1\r\nHost: \(address.description)\r\nAccept: text/event-stream\r\n\r\n".utf8)
  }

  /// Whether more than one source address is possible.
  var hasManySources: Bool { !address.isIPv6 && address.isLoopback }

  /// Makes source addresses, from 127.0.1.1 on.
  mutating func connect(fromAddresses count: Int) throws(BenchError) {
    guard count > 1 else { return }
    for index in 0..<count {
      let name = "127.0.\(1 + index / 250).\(1 + index % 250)"
      sources.append(try Self.resolve(name, 0, "source", false))
    }
  }

  /// The first address of a host. Throws if a load may not go there.
  static func resolve(
    _ host: String, _ port: UInt16, _ option: String, _ isRemoteAllowed: Bool
  ) throws(BenchError) -> SocketAddress {
    let addresses: [SocketAddress]
    do throws(ResolutionError) {
      addresses = try SocketAddress.resolve(host, port: port)
    } catch {
      throw BenchError("\(option): \(host): \(error.description)")
    }
    guard let address = addresses.first else { throw BenchError("\(option): \(host): no address") }
    guard address.isLoopback || isRemoteAllowed else {
      throw BenchError(
        "\(option): \(host) is no loopback address; a load on it, which must be yours, needs"
          + " --remote and --yes-i-may-load-it", isUsage: true)
    }
    return address
  }

  /// Whether server and clients are on one machine.
  var isLocal: Bool { address.isLoopback }

  /// Writes the request for a stream of a namespace. O(bytes), without allocation once there is
  /// room
  func write(requestFor namespace: UInt32, into request: inout ContiguousArray<UInt8>) {
    request.removeAll(keepingCapacity: true)
    request.append(contentsOf: head)
    request.append(decimal: UInt64(namespace))
    request.append(contentsOf: tail)
  }
}

extension SocketAddress {
  /// Whether the address is of this machine.
  var isLoopback: Bool {
    let host = host
    return host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.")
  }
}
