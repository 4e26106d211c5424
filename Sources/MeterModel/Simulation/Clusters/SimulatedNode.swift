// A whole node in the simulation: a meter, the names, the cluster's node, and the streams of its clients, put
// together as the daemon's sequencer does. Its clocks run at their own pace.

/// One run of a node.
struct SimulatedNode {
  /// A client's stream here.
  struct Stream {
    let client: Int
    let namespace: Int
    let viewer: Int?
    let streamID: ContiguousArray<UInt8>
  }

  /// What happened to streams and messages, for the simulation to act on and the checkers to judge.
  enum Occurrence {
    case excluded(Stream)
    case retired(namespace: ContiguousArray<UInt8>)
    case delivered(namespace: ContiguousArray<UInt8>, text: ContiguousArray<UInt8>)
    case send(ContiguousArray<UInt8>, ClusterOrders.Reach)

    /// What is counted here changed; by namespace.
    case counted(members: [UInt64], connections: [UInt64])
  }

  let run: UInt64
  let startedAt: Instant
  private(set) var meter: Meter
  private(set) var names: NameTable
  private(set) var node: ClusterNode
  private let drift: Int64
  private let secret: ClusterSecret?
  private var viewers: NameTable
  private var effects = EffectBuffer()
  private var orders = ClusterOrders()
  private var streams: [UInt32: Stream] = [:]
  private var nextConnection: UInt32 = 0
  private var messages: UInt64 = 0
  private var falsifier: Falsifier?
  private var noted = (members: UInt64(0), counted: UInt64(0))
  private(set) var digest = Digest()
  private var occurrences: ContiguousArray<Occurrence> = []

  init(_ plan: NodesPlan, number: Int, run: UInt64, at now: Instant, fault: NodeFault?) {
    self.run = run
    startedAt = now
    drift = plan.drifts[number]
    meter = Meter(configuration: plan.configuration)
    names = NameTable(key: HashKey(plan.seed, run))
    viewers = NameTable(key: HashKey(run, plan.seed))
    secret = plan.hasSecret ? ClusterSecret(Array("a secret".utf8).span) : nil
    let wall = 1_795_350_754_000 + Int64(now.nanoseconds / 1_000_000) + plan.skews[number]
    var source = RandomSource(seed: plan.seed &+ run).fork("session")
    node = ClusterNode(
      session: SessionID(randomBits: source.next(), source.next()), settings: plan.settings,
      secret: secret, wallStart: UInt64(wall), hashKey: HashKey(run, run))
    falsifier = fault.map { Falsifier($0) }
  }

  /// What occurred since this was last asked, and on which run; nil if nothing did.
  mutating func takeOccurrences() -> (run: UInt64, occurrences: ContiguousArray<Occurrence>)? {
    guard !occurrences.isEmpty else { return nil }
    defer { occurrences.removeAll() }
    return (run, occurrences)
  }

  /// When the node has something to do next, on the simulation's clock.
  var wakesAt: Instant {
    let deadline = min(node.nextDeadline, meter.nextDeadline ?? .never)
    guard deadline < .never else { return .never }
    // A little earlier than a clock as fast as this one needs, and then on until it has reached the deadline.
    let slack = deadline.nanoseconds / 1000 + 1000
    let elapsed = deadline.nanoseconds - min(deadline.nanoseconds, slack)
    var at = startedAt + Duration(nanoseconds: elapsed)
    while local(at) < deadline { at = at + (deadline - local(at)) }
    return at
  }

  /// What the node's own clock shows.
  private func local(_ now: Instant) -> Instant {
    let elapsed = Int64((now - startedAt).nanoseconds)
    return Instant(nanoseconds: UInt64(elapsed + elapsed / 1000 * drift / 1000))
  }

  mutating func advance(to now: Instant) {
    let now = local(now)
    meter.advance(to: now, into: &effects)
    carryOut()
    noteCounts()
    node.advance(to: now, meter: meter, names: names, into: &orders)
    perform()
  }

  mutating func receive(_ bytes: ContiguousArray<UInt8>, over carrier: Carrier, at now: Instant) {
    advance(to: now)
    var bytes = bytes
    let instant = local(now)
    if falsifier != nil {
      bytes =
        falsifier?.heard(
          bytes, secret, at: instant, timeout: node.settings.nodeTimeout, into: &orders) ?? bytes
    }
    node.receive(
      bytes.span, from: NodeAddress("192.0.2.1:314"), over: carrier, at: instant, into: &orders)
    perform()
    advance(to: now)
  }

  /// A client joins; the answer is false if it was refused since it was excluded before.
  mutating func open(
    client: Int, namespace: Int, viewer: Int?, after: ContiguousArray<UInt8>?, at now: Instant
  ) -> Bool {
    advance(to: now)
    let viewerName = viewer.map { Array("viewer-\($0)".utf8) } ?? []
    if let after, !viewerName.isEmpty,
      node.isStopped(viewerName.span, streamID: after.span)
    {
      return false
    }
    let name = Array(NodesPlan.namespaces[namespace].utf8)
    guard let number = names.bind(name.span) else { return false }
    let id = viewerName.isEmpty ? nil : viewers.bind(viewerName.span)
    let connection = ConnectionID(nextConnection)
    nextConnection += 1
    let ordinal = after.flatMap { StreamIdentifier.parse($0.span, run: run) } ?? .none
    let stream = Stream(
      client: client, namespace: namespace, viewer: viewer,
      streamID: StreamIdentifier.make(meter.lastOrdinal.next, run: run))
    streams[connection.number] = stream
    feed(
      .opened(
        connection, NamespaceID(number), viewer: id.map { ViewerID($0) } ?? .none, after: ordinal))
    guard meter.isOpen(connection) else {
      streams[connection.number] = nil
      return false
    }
    if !viewerName.isEmpty { node.viewerOpened(viewerName.span, at: meter.now) }
    return true
  }

  mutating func close(client: Int, at now: Instant) {
    advance(to: now)
    guard let connection = connection(of: client), let stream = streams[connection] else { return }
    streams[connection] = nil
    feed(.closed(ConnectionID(connection)))
    if let viewer = stream.viewer {
      node.viewerLeft(Array("viewer-\(viewer)".utf8).span, at: meter.now)
    }
  }

  mutating func publish(
    _ text: ContiguousArray<UInt8>, to namespace: Int, at now: Instant
  ) {
    advance(to: now)
    node.publish(
      message: text.span, to: Array(NodesPlan.namespaces[namespace].utf8).span, at: meter.now)
    advance(to: now)
  }

  mutating func ask(viewer: Int, at now: Instant) {
    advance(to: now)
    let name = Array("viewer-\(viewer)".utf8)
    node.viewerAsked(toLeave: name.span, at: meter.now)
    if let id = viewers.find(name.span) { feed(.excluded(ViewerID(id))) }
  }

  mutating func carrierReturned(at now: Instant) {
    advance(to: now)
    node.carrierReturned(at: meter.now)
  }

  mutating func sayGoodbye(at now: Instant) {
    advance(to: now)
    node.sayGoodbye(at: meter.now, into: &orders)
    perform()
  }

  /// The clients that have a stream here.
  var clients: [Int] { streams.values.map(\.client).sorted() }

  /// How many streams of a viewer are here.
  func holders(of viewer: Int) -> Int { streams.values.count { $0.viewer == viewer } }

  func namespace(_ number: Int) -> NamespaceID? {
    names.find(Array(NodesPlan.namespaces[number].utf8).span).map { NamespaceID($0) }
  }

  private func connection(of client: Int) -> UInt32? {
    streams.filter { $0.value.client == client }.map(\.key).min()
  }

  /// What others are told may be over within one instant: after a pause much happens at once.
  private mutating func noteCounts() {
    let counts = (meter.localMembers, meter.countedConnections)
    guard noted != counts else { return }
    noted = counts
    let ids = NodesPlan.namespaces.indices.map { namespace($0) }
    occurrences.append(
      .counted(
        members: ids.map { id in id.map { UInt64(meter.localMembers(of: $0)) } ?? 0 },
        connections: ids.map { id in id.map { meter.localConnections(of: $0) } ?? 0 }))
  }

  private mutating func feed(_ event: Event) {
    meter.apply(event, at: meter.now, into: &effects)
    carryOut()
  }

  private mutating func carryOut() {
    let done = effects.effects
    effects.removeAll()
    for effect in done {
      switch effect.action {
      case .end(let connection, .excluded): excluded(connection.number)
      case .retire(let namespace):
        guard let name = names.name(of: namespace.number) else { continue }
        node.retired(namespace, name: name.span)
        names.unbind(namespace.number)
        occurrences.append(.retired(namespace: ContiguousArray(name)))
      case .greet, .notify, .message, .end, .refuse, .reject: break
      }
    }
  }

  private mutating func excluded(_ connection: UInt32) {
    guard let stream = streams[connection], let viewer = stream.viewer else { return }
    streams[connection] = nil
    node.ended(
      Array("viewer-\(viewer)".utf8).span, streamID: stream.streamID.span, at: meter.now)
    occurrences.append(.excluded(stream))
    meter.apply(.closed(ConnectionID(connection)), at: meter.now, into: &effects)
  }

  private mutating func perform() {
    let done = orders
    orders.removeAll()
    for byte in done.bytes { digest.combine(UInt64(byte)) }
    func copy(_ range: ByteRange) -> ContiguousArray<UInt8> {
      ContiguousArray(done.bytes[range.bounds])
    }
    for order in done.orders {
      switch order {
      case .send(let range, let reach):
        occurrences.append(.send(falsifier?.sent(copy(range), secret) ?? copy(range), reach))
      case .peer(let node, let name, let members, let connections):
        let node = falsifier?.renumbered(node) ?? node
        guard let number = names.bind(copy(name).span) else { continue }
        let namespace = NamespaceID(number)
        feed(.peer(node, namespace, members: members, connections: connections))
        if !meter.exists(namespace) { names.unbind(number) }
      case .bye(let node): feed(.bye(node))
      case .message(let namespace, let text):
        occurrences.append(.delivered(namespace: copy(namespace), text: copy(text)))
      case .exclude(let viewer):
        if let id = viewers.find(copy(viewer).span) { feed(.excluded(ViewerID(id))) }
      }
    }
  }
}
