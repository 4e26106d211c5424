// The names of the namespaces, viewer ids, nodes and connections of a log.

/// A source of the names that the text form has for the numbers in events and effects.
package protocol LogNames {
  /// The number of a connection. Precondition: the connection is known.
  func number(of connection: ConnectionID) -> UInt64

  /// How the latest `open` names a connection, which may be closed.
  func reference(to connection: ConnectionKey) -> ConnectionReference

  /// How an event after the latest `open` names a connection that moved.
  func reference(toMoved connection: ConnectionKey) -> ConnectionReference

  /// The name of a namespace. Precondition: the namespace is known.
  func name(of namespace: NamespaceID) -> [UInt8]

  /// The text of a viewer id. Precondition: the viewer id is known.
  func name(of viewer: ViewerID) -> [UInt8]

  /// The session id of a node. Precondition: the node is known.
  func name(of node: NodeID) -> [UInt8]

  /// The name of a source of external counts. Precondition: the source is known.
  func name(of source: SourceID) -> [UInt8]

  /// The name of a service that keeps messages. Precondition: the service is known.
  func name(of service: ServiceID) -> [UInt8]
}

extension LogNames {
  /// By its ordinal.
  package func reference(toMoved connection: ConnectionKey) -> ConnectionReference {
    .ordinal(connection.ordinal)
  }

  /// The event with the names of the text; `text` is the text of a message. Precondition: the names
  /// of the event are known.
  package func textEvent(_ event: Event, text: [UInt8] = []) -> TextEvent {
    switch event {
    case .opened(let connection, let namespace, let viewer, let after, let kind):
      .opened(
        connection: number(of: connection), namespace: name(of: namespace),
        viewer: viewer == .none ? nil : name(of: viewer),
        after: after.ordinal == .none ? nil : reference(to: after), as: kind)
    case .closed(let connection): .closed(connection: number(of: connection))
    case .excluded(let viewer): .excluded(viewer: name(of: viewer))
    case .message(let namespace, _): .message(namespace: name(of: namespace), text: text)
    case .peer(let node, let namespace, let members, let connections):
      .peer(
        node: name(of: node), namespace: name(of: namespace), members: members,
        connections: connections)
    case .bye(let node): .bye(node: name(of: node))
    case .external(let source, let namespace, let members):
      .external(source: name(of: source), namespace: name(of: namespace), members: members)
    case .retained(let namespace, let service, _, _):
      .retained(namespace: name(of: namespace), service: name(of: service), text: text)
    case .cut(let connection): .cut(connection: number(of: connection))
    case .restarted: .restarted
    case .pinged(let namespace, let viewer):
      .pinged(namespace: name(of: namespace), viewer: name(of: viewer))
    case .left(let namespace, let viewer):
      .left(namespace: name(of: namespace), viewer: name(of: viewer))
    case .arrived(let connection, let node):
      .arrived(connection: number(of: connection), from: name(of: node))
    case .moved(let connection, let node):
      .moved(connection: reference(toMoved: connection), to: name(of: node))
    case .transferred(let namespace, let from, let to):
      .transferred(namespace: name(of: namespace), from: name(of: from), to: name(of: to))
    }
  }
}
