// The names of the namespaces, viewer ids, nodes and connections of a log.

/// A source of the names that the text form has for the numbers in events and effects.
package protocol LogNames {
  /// The number of a connection. Precondition: the connection is known.
  func number(of connection: ConnectionID) -> UInt64

  /// The name of a namespace. Precondition: the namespace is known.
  func name(of namespace: NamespaceID) -> [UInt8]

  /// The text of a viewer id. Precondition: the viewer id is known.
  func name(of viewer: ViewerID) -> [UInt8]

  /// The session id of a node. Precondition: the node is known.
  func name(of node: NodeID) -> [UInt8]

  /// The name of a source of external counts. Precondition: the source is known.
  func name(of source: SourceID) -> [UInt8]
}
