// One node of a simulated cluster: a `Node`, the streams of its clients, and a clock that runs at its own pace. It
// reports to the node what reactors would report, and does what they would do.

/// One run of a node.
struct SimulatedNode {
  /// A client's stream here.
  struct Stream {
    let client: Int
    let namespace: Int
    let viewer: Int?
    var streamID: ContiguousArray<UInt8> = []
  }

  /// What happened, for the simulation to act on and the judge to look at.
  enum Occurrence {
    case excluded(Stream)
    case retired(namespace: ContiguousArray<UInt8>)

    /// A reactor sends an event to its streams of a namespace.
    case delivered(namespace: ContiguousArray<UInt8>, frame: ContiguousArray<UInt8>, reactor: Int)

    /// A datagram leaves; whether a legacy node was heard before.
    case send(ContiguousArray<UInt8>, hearsLegacy: Bool)

    /// The counts of this node changed; by namespace.
    case counted(members: [UInt64], connections: [UInt64], streams: [UInt64])
  }

  /// The reactors that have streams, and the one that has clients' questions.
  private static let streamReactors = 2
  private static let services = 2

  let run: UInt64
  let startedAt: Instant
  private(set) var node: Node
  private let drift: Int64
  private let secret: ClusterSecret?

  /// By connection number, as the node counts them: slot × reactors + reactor.
  private var streams: [UInt32: Stream] = [:]

  /// By reactor, the slots that are free and the number of slots.
  private var freeSlots: [[UInt32]]
  private var slotCounts: [UInt32]
  private var lastGeneration: UInt32 = 0
  private var falsifier: Falsifier?
  private var hearsLegacy = false
  private var noted = (members: UInt64(0), counted: UInt64(0), streams: UInt32(0))
  private var sent = Digest()

  /// By namespace number, the name that it had last.
  private var names: [UInt32: ContiguousArray<UInt8>] = [:]
  private var occurrences: ContiguousArray<Occurrence> = []

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
    var settings = NodeSettings(hashKey: HashKey(plan.seed, run))
    settings.configuration = plan.configuration
    settings.reactors = Self.streamReactors + 1
    settings.streamReactors = Self.streamReactors
    settings.run = run
    settings.wallStart = UInt64(wall) * 1_000_000
    node = Node(settings, membership: membership)
    node.log = MeterLog(includesEffects: true)
    freeSlots = Array(repeating: [], count: Self.streamReactors)
    slotCounts = Array(repeating: 0, count: Self.streamReactors)
    falsifier = fault.map { Falsifier($0) }
  }

  /// Of everything that the node decided and sent.
  var digest: Digest {
    var digest = sent
    digest.combine(node.digest.value)
    return digest
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
  /// When the node has something to do next, on the simulation's clock.
  var wakesAt: Instant {
    let deadline = node.nextDeadline
    guard deadline < .never else { return .never }
    // A little earlier than a clock as fast as this one needs, and then on until it has reached the deadline.
    let slack = deadline.nanoseconds / 1000 + 1000
    let elapsed = deadline.nanoseconds - min(deadline.nanoseconds, slack)
    var at = startedAt + Duration(nanoseconds: elapsed)
    while local(at) < deadline { at = at + (deadline - local(at)) }
    return at
  }

  /// The node's own clock.
  private func local(_ now: Instant) -> Instant {
    let elapsed = Int64((now - startedAt).nanoseconds)
    return Instant(nanoseconds: UInt64(elapsed + elapsed / 1000 * drift / 1000))
  }

  mutating func advance(to now: Instant) {
    advanceMeter(to: now)
    node.advance(to: local(now))
    perform(at: now)
  }

  /// Deadlines change counts before the others are told of them.
  private mutating func advanceMeter(to now: Instant) {
    node.advanceMeter(to: local(now))
    perform(at: now)
  }
}

// MARK: - Inputs

extension SimulatedNode {
  mutating func receive(_ bytes: ContiguousArray<UInt8>, over carrier: Carrier, at now: Instant) {
    advance(to: now)
    var bytes = bytes
    if var falsifier {
      let timeout = node.membership?.settings.nodeTimeout ?? .zero
      bytes = falsifier.heard(bytes, secret, at: local(now), timeout: timeout, in: &node)
      self.falsifier = falsifier
    }
    if secret == nil, case .success(let datagram) = ClusterDatagram.decode(bytes.span),
      datagram.sequence == nil
    {
      hearsLegacy = true
    }
    node.receive(
      bytes.span, from: NodeAddress("192.0.2.1:314"), over: carrier, at: local(now))
    perform(at: now)
    advance(to: now)
  }

  /// A client joins. Returns false if it was refused since it was excluded before.
  mutating func open(
    client: Int, namespace: Int, viewer: Int?, after: ContiguousArray<UInt8>?, at now: Instant
  ) -> Bool {
    advance(to: now)
    let reactor = client % Self.streamReactors
    let slot = takeSlot(of: reactor)
    lastGeneration += 1
    let number = slot * UInt32(Self.streamReactors) + UInt32(reactor)
    streams[number] = Stream(client: client, namespace: namespace, viewer: viewer)
    var batch = InputBatch(reactor: reactor)
    let handle = ConnectionHandle(slot: slot, generation: lastGeneration)
    let name = Self.name(namespace)
    let viewerID = viewer.map { Self.viewerID($0) } ?? []
    let lastEventID = after ?? []
    batch.inputs.append(
      .opened(
        handle, namespace: batch.bytes.appendText(name.span),
        viewer: batch.bytes.appendText(viewerID.span),
        after: StreamIdentifier.parse(lastEventID.span, run: run) ?? .none,
        lastEventID: viewer == nil ? .none : batch.bytes.appendText(lastEventID.span)))
    apply(batch, at: now)
    return streams[number] != nil
  }

  mutating func close(client: Int, at now: Instant) {
    advance(to: now)
    guard let number = number(of: client) else { return }
    leave(number, at: now)
    perform(at: now)
  }

  mutating func publish(_ text: ContiguousArray<UInt8>, to namespace: Int, at now: Instant) {
    advance(to: now)
    var batch = InputBatch(reactor: Self.services)
    let name = batch.bytes.appendText(Self.name(namespace).span)
    batch.inputs.append(
      .asked(
        Self.questioner, .message(namespace: name, text: batch.bytes.appendText(text.span))))
    apply(batch, at: now)
    advance(to: now)
  }

  /// A plain request asks that the holder of a viewer id leave.
  mutating func ask(viewer: Int, at now: Instant) {
    advance(to: now)
    var batch = InputBatch(reactor: Self.services)
    let name = batch.bytes.appendText(Self.name(0).span)
    batch.inputs.append(
      .asked(
        Self.questioner,
        .members(
          name, excluding: batch.bytes.appendText(Self.viewerID(viewer).span), asJSON: false)))
    apply(batch, at: now)
  }

  mutating func carrierReturned(at now: Instant) {
    advance(to: now)
    node.carrierReturned(at: local(now))
  }

  mutating func stop(at now: Instant) {
    advance(to: now)
    node.stop(at: local(now))
    perform(at: now)
  }

  private static let questioner = ConnectionHandle(slot: 0, generation: 1)

  static func name(_ namespace: Int) -> [UInt8] { Array(NodesPlan.namespaces[namespace].utf8) }

  private static func viewerID(_ viewer: Int) -> [UInt8] { Array("viewer-\(viewer)".utf8) }

  private mutating func apply(_ batch: InputBatch, at now: Instant) {
    node.apply(batch, at: local(now))
    perform(at: now)
  }

  private mutating func takeSlot(of reactor: Int) -> UInt32 {
    if let slot = freeSlots[reactor].popLast() { return slot }
    slotCounts[reactor] += 1
    return slotCounts[reactor] - 1
  }

  /// A stream is over, and its reactor reports so.
  private mutating func leave(_ number: UInt32, at now: Instant) {
    guard streams.removeValue(forKey: number) != nil else { return }
    let (slot, reactor) = number.quotientAndRemainder(dividingBy: UInt32(Self.streamReactors))
    freeSlots[Int(reactor)].append(slot)
    var batch = InputBatch(reactor: Int(reactor))
    batch.inputs.append(.closed(slot: slot))
    node.apply(batch, at: local(now))
  }
}

// MARK: - Outputs

extension SimulatedNode {
  /// Does what the node wants done, until it wants nothing more.
  private mutating func perform(at now: Instant) {
    var isBusy = true
    while isBusy {
      isBusy = false
      for reactor in 0...Self.streamReactors {
        guard let batch = node.outputs.take(for: reactor) else { continue }
        isBusy = true
        perform(batch, of: reactor, at: now)
      }
    }
    takeRetired()
    noteCounts()
    guard let batch = node.outputs.takeDatagrams() else { return }
    for range in batch.datagrams {
      let bytes = ContiguousArray(batch.bytes[range.bounds])
      for byte in bytes { sent.combine(UInt64(byte)) }
      occurrences.append(
        .send(falsifier?.sent(bytes, secret) ?? bytes, hearsLegacy: hearsLegacy))
    }
  }

  private mutating func perform(_ batch: DirectiveBatch, of reactor: Int, at now: Instant) {
    var messages: UInt32 = 0
    for directive in batch.directives {
      switch directive {
      case .greet(let handle, let ordinal, _, _):
        streams[number(handle, reactor)]?.streamID = StreamIdentifier.make(ordinal, run: run)
      case .message(let namespace, let frame):
        messages += 1
        occurrences.append(
          .delivered(
            namespace: ContiguousArray(node.namespaces.name(of: namespace.number) ?? []),
            frame: ContiguousArray(batch.bytes[frame.bounds]), reactor: reactor))
      case .end(let handle, let reason):
        let number = number(handle, reactor)
        if reason == .excluded, let stream = streams[number] {
          occurrences.append(.excluded(stream))
        }
        leave(number, at: now)
      case .refuse(let handle, _): leave(number(handle, reactor), at: now)
      case .notify, .answer, .stop: break
      }
    }
    guard messages > 0 else { return }
    var acknowledgement = InputBatch(reactor: reactor)
    acknowledgement.inputs.append(.acknowledged(messages: messages))
    node.apply(acknowledgement, at: local(now))
  }

  private func number(_ handle: ConnectionHandle, _ reactor: Int) -> UInt32 {
    handle.slot * UInt32(Self.streamReactors) + UInt32(reactor)
  }

  private mutating func takeRetired() {
    guard let log = node.log else { return }
    var retired: Set<UInt32> = []
    for (_, entry) in log.entries {
      switch entry {
      case .namespaceBound(let namespace, let name):
        names[namespace.number] = ContiguousArray(log.bytes[name.bounds])
      case .effect(let effect):
        if case .retire(let namespace) = effect.action { retired.insert(namespace.number) }
      case .namespaceUnbound(let namespace):
        if retired.remove(namespace.number) != nil, let name = names[namespace.number] {
          occurrences.append(.retired(namespace: name))
        }
      case .viewerBound, .viewerUnbound, .event, .message: break
      }
    }
    node.log?.removeAll()
  }

  /// What others are told may be over within one instant: after a pause much happens at once.
  private mutating func noteCounts() {
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
  /// The clients that have a stream here.
  var clients: [Int] { streams.values.map(\.client).sorted() }

  /// How many streams of a viewer are here.
  func holders(of viewer: Int) -> Int { streams.values.count { $0.viewer == viewer } }

  func namespace(_ number: Int) -> NamespaceID? {
    node.namespaces.find(Self.name(number).span).map { NamespaceID($0) }
  }

  func localMembers(_ namespace: Int) -> UInt64 {
    self.namespace(namespace).map { UInt64(node.meter.localMembers(of: $0)) } ?? 0
  }

  private func number(of client: Int) -> UInt32? {
    streams.filter { $0.value.client == client }.map(\.key).min()
  }
}
