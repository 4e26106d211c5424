// One node of a simulated cluster: a driven node whose clock runs at its own pace, and the clients
// of its streams. A stream has the number of its client.

/// One run of a node.
struct SimulatedNode {
  /// The stream of a client on this node.
  struct Stream {
    let client: Int
    let viewer: Int?
    let id: ContiguousArray<UInt8>
  }

  /// An event that the simulation must process or the judge must check.
  enum Occurrence {
    case excluded(Stream)
    case retired(namespace: [UInt8])

    /// A reactor sent an event to its streams of a namespace.
    case delivered(namespace: [UInt8], frame: [UInt8], reactor: Int)

    /// A datagram was sent; with whether a legacy node was heard before.
    case send(ContiguousArray<UInt8>, hasHeardLegacy: Bool)

    /// The local counts of this node changed; by namespace.
    case counted(members: [UInt64], connections: [UInt64], streams: [UInt64])
  }

  let run: UInt64
  let startedAt: Instant
  private var driver: NodeDriver
  private let drift: Int64
  private let secret: ClusterSecret?
  private var falsifier: Falsifier?
  private var hasHeardLegacy = false

  /// The streams, by client. An entry outlives its stream until the end is processed.
  private var clientStreams: [Int: Stream] = [:]
  private var noted = (members: UInt64(0), counted: UInt64(0), streams: UInt32(0))
  private var occurrences: ContiguousArray<Occurrence> = []

  var node: Node { driver.node }
  var digest: Digest { driver.digest }

  init(_ plan: NodesPlan, number: Int, run: UInt64, at now: Instant, fault: NodeFault?) {
    self.run = run
    startedAt = now
    drift = plan.drifts[number]
    secret = plan.hasSecret ? ClusterSecret(Array("a secret".utf8).span) : nil
    let wall = 1_795_350_754_000 + Int64(now.nanoseconds / 1_000_000) + plan.skews[number]
    var source = RandomSource(seed: plan.seed &+ run).fork("session")
    let membership = Membership(
      session: SessionID(randomBits: source.next(), source.next()), settings: plan.settings,
      secret: secret, wallStart: UInt64(wall), hashKey: HashKey(run, run))
    var settings = NodeSettings(
      hashKey: HashKey(plan.seed, run),
      signer: StreamSigner(run: run, key: HashKey(run, plan.seed)))
    settings.configuration = plan.configuration
    settings.wallStart = UInt64(wall) * 1_000_000
    driver = NodeDriver(settings, membership: membership, streamReactors: 2)
    falsifier = fault.map { Falsifier($0) }
  }

  /// Takes the occurrences since the last call, with the run; nil if there are none.
  mutating func takeOccurrences() -> (run: UInt64, occurrences: ContiguousArray<Occurrence>)? {
    guard !occurrences.isEmpty else { return nil }
    defer { occurrences.removeAll() }
    return (run, occurrences)
  }
}

// MARK: - Time

extension SimulatedNode {
  /// The instant when `advance` must be called next, on the clock of the simulation.
  var wakesAt: Instant {
    let deadline = node.nextDeadline
    guard deadline < .never else { return .never }
    // An estimate that is not too late even for the fastest clock. The loop moves it forward until
    // the node's clock has reached the deadline.
    let slack = deadline.nanoseconds / 1000 + 1000
    let elapsed = deadline.nanoseconds - min(deadline.nanoseconds, slack)
    var at = startedAt + Duration(nanoseconds: elapsed)
    while local(at) < deadline { at = at + (deadline - local(at)) }
    return at
  }

  /// An instant on the node's own clock.
  private func local(_ now: Instant) -> Instant {
    let elapsed = Int64((now - startedAt).nanoseconds)
    return Instant(nanoseconds: UInt64(elapsed + elapsed / 1000 * drift / 1000))
  }

  mutating func advance(to now: Instant) {
    // Deadlines change counts before the counts are sent.
    driver.advanceMeter(to: local(now))
    processOccurrences()
    driver.advance(to: local(now))
    processOccurrences()
  }
}

// MARK: - Inputs

extension SimulatedNode {
  mutating func receive(_ bytes: ContiguousArray<UInt8>, over carrier: Carrier, at now: Instant) {
    advance(to: now)
    var bytes = bytes
    if var falsifier {
      let timeout = node.membership?.settings.nodeTimeout ?? .zero
      bytes = falsifier.received(bytes, secret, at: local(now), timeout: timeout, in: &driver.node)
      self.falsifier = falsifier
    }
    if secret == nil, case .success(let datagram) = ClusterDatagram.decode(bytes.span),
      datagram.sequence == nil
    {
      hasHeardLegacy = true
    }
    driver.receive(bytes, from: NodeAddress("192.0.2.1:314"), over: carrier, at: local(now))
    processOccurrences()
    advance(to: now)
  }

  /// Opens a stream for a client. Returns false if it was refused because it was excluded before.
  mutating func open(
    client: Int, namespace: Int, viewer: Int?, after: ContiguousArray<UInt8>?, at now: Instant
  ) -> Bool {
    advance(to: now)
    let isOpen = driver.open(
      UInt32(client), Self.name(namespace), viewer: viewer.map { Self.viewerID($0) } ?? [],
      lastEventID: after ?? [], at: local(now))
    if isOpen {
      clientStreams[client] = Stream(
        client: client, viewer: viewer, id: driver.streams[UInt32(client)]?.id ?? [])
    }
    processOccurrences()
    return isOpen
  }

  mutating func close(client: Int, at now: Instant) {
    advance(to: now)
    driver.close(UInt32(client), at: local(now))
    clientStreams[client] = nil
    processOccurrences()
  }

  mutating func publish(_ text: ContiguousArray<UInt8>, to namespace: Int, at now: Instant) {
    advance(to: now)
    driver.publish(Array(text), to: Self.name(namespace), at: local(now))
    processOccurrences()
    advance(to: now)
  }

  /// Excludes the holder of a viewer id by a plain request.
  mutating func exclude(viewer: Int, at now: Instant) {
    advance(to: now)
    driver.askMembers(of: Self.name(0), excluding: Self.viewerID(viewer), at: local(now))
    processOccurrences()
  }

  mutating func carrierReturned(at now: Instant) {
    advance(to: now)
    driver.carrierReturned(at: local(now))
  }

  mutating func stop(at now: Instant) {
    advance(to: now)
    driver.stop(at: local(now))
    processOccurrences()
  }

  static func name(_ namespace: Int) -> [UInt8] { Array(NodesPlan.namespaces[namespace].utf8) }

  private static func viewerID(_ viewer: Int) -> [UInt8] { Array("viewer-\(viewer)".utf8) }
}

// MARK: - Occurrences

extension SimulatedNode {
  private mutating func processOccurrences() {
    recordCounts()
    for occurrence in driver.takeOccurrences() {
      switch occurrence {
      case .ended(let number, .excluded):
        guard let stream = clientStreams.removeValue(forKey: Int(number)) else { continue }
        occurrences.append(.excluded(stream))
      case .retired(let namespace): occurrences.append(.retired(namespace: namespace))
      case .message(let namespace, let frame, let reactor):
        occurrences.append(.delivered(namespace: namespace, frame: frame, reactor: reactor))
      case .datagram(let bytes):
        occurrences.append(
          .send(falsifier?.sent(bytes, secret) ?? bytes, hasHeardLegacy: hasHeardLegacy))
      case .fed, .fedMessage, .fedRetained, .greeted, .sent, .ended, .refused, .answered: break
      }
    }
  }

  /// Counts that the other nodes are sent may last for one instant only: after a pause many events
  /// occur at once.
  private mutating func recordCounts() {
    let meter = node.meter
    let counts = (meter.localMembers, meter.countedConnections, meter.openConnections)
    guard noted != counts else { return }
    noted = counts
    let ids = NodesPlan.namespaces.indices.map { namespace($0) }
    occurrences.append(
      .counted(
        members: ids.map { id in id.map { UInt64(meter.localMembers(of: $0)) } ?? 0 },
        connections: ids.map { id in id.map { meter.localConnections(of: $0) } ?? 0 },
        streams: ids.map { id in id.map { UInt64(meter.openConnections(of: $0)) } ?? 0 }))
  }
}

// MARK: - Questions of the simulation

extension SimulatedNode {
  /// The clients that have a stream here, in ascending order.
  var clients: [Int] { clientStreams.keys.sorted() }

  /// The number of streams of a viewer id here.
  func holders(of viewer: Int) -> Int { clientStreams.values.count { $0.viewer == viewer } }

  func namespace(_ number: Int) -> NamespaceID? {
    node.namespaces.find(Self.name(number).span).map { NamespaceID($0) }
  }

  func localMembers(_ namespace: Int) -> UInt64 {
    self.namespace(namespace).map { UInt64(node.meter.localMembers(of: $0)) } ?? 0
  }
}
