// What `--debug` shows of the history: events and effects, in the words of the log's text form.

import MeterModel

extension Sequencer {
  /// Says what is about to be judged.
  func say(_ event: Event) {
    var writer = LogTextWriter()
    writer.write(names.textEvent(event), at: meter.now)
    say(writer)
  }

  /// Says what was decided.
  func say(_ effect: Effect) {
    var writer = LogTextWriter()
    writer.write(effect, names: names)
    say(writer)
  }

  private var names: BoundNames { BoundNames(namespaces: namespaces, viewers: viewers) }

  private func say(_ writer: LogTextWriter) {
    console.say(String(decoding: writer.bytes.dropLast(), as: UTF8.self))
  }
}

/// The names that the sequencer has bound. A connection is called by its number.
private struct BoundNames: LogNames {
  let namespaces: NameTable
  let viewers: NameTable

  func number(of connection: ConnectionID) -> UInt64 { UInt64(connection.number) }
  func name(of namespace: NamespaceID) -> [UInt8] { namespaces.name(of: namespace.number) ?? [] }
  func name(of viewer: ViewerID) -> [UInt8] { viewers.name(of: viewer.number) ?? [] }
  func name(of node: NodeID) -> [UInt8] { Array("\(node.number)".utf8) }

  func textEvent(_ event: Event) -> TextEvent {
    switch event {
    case .opened(let connection, let namespace, let viewer, let after):
      .opened(
        connection: number(of: connection), namespace: name(of: namespace),
        viewer: viewer == .none ? nil : name(of: viewer),
        after: after == .none ? nil : UInt64(after.number))
    case .closed(let connection): .closed(connection: number(of: connection))
    case .excluded(let viewer): .excluded(viewer: name(of: viewer))
    case .message(let namespace, _): .message(namespace: name(of: namespace), text: [])
    case .peer(let node, let namespace, let members, let connections):
      .peer(
        node: name(of: node), namespace: name(of: namespace), members: members,
        connections: connections)
    case .bye(let node): .bye(node: name(of: node))
    }
  }
}
