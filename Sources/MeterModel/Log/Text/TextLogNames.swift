// Binds the names of a log in text to the dense numbers of the meter.

/// The names of one log. Namespaces, viewer ids, nodes and sources keep their numbers, so the size
/// of the tables is the number of different names in the log. The slot of a connection is free
/// again after its close.
package struct TextLogNames: LogNames {
  private var namespaces: NameTable
  private var viewers: NameTable
  private var nodes: NameTable
  private var sources: NameTable
  private var services: NameTable
  private var connections = ConnectionNumbers()
  private var messages: UInt64 = 0

  /// Tables of names under a key, which must be secret if strangers chose the names.
  package init(key: HashKey = HashKey(0, 0)) {
    namespaces = NameTable(key: key)
    viewers = NameTable(key: key)
    nodes = NameTable(key: key)
    sources = NameTable(key: key)
    services = NameTable(key: key)
  }

  /// The event with the numbers of its names. Names that are new are bound.
  package mutating func bind(_ event: TextEvent) -> Event {
    switch event {
    case .opened(let connection, let namespace, let viewer, let after, let kind):
      let former = after.map { connections.key(of: $0) } ?? .none
      return .opened(
        connections.bindOpened(connection), bind(namespace: namespace),
        viewer: viewer.map { bind(viewer: $0) } ?? .none, after: former, as: kind)
    case .closed(let connection): return .closed(connections.bind(connection))
    case .excluded(let viewer): return .excluded(bind(viewer: viewer))
    case .message(let namespace, _):
      messages &+= 1
      return .message(bind(namespace: namespace), MessageID(messages))
    case .peer(let node, let namespace, let members, let count):
      return .peer(
        bind(node: node), bind(namespace: namespace), members: members, connections: count)
    case .bye(let node): return .bye(bind(node: node))
    case .external(let source, let namespace, let members):
      return .external(bind(source: source), bind(namespace: namespace), members: members)
    case .retained(let namespace, let service, let text):
      messages &+= 1
      return .retained(
        bind(namespace: namespace), bind(service: service), MessageID(messages),
        bytes: UInt32(text.count))
    case .cut(let connection): return .cut(connections.find(connection))
    case .restarted: return .restarted
    case .pinged(let namespace, let viewer):
      return .pinged(bind(namespace: namespace), bind(viewer: viewer))
    case .left(let namespace, let viewer):
      return .left(bind(namespace: namespace), bind(viewer: viewer))
    case .arrived(let connection, let node):
      return .arrived(connections.find(connection), from: bind(node: node))
    case .moved(let connection, let node):
      return .moved(connections.key(of: connection), to: bind(node: node))
    case .transferred(let namespace, let from, let to):
      return .transferred(
        bind(namespace: namespace), from: bind(node: from), to: bind(node: to))
    }
  }

  /// Frees the slots of the connections that an event closes. Their numbers are known until the
  /// slots are taken again.
  package mutating func release(after event: TextEvent) {
    switch event {
    case .closed(let connection): connections.free(connection)
    case .restarted: connections.freeAll()
    case .opened, .excluded, .message, .retained, .peer, .bye, .external, .cut, .pinged, .left,
      .arrived, .moved, .transferred:
      break
    }
  }

  /// How the latest `open` names a connection.
  package func reference(to connection: ConnectionKey) -> ConnectionReference {
    connections.reference(to: connection, inOpen: true)
  }

  /// How an event after the latest `open` names a connection.
  package func reference(toMoved connection: ConnectionKey) -> ConnectionReference {
    connections.reference(to: connection, inOpen: false)
  }

  /// The number of a connection in the text. Precondition: the connection is bound.
  package func number(of connection: ConnectionID) -> UInt64 {
    connections.number(of: connection)
  }

  /// The name of a namespace. Precondition: the namespace is bound.
  package func name(of namespace: NamespaceID) -> [UInt8] {
    Self.name(namespace.number, in: namespaces)
  }

  /// The text of a viewer id. Precondition: the viewer id is bound.
  package func name(of viewer: ViewerID) -> [UInt8] {
    Self.name(viewer.number, in: viewers)
  }

  /// The name of a node. Precondition: the node is bound.
  package func name(of node: NodeID) -> [UInt8] {
    Self.name(node.number, in: nodes)
  }

  /// The name of a source. Precondition: the source is bound.
  package func name(of source: SourceID) -> [UInt8] {
    Self.name(source.number, in: sources)
  }

  /// The name of a service. Precondition: the service is bound.
  package func name(of service: ServiceID) -> [UInt8] {
    Self.name(service.number, in: services)
  }

  /// The id of a namespace by its name; nil if the name is not bound.
  package func find(namespace: [UInt8]) -> NamespaceID? {
    namespaces.find(namespace.span).map { NamespaceID($0) }
  }

  private static func bind(_ name: [UInt8], in table: inout NameTable) -> UInt32 {
    guard let number = table.bind(name.span) else {
      fatalError("a name that the reader accepts has 1 to 255 bytes")
    }
    return number
  }

  private static func name(_ number: UInt32, in table: NameTable) -> [UInt8] {
    guard let name = table.name(of: number) else { fatalError("no name is bound to \(number)") }
    return name
  }
}

// MARK: - Names of a state

extension TextLogNames {
  /// Forgets the connections, because those of a state follow. `latest` is its latest ordinal.
  mutating func restart(after latest: ConnectionOrdinal, messages: UInt64) {
    connections.restart(after: latest)
    self.messages = messages
  }

  /// The slot of the next connection of a state; nil if its number is taken.
  mutating func restore(_ number: UInt64) -> ConnectionID? {
    connections.isBound(number) ? nil : connections.bind(number)
  }

  /// The number of a connection of a state, by its ordinal.
  mutating func restored(_ number: UInt64, as ordinal: ConnectionOrdinal) {
    connections.restored(number, as: ordinal)
  }

  mutating func bind(namespace: [UInt8]) -> NamespaceID {
    NamespaceID(Self.bind(namespace, in: &namespaces))
  }

  mutating func bind(viewer: [UInt8]) -> ViewerID {
    ViewerID(Self.bind(viewer, in: &viewers))
  }

  mutating func bind(node: [UInt8]) -> NodeID {
    NodeID(Self.bind(node, in: &nodes))
  }

  mutating func bind(service: [UInt8]) -> ServiceID {
    ServiceID(Self.bind(service, in: &services))
  }

  mutating func bind(source: [UInt8]) -> SourceID {
    SourceID(Self.bind(source, in: &sources))
  }
}
