// Redis or Valkey as a carrier (§6): what one node publishes on a channel, all that have subscribed to it
// get. A node has two connections, since one that is subscribed can publish nothing.

import Glibc
import MeterModel

/// The two connections and the server's addresses.
struct RedisCarrier: ~Copyable {
  /// Names the server where names are resolved.
  static let target = -1

  let server: RedisURL
  var publisher: RedisConnection
  var subscriber: RedisConnection
  /// Whence datagrams come, as they are reported.
  let source: NodeAddress

  private var addresses: [SocketAddress]
  private let isLiteral: Bool

  /// Which address is tried next.
  private var nextAddress = 0

  /// Whether the name is being resolved.
  private var isResolving = false

  /// Whether both connections were ready, and how many datagrams were forgotten, when that was last looked
  /// at.
  var wasUp = false
  var forgotten: UInt64 = 0

  init(_ server: RedisURL) {
    self.server = server
    let literal = try? SocketAddress.resolve(server.host, port: server.port, literalOnly: true)
    addresses = literal ?? []
    isLiteral = literal != nil
    publisher = RedisConnection(.publish, server)
    subscriber = RedisConnection(.subscribe, server)
    source = NodeAddress(Self.name(of: server))
  }

  /// The server as it is reported: without a password.
  static func name(of server: RedisURL) -> String {
    Endpoint(host: server.host, port: server.port).description
  }

  /// Whether datagrams come and go.
  var isUp: Bool { publisher.phase == .ready && subscriber.phase == .ready }

  /// When something is to be done.
  var nextDeadline: Instant? {
    let deadlines = (
      isResolving && publisher.phase == .waiting ? nil : publisher.nextDeadline,
      isResolving && subscriber.phase == .waiting ? nil : subscriber.nextDeadline
    )
    return [deadlines.0, deadlines.1].compactMap { $0 }.min()
  }

  /// Where to connect to next; nil while that is not known, when `resolve` is to be called.
  mutating func takeAddress() -> SocketAddress? {
    guard !isResolving, nextAddress < addresses.count else { return nil }
    let address = addresses[nextAddress]
    nextAddress += 1
    if isLiteral { nextAddress %= addresses.count }
    return address
  }

  /// What to ask the resolver; nil while it was asked already.
  mutating func resolution() -> ResolutionRequest? {
    guard !isResolving else { return nil }
    isResolving = true
    return ResolutionRequest(
      target: Self.target, endpoint: Endpoint(host: server.host, port: server.port))
  }

  /// The server's name was resolved; the answer is why not.
  mutating func take(_ resolution: Resolution) -> ResolutionError? {
    isResolving = false
    nextAddress = 0
    switch resolution.result {
    case .success(let found):
      addresses = found
      return nil
    case .failure(let error):
      addresses = []
      return error
    }
  }
}
