// Unicast as a carrier (§6): a socket for IPv4 and one for IPv6, and a list of peers to which each
// datagram is sent one by one. A peer's name is resolved at the start and regularly from then on,
// and more often while nothing arrives from the peer. Nodes that are heard from other addresses are
// sent every datagram too (`UnicastSpeakers`).

import Glibc
import MeterModel

/// One peer of the options.
private struct UnicastPeer {
  let endpoint: Endpoint

  /// The known addresses; a name may stand for several machines.
  var addresses: [SocketAddress]

  /// Whether the host is an address, so that there is nothing to resolve.
  let isLiteral: Bool

  /// The instant of the last datagram of the peer; the start for none.
  var heardAt = Instant.start

  /// The time of the next resolution; nil while one is under way, and for an address.
  var resolvesAt: Instant?

  /// Until then the name is not resolved again while the peer is heard.
  var renewsAt = Instant.start
  var backoff = Backoff()

  /// Whether the last resolution found no address.
  var isNameless = false

  /// Whether the last datagram could not be sent to it.
  var isUnreachable = false
}

/// The sockets and the peers.
final class UnicastCarrier: DatagramCarrier {
  private(set) var figures: CarrierFigures
  let startLine: String
  let needsResolver: Bool
  private var peers: [UnicastPeer]
  private var speakers: UnicastSpeakers
  private let v4: DatagramSocket

  /// nil where the system has no IPv6.
  private let v6: DatagramSocket?
  private let v6Number: Int32?
  private let nodeTimeout: Duration
  private let console: Console
  private let notice: RecurringNotice

  /// The keys of the sockets' events.
  private static let keys = (v4: UInt32(0), v6: UInt32(1))

  /// The number of addresses of one name that are used.
  private static let maximumAddresses = 64

  /// The number of datagrams that are received before another socket has its turn.
  private static let maximumBatch = 256

  /// The longest time between two resolutions of a name whose peer is heard: a name may get a
  /// further address while the first one answers.
  private static let maximumRenewal = Duration.seconds(10)

  /// Opens the sockets; nil where the options name no peers. Throws an error for the operator.
  init?(
    _ options: ClusterOptions, secret: ClusterSecret?, nodeTimeout: Duration, console: Console
  ) throws(StartError) {
    guard !options.peers.isEmpty else { return nil }
    do throws(SystemError) {
      v4 = try DatagramSocket(boundTo: Self.wildcard("0.0.0.0", options.port), isShared: false)
      if let socket = try Self.openIPv6(options.port) {
        v6Number = socket.number
        v6 = consume socket
      } else {
        v6Number = nil
        v6 = nil
      }
    } catch {
      let address = Endpoint(host: "0.0.0.0", port: options.port)
      throw StartError(reason: "--cluster-port: \(explainReceiveError(error, on: address))")
    }
    peers = options.peers.map { endpoint in
      let literal = try? SocketAddress.resolve(
        endpoint.host, port: endpoint.port, literalOnly: true)
      return UnicastPeer(
        endpoint: endpoint, addresses: literal ?? [], isLiteral: literal != nil,
        resolvesAt: literal == nil ? .start : nil)
    }
    var random = SystemRandomNumberGenerator()
    speakers = UnicastSpeakers(
      AddressCheck(key: (random.next(), random.next()), secret: secret),
      budget: QuestionBudget(key: HashKey(random.next(), random.next())), nodeTimeout: nodeTimeout)
    needsResolver = options.peers.contains { !isLiteral($0.host) }
    figures = CarrierFigures(carrier: .unicast, address: "port \(options.port)", state: "up")
    startLine =
      "cluster by unicast on port \(options.port), with "
      + (options.peers.count == 1 ? "1 peer" : "\(options.peers.count) peers")
    self.nodeTimeout = nodeTimeout
    self.console = console
    notice = RecurringNotice("unicast: datagrams could not be sent", on: console)
  }

  private static func openIPv6(_ port: UInt16) throws(SystemError) -> DatagramSocket? {
    do throws(SystemError) {
      return try DatagramSocket(boundTo: wildcard("::", port), isShared: false)
    } catch {
      guard error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL else { throw error }
      return nil
    }
  }

  private static func wildcard(
    _ literal: String, _ port: UInt16
  ) throws(SystemError) -> SocketAddress {
    guard let address = try? SocketAddress.resolve(literal, port: port, literalOnly: true).first
    else { throw SystemError(code: EAFNOSUPPORT) }
    return address
  }

  let maximumDescriptors = 2
  let isBroker = false
  let isIdle = true

  /// The time of the next resolution of a name.
  var nextDeadline: Instant { peers.compactMap(\.resolvesAt).min() ?? .never }

  func start(_ host: inout CarrierHost) throws(SystemError) {
    try host.watch(v4.number, key: Self.keys.v4)
    if let v6Number { try host.watch(v6Number, key: Self.keys.v6) }
  }
}

// MARK: - Datagrams

extension UnicastCarrier {
  func ready(_ key: UInt32, _ seen: Readiness, _ host: inout CarrierHost) {
    for _ in 0..<Self.maximumBatch {
      let received =
        key == Self.keys.v6
        ? v6?.receive(into: &host.scratch) : v4.receive(into: &host.scratch)
      guard let (count, source) = received else { return }
      let isPeer = noteArrival(from: source, at: host.now)
      if let kind = AddressCheck.kind(of: host.scratch.span.extracting(first: count)) {
        take(kind, ContiguousArray(host.scratch[..<count]), from: source, isPeer: isPeer, &host)
        continue
      }
      if !isPeer, let question = speakers.question(to: source, length: count, at: host.now) {
        _ = send(question.span, to: source)
      }
      figures.count(isKept: host.keep(count, from: source, over: .unicast))
    }
  }

  /// Notes that a peer is heard. Returns whether the source is an address of a peer.
  private func noteArrival(from source: SocketAddress, at now: Instant) -> Bool {
    var isPeer = false
    for index in peers.indices where peers[index].addresses.contains(source) {
      peers[index].heardAt = now
      peers[index].backoff.reset()
      isPeer = true
    }
    return isPeer
  }

  /// Processes a question or an answer of an address check. A question is answered only if this
  /// node sends to its source, so that a stranger cannot get an answer here and pass it on as its
  /// own.
  private func take(
    _ kind: AddressCheck.Kind, _ datagram: ContiguousArray<UInt8>, from source: SocketAddress,
    isPeer: Bool, _ host: inout CarrierHost
  ) {
    switch kind {
    case .question:
      guard isPeer || speakers.contains(source) else { return }
      _ = send(speakers.answer(to: datagram.span).span, to: source)
    case .answer:
      guard !isPeer, speakers.take(datagram.span, from: source, at: host.now) else { return }
      console.debug("unicast: \(source.description) is heard, and is sent the counts from now on")
      host.noteReturn()
    }
  }

  /// Sends a datagram to every peer with a known address, and to the other nodes that are heard.
  func send(_ datagram: Span<UInt8>, _ host: inout CarrierHost) {
    var lastError: SystemError?
    for index in peers.indices {
      var failure: SystemError?
      for address in peers[index].addresses {
        failure = send(datagram, to: address) ?? failure
      }
      if let failure { lastError = failure }
      if peers[index].isUnreachable, failure == nil { host.noteReturn() }
      peers[index].isUnreachable = failure != nil
    }
    speakers.forgetSilent(at: host.now)
    for address in speakers.addresses { _ = send(datagram, to: address) }
    if speakers.isEmpty, peers.allSatisfy(\.addresses.isEmpty) {
      figures.unsent += 1
      noteResolved()
    } else if let lastError {
      figures.unsent += 1
      notice.note(at: host.now)
      figures.state = lastError.description
    } else {
      figures.sent += 1
      noteResolved()
    }
  }

  private func send(_ datagram: Span<UInt8>, to address: SocketAddress) -> SystemError? {
    guard address.isIPv6 else { return v4.send(datagram, to: address) }
    return v6 == nil ? SystemError(code: EAFNOSUPPORT) : v6?.send(datagram, to: address)
  }
}

// MARK: - Names

extension UnicastCarrier {
  /// Requests the addresses of the names whose resolution is due.
  func maintain(_ host: inout CarrierHost) {
    for index in peers.indices {
      guard let due = peers[index].resolvesAt, due <= host.now else { continue }
      // The name of a peer that is heard is due again when the peer could have fallen silent.
      let silentAt = peers[index].heardAt + nodeTimeout
      let renewsAt = peers[index].renewsAt
      if peers[index].heardAt > .start, silentAt > host.now, renewsAt > host.now {
        peers[index].resolvesAt = min(silentAt, renewsAt)
        continue
      }
      peers[index].resolvesAt = nil
      host.resolve(peers[index].endpoint, target: index)
    }
  }

  func take(_ resolution: Resolution, _ host: inout CarrierHost) {
    let index = resolution.target
    peers[index].resolvesAt = host.now + peers[index].backoff.next(using: &host.random)
    let longest = Self.maximumRenewal.nanoseconds
    peers[index].renewsAt =
      host.now
      + Duration(nanoseconds: UInt64.random(in: longest / 2...longest, using: &host.random))
    switch resolution.result {
    case .success(let addresses):
      let found = Array(addresses.prefix(Self.maximumAddresses))
      if found.contains(where: { !peers[index].addresses.contains($0) }) { host.noteReturn() }
      peers[index].addresses = found
      speakers.remove(found)
      peers[index].isNameless = false
    case .failure(let error):
      // The former addresses are kept: they may still be right.
      if !peers[index].isNameless {
        console.log(
          "unicast: \(peers[index].endpoint.description): \(error.description); trying again")
      }
      peers[index].isNameless = true
    }
    noteResolved()
  }

  /// Notes how many of the peers have an address.
  private func noteResolved() {
    let known = peers.count { !$0.addresses.isEmpty }
    figures.state =
      known == peers.count ? "up" : "\(known) of \(peers.count) peers resolved"
  }
}
