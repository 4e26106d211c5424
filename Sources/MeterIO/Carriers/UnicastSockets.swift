// Peers that are reached one by one (§6): a socket for IPv4 and one for IPv6, and who the peers are. A name
// is resolved at the start and again while nothing is heard from it, off this thread.

import Glibc
import MeterModel

/// One peer as the operator named it.
private struct Peer {
  let endpoint: Endpoint

  /// Where it is, as far as is known; a name may stand for several machines.
  var addresses: [SocketAddress]

  /// Whether there is nothing to resolve.
  let isLiteral: Bool

  /// When something last came from it.
  var heardAt = Instant.start

  /// When its name is resolved next; nil while it is being resolved, and for an address.
  var resolvesAt: Instant?
  var backoff = Backoff()

  /// Whether its name stood for nothing when it was last resolved.
  var isNameless = false

  /// Whether the last datagram to it could not be sent.
  var isUnreachable = false
}

/// The unicast carrier.
struct UnicastSockets: ~Copyable {
  private var peers: [Peer]
  private let v4: DatagramSocket

  /// nil where the system has no IPv6.
  private let v6: DatagramSocket?

  /// The sockets' numbers, for a poller.
  let numbers: (v4: Int32, v6: Int32?)

  /// A name may stand for this many machines.
  private static let mostAddresses = 64

  /// Opens the sockets.
  init(port: UInt16, peers: [Endpoint]) throws(SystemError) {
    let v4 = try DatagramSocket(boundTo: Self.every("0.0.0.0", port), isShared: false)
    let v6 = try Self.openIPv6(port)
    if let v6 {
      numbers = (v4.number, v6.number)
      self.v6 = consume v6
    } else {
      numbers = (v4.number, nil)
      self.v6 = nil
    }
    self.v4 = v4
    self.peers = peers.map { endpoint in
      let literal = try? SocketAddress.resolve(
        endpoint.host, port: endpoint.port, literalOnly: true)
      return Peer(
        endpoint: endpoint, addresses: literal ?? [], isLiteral: literal != nil,
        resolvesAt: literal == nil ? .start : nil)
    }
  }

  private static func openIPv6(_ port: UInt16) throws(SystemError) -> DatagramSocket? {
    do throws(SystemError) {
      return try DatagramSocket(boundTo: every("::", port), isShared: false)
    } catch {
      guard error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL else { throw error }
      return nil
    }
  }

  private static func every(_ literal: String, _ port: UInt16) throws(SystemError) -> SocketAddress
  {
    guard let address = try? SocketAddress.resolve(literal, port: port, literalOnly: true).first
    else { throw SystemError(code: EAFNOSUPPORT) }
    return address
  }

  /// Sends a datagram to every peer whose address is known. The answer is the last error, and whether a peer
  /// that could not be reached before is reached now.
  mutating func send(_ datagram: Span<UInt8>) -> (error: SystemError?, hasReturned: Bool) {
    var last: SystemError?
    var hasReturned = false
    for index in peers.indices {
      var failure: SystemError?
      for address in peers[index].addresses {
        failure = send(datagram, to: address) ?? failure
      }
      if let failure { last = failure }
      if peers[index].isUnreachable, failure == nil { hasReturned = true }
      peers[index].isUnreachable = failure != nil
    }
    return (last, hasReturned)
  }

  /// Takes the next datagram of one of the sockets into `buffer`; nil when there is none now.
  func receive(
    isIPv6: Bool, into buffer: inout ContiguousArray<UInt8>
  ) -> (count: Int, source: SocketAddress)? {
    isIPv6 ? v6?.receive(into: &buffer) : v4.receive(into: &buffer)
  }

  private func send(_ datagram: Span<UInt8>, to address: SocketAddress) -> SystemError? {
    guard address.isIPv6 else { return v4.send(datagram, to: address) }
    return v6 == nil ? SystemError(code: EAFNOSUPPORT) : v6?.send(datagram, to: address)
  }

  /// Something came from an address.
  mutating func heard(from source: SocketAddress, at now: Instant) {
    for index in peers.indices where peers[index].addresses.contains(source) {
      peers[index].heardAt = now
      peers[index].backoff.reset()
    }
  }

  /// When a name is to be resolved next; nil while none is.
  var nextDeadline: Instant? { peers.compactMap(\.resolvesAt).min() }

  /// The names that are to be resolved now, with their places.
  mutating func namesToResolve(
    at now: Instant, silence: Duration
  ) -> [ResolutionRequest] {
    var requests: [ResolutionRequest] = []
    for index in peers.indices {
      guard let due = peers[index].resolvesAt, due <= now else { continue }
      // Who is heard needs no other address; it is looked at again when it could have fallen silent.
      let silentAt = peers[index].heardAt + silence
      if peers[index].heardAt > .start, silentAt > now {
        peers[index].resolvesAt = silentAt
        continue
      }
      peers[index].resolvesAt = nil
      requests.append(ResolutionRequest(target: index, endpoint: peers[index].endpoint))
    }
    return requests
  }

  /// What a resolution changed.
  enum Change {
    case same

    /// There is an address that was not there before.
    case moved

    /// There is none, for the first time since there was one.
    case lost(Endpoint, ResolutionError)
  }

  /// A name was resolved, or not.
  mutating func take(
    _ resolution: Resolution, at now: Instant, using random: inout some RandomNumberGenerator
  ) -> Change {
    let index = resolution.target
    peers[index].resolvesAt = now + peers[index].backoff.next(using: &random)
    switch resolution.result {
    case .success(let addresses):
      let found = Array(addresses.prefix(Self.mostAddresses))
      let isNew = found.contains { !peers[index].addresses.contains($0) }
      peers[index].addresses = found
      peers[index].isNameless = false
      return isNew ? .moved : .same
    case .failure(let error):
      // An address that was right once is better than none.
      defer { peers[index].isNameless = true }
      return peers[index].isNameless ? .same : .lost(peers[index].endpoint, error)
    }
  }

  /// How many peers have an address.
  var knownPeers: (known: Int, all: Int) {
    (peers.count { !$0.addresses.isEmpty }, peers.count)
  }
}
