// The sequencer's side of the cluster. The node decides; what it orders becomes events of the meter, so that
// a captured log holds all of it, and what happens here is told to the node.

import MeterModel

extension Sequencer {
  /// Takes a slice of what other nodes said.
  mutating func hearCluster(at now: Instant) {
    guard let drops = cluster?.node.drops else { return }
    cluster?.dropNotice.note(drops, at: now, on: console)
    cluster?.judge(at: now, into: &orders)
    carryOutOrders(at: now)
  }

  /// Lets the node do what is due.
  mutating func advanceCluster(to now: Instant) {
    guard cluster != nil else { return }
    cluster?.node.setWall(Clock.wallMilliseconds, at: now)
    cluster?.node.advance(to: now, meter: meter, names: namespaces, into: &orders)
    carryOutOrders(at: now)
    cluster?.send()
  }

  /// Says goodbye to the other nodes, and ends the carriers.
  mutating func leaveCluster(at now: Instant) {
    guard cluster != nil else { return }
    cluster?.node.sayGoodbye(at: now, into: &orders)
    carryOutOrders(at: now)
    cluster?.send()
    cluster?.carriers.post(.stop)
  }

  /// When the node has something to do; nil where there is no cluster.
  var clusterDeadline: Instant? {
    guard let cluster else { return nil }
    return cluster.isBehind ? .start : cluster.node.nextDeadline
  }
}

// MARK: - What the node orders

extension Sequencer {
  private mutating func carryOutOrders(at now: Instant) {
    guard !orders.orders.isEmpty else { return }
    // What is fed here makes no further orders: those of what happens meanwhile come with the next advance.
    var taken = ClusterOrders()
    swap(&taken, &orders)
    for order in taken.orders {
      meter.advance(to: now, into: &effects)
      carryOut(message: .none, of: nil)
      obey(order, of: taken.bytes.span, at: now)
    }
    taken.removeAll()
    swap(&taken, &orders)
  }

  private mutating func obey(_ order: ClusterOrders.Order, of bytes: Span<UInt8>, at now: Instant) {
    switch order {
    case .send(let range, let reach):
      guard let text = cluster?.outbound.bytes.appendText(bytes.extracting(range.bounds)) else {
        return
      }
      cluster?.outbound.datagrams.append((text, reach))
    case .peer(let node, let name, let members, let connections):
      hear(node, bytes.extracting(name.bounds), members: members, connections: connections)
    case .bye(let node): feed(.bye(node))
    case .message(let namespace, let text):
      deliver(bytes.extracting(text.bounds), to: bytes.extracting(namespace.bounds))
    case .exclude(let viewer):
      excludeHolder(of: bytes.extracting(viewer.bounds))
    }
  }

  private mutating func hear(
    _ node: NodeID, _ name: Span<UInt8>, members: UInt64, connections: UInt64
  ) {
    // A count of nobody makes no namespace.
    guard members > 0 || namespaces.find(name) != nil, let number = namespaces.bind(name) else {
      return
    }
    let namespace = NamespaceID(number)
    capture?.name(namespace, name)
    feed(.peer(node, namespace, members: members, connections: connections))
    if !meter.exists(namespace) { unbind(namespace) }
  }

  /// A message of another node, for those who are open here.
  private mutating func deliver(_ text: Span<UInt8>, to namespace: Span<UInt8>) {
    guard let number = namespaces.find(namespace),
      meter.openConnections(of: NamespaceID(number)) > 0
    else { return }
    // A node of this kind takes no text that makes a longer frame than streams are owed; who sends one to the
    // group all the same shall not end the streams of slow viewers.
    var frame: ContiguousArray<UInt8> = []
    ServerSentEvents.append(message: text, into: &frame)
    guard frame.count <= Backlog.mostBytes else { return }
    var carrier = Reports(reactor: 0)
    let range = carrier.bytes.appendText(text)
    tell(range, of: carrier, to: NamespaceID(number))
  }

  /// Another node's viewer has the id now, or a request there asked that its holder leave.
  private mutating func excludeHolder(of viewer: Span<UInt8>) {
    guard let number = viewers.find(viewer) else { return }
    feed(.excluded(ViewerID(number)))
    unbindIfFree(ViewerID(number))
  }
}

// MARK: - What the node is told

extension Sequencer {
  /// Whether a stream that comes back was ended by another node's viewer of the same id (§2.8).
  func isStoppedByCluster(_ viewer: Span<UInt8>, _ streamID: Span<UInt8>) -> Bool {
    guard let cluster, !viewer.isEmpty, !streamID.isEmpty else { return false }
    return cluster.node.isStopped(viewer, streamID: streamID)
  }

  /// A connection with a viewer id was opened here.
  mutating func tellCluster(opened viewer: Span<UInt8>) {
    cluster?.node.viewerOpened(viewer, at: meter.now)
  }

  /// A plain request asked that the holder of a viewer id leave.
  mutating func tellCluster(asked viewer: Span<UInt8>) {
    cluster?.node.viewerAsked(toLeave: viewer, at: meter.now)
  }

  /// Nobody here has the viewer id any more.
  mutating func tellCluster(left viewer: ViewerID) {
    guard cluster != nil, let name = viewers.name(of: viewer.number) else { return }
    cluster?.node.viewerLeft(name.span, at: meter.now)
  }

  /// A connection was ended since its viewer id has another holder.
  mutating func tellCluster(excluded connection: ConnectionID) {
    guard let run = cluster?.run, let viewer = viewers.name(of: meter.viewer(of: connection).number)
    else { return }
    let streamID = StreamIdentifier.make(meter.ordinal(of: connection), run: run)
    cluster?.node.ended(viewer.span, streamID: streamID.span, at: meter.now)
  }

  /// A message was sent here, for all nodes.
  mutating func tellCluster(message text: Span<UInt8>, to namespace: Span<UInt8>) {
    cluster?.node.publish(message: text, to: namespace, at: meter.now)
  }

  /// A namespace is forgotten here; its id is still bound.
  mutating func tellCluster(retired namespace: NamespaceID) {
    guard cluster != nil, let name = namespaces.name(of: namespace.number) else { return }
    cluster?.node.retired(namespace, name: name.span)
  }

  /// Writes what `GET /cluster` answers; nil where there is no cluster.
  func writeClusterReport(at now: Instant) -> ContiguousArray<UInt8>? {
    guard let cluster else { return nil }
    var json: ContiguousArray<UInt8> = []
    cluster.node.report(at: now, meter: meter, into: &json)
    // The carriers' figures are members of the same object.
    json.removeLast()
    json.append(contentsOf: ",\"carriers\":".utf8)
    cluster.board.append(into: &json)
    json.append(UInt8(ascii: "}"))
    return json
  }
}
