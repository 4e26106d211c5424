// The snapshot of a meter as bytes, with the names that are bound at that time. Everything that has
// a name is numbered by its position in the snapshot, and instants are written as the time that has
// passed since. `LogSnapshot` lists the fields.

/// Writes one snapshot. Its numbers are those of the records that follow.
struct SnapshotEncoder<Names: LogNames> {
  /// The numbers of the namespaces in the snapshot.
  private(set) var namespaces = EncodedNames()

  /// The numbers of the viewer ids in the snapshot.
  private(set) var viewers = EncodedNames()

  /// The numbers of the nodes in the snapshot.
  private(set) var nodes = EncodedNames()

  /// The numbers of the sources in the snapshot.
  private(set) var sources = EncodedNames()

  /// The numbers of the services in the snapshot.
  private(set) var services = EncodedNames()

  /// The slots of the connections in the snapshot.
  private(set) var connections = EncodedConnections()

  private let names: Names
  private var bytes: ContiguousArray<UInt8> = []
  private var now = Instant.start
  private var latest = ConnectionOrdinal.none
  private var lastGrowing: UInt64 = 0

  init(names: Names) {
    self.names = names
  }

  /// The payload of a snapshot. To be called once.
  mutating func encode(_ snapshot: LogSnapshot) -> ContiguousArray<UInt8> {
    var snapshot = snapshot
    snapshot.code(&self)
    let meter = snapshot.meter
    bytes.append(number: UInt64(meter.namespaces.count))
    for var namespace in meter.namespaces { namespace.code(&self) }
    bytes.append(number: UInt64(meter.vacancies.count))
    for var vacancy in meter.vacancies { vacancy.code(&self) }
    appendNodes(of: meter)
    bytes.append(number: UInt64(meter.remotes.count))
    for var remote in meter.remotes { remote.code(&self) }
    appendViewers(of: meter)
    bytes.append(number: UInt64(meter.connections.count))
    for var connection in meter.connections { connection.code(&self) }
    bytes.append(number: UInt64(meter.viewers.count))
    for var viewer in meter.viewers { viewer.code(&self) }
    bytes.append(number: UInt64(meter.pings.count))
    for var ping in meter.pings { ping.code(&self) }
    bytes.append(number: UInt64(meter.departures.count))
    for var departure in meter.departures { departure.code(&self) }
    appendSources(of: meter)
    bytes.append(number: UInt64(meter.externals.count))
    for var external in meter.externals { external.code(&self) }
    appendServices(of: meter)
    bytes.append(number: UInt64(meter.kept.count))
    for (index, var kept) in meter.kept.enumerated() {
      kept.code(&self, text: &snapshot.texts[index])
    }
    return bytes
  }

  private mutating func appendNodes(of meter: MeterSnapshot) {
    var named: ContiguousArray<NodeID> = []
    for remote in meter.remotes where nodes.number(of: remote.node.number) == nil {
      _ = nodes.bind(remote.node.number)
      named.append(remote.node)
    }
    bytes.append(number: UInt64(named.count))
    for node in named { bytes.append(counted: names.name(of: node).span) }
  }

  private mutating func appendViewers(of meter: MeterSnapshot) {
    var named: ContiguousArray<ViewerID> = []
    func add(_ viewer: ViewerID, _ viewers: inout EncodedNames) {
      guard viewer != .none, viewers.number(of: viewer.number) == nil else { return }
      _ = viewers.bind(viewer.number)
      named.append(viewer)
    }
    for connection in meter.connections { add(connection.viewer, &viewers) }
    for viewer in meter.viewers { add(viewer.id, &viewers) }
    for ping in meter.pings { add(ping.viewer, &viewers) }
    for departure in meter.departures { add(departure.viewer, &viewers) }
    bytes.append(number: UInt64(named.count))
    for viewer in named { bytes.append(counted: names.name(of: viewer).span) }
  }

  private mutating func appendSources(of meter: MeterSnapshot) {
    var named: ContiguousArray<SourceID> = []
    for external in meter.externals where sources.number(of: external.source.number) == nil {
      _ = sources.bind(external.source.number)
      named.append(external.source)
    }
    bytes.append(number: UInt64(named.count))
    for source in named { bytes.append(counted: names.name(of: source).span) }
  }

  private mutating func appendServices(of meter: MeterSnapshot) {
    var named: ContiguousArray<ServiceID> = []
    for kept in meter.kept where services.number(of: kept.service.number) == nil {
      _ = services.bind(kept.service.number)
      named.append(kept.service)
    }
    bytes.append(number: UInt64(named.count))
    for service in named { bytes.append(counted: names.name(of: service).span) }
  }

  private mutating func append(ago instant: Instant) {
    bytes.append(number: (now - instant).nanoseconds)
  }
}

extension SnapshotEncoder: SnapshotCoder {
  typealias Failure = Never

  mutating func now(_ name: String, _ now: inout Instant) {
    self.now = now
    bytes.append(number: now.nanoseconds)
  }

  mutating func latest(_ name: String, _ ordinal: inout ConnectionOrdinal) {
    latest = ordinal
    bytes.append(number: UInt64(ordinal.number))
  }

  mutating func digest(_ name: String, _ digest: inout Digest) {
    bytes.append(word: digest.value)
  }

  mutating func number(_ name: String, _ number: inout UInt64) {
    bytes.append(number: number)
  }

  mutating func growing(_ name: String, _ number: inout UInt64) {
    bytes.append(number: number - lastGrowing)
    lastGrowing = number
  }

  mutating func instant(_ name: String, _ instant: inout Instant) {
    append(ago: instant)
  }

  mutating func instant(_ name: String, optional instant: inout Instant?) {
    bytes.append(number: instant.map { (now - $0).nanoseconds + 1 } ?? 0)
  }

  mutating func ordinal(_ name: String, _ ordinal: inout ConnectionOrdinal) {
    bytes.append(number: UInt64(latest.number &- ordinal.number))
  }

  mutating func ordinal(_ name: String, optional ordinal: inout ConnectionOrdinal) {
    let distance = UInt64(latest.number &- ordinal.number)
    bytes.append(number: ordinal == .none ? 0 : distance + 1)
  }

  mutating func newNamespace(_ name: String, _ namespace: inout NamespaceID) {
    _ = namespaces.bind(namespace.number)
    bytes.append(counted: names.name(of: namespace).span)
  }

  mutating func namespace(_ name: String, _ namespace: inout NamespaceID) {
    guard let number = namespaces.number(of: namespace.number) else {
      fatalError("namespace \(namespace.number) is not in the snapshot")
    }
    bytes.append(number: UInt64(number))
  }

  mutating func node(_ name: String, _ node: inout NodeID) {
    bytes.append(number: UInt64(nodes.number(of: node.number) ?? 0))
  }

  mutating func source(_ name: String, _ source: inout SourceID) {
    bytes.append(number: UInt64(sources.number(of: source.number) ?? 0))
  }

  mutating func service(_ name: String, _ service: inout ServiceID) {
    bytes.append(number: UInt64(services.number(of: service.number) ?? 0))
  }

  mutating func text(_ name: String, _ text: inout ContiguousArray<UInt8>) {
    bytes.append(counted: text.span)
  }

  mutating func flag(_ name: String, _ flag: inout Bool) {
    bytes.append(flag ? 1 : 0)
  }

  mutating func viewer(_ name: String, _ viewer: inout ViewerID) {
    if viewer != .none { self.viewer(name, required: &viewer) }
  }

  mutating func viewer(_ name: String, required viewer: inout ViewerID) {
    bytes.append(number: UInt64(viewers.number(of: viewer.number) ?? 0))
  }

  mutating func begin(_ connection: inout MeterSnapshot.Connection) {
    _ = connections.open(connection.id)
    let viewer = connection.viewer == .none ? 0 : SnapshotFlags.viewer
    bytes.append(connection.phase.rawValue | viewer)
  }

  mutating func begin(_ departure: inout MeterSnapshot.Departure) {
    let viewer = departure.viewer == .none ? 0 : SnapshotFlags.viewer
    bytes.append((departure.isReturning ? 1 : 0) | viewer)
  }
}

/// The first byte of a connection is its phase, and that of a departure 1 if the viewer is
/// returning, with this flag.
enum SnapshotFlags {
  /// A viewer id follows.
  static let viewer: UInt8 = 8
}
