// The history that `--debug` shows: events and effects, in the log's text form.

import MeterModel

/// Writes the log of a meter as lines on standard error.
struct NodeTrace {
  private let console: Console
  private var names = TracedNames()

  init(_ console: Console) {
    self.console = console
  }

  /// Writes the events and effects, and records the names.
  mutating func write(_ log: MeterLog) {
    for (instant, entry) in log.entries {
      var writer = LogTextWriter()
      switch entry {
      case .namespaceBound(let namespace, let name):
        names.namespaces[namespace.number] = log.bytes.span.extracting(name.bounds).array
        continue
      case .viewerBound(let viewer, let name):
        names.viewers[viewer.number] = log.bytes.span.extracting(name.bounds).array
        continue
      case .sourceBound(let source, let name):
        names.sources[source.number] = log.bytes.span.extracting(name.bounds).array
        continue
      case .serviceBound(let service, let name):
        names.services[service.number] = log.bytes.span.extracting(name.bounds).array
        continue
      // Effects that name an id may follow its end.
      case .namespaceUnbound, .viewerUnbound, .sourceUnbound, .serviceUnbound: continue
      case .event(let event): writer.write(names.textEvent(event, text: []), at: instant)
      case .message(let namespace, let message, let text):
        writer.write(
          names.textEvent(
            .message(namespace, message), text: log.bytes.span.extracting(text.bounds).array),
          at: instant)
      case .retained(let namespace, let service, let message, let text):
        let text = log.bytes.span.extracting(text.bounds).array
        let event = Event.retained(namespace, service, message, bytes: UInt32(text.count))
        writer.write(names.textEvent(event, text: text), at: instant)
      case .effect(let effect): writer.write(effect, names: names)
      }
      console.log(String(decoding: writer.bytes.dropLast(), as: UTF8.self))
    }
  }
}

/// The last name of each id. The name of a connection or of a node is its number.
private struct TracedNames: LogNames {
  var namespaces: [UInt32: [UInt8]] = [:]
  var viewers: [UInt32: [UInt8]] = [:]
  var sources: [UInt32: [UInt8]] = [:]
  var services: [UInt32: [UInt8]] = [:]

  func number(of connection: ConnectionID) -> UInt64 { UInt64(connection.number) }
  func name(of namespace: NamespaceID) -> [UInt8] { namespaces[namespace.number] ?? [] }
  func name(of viewer: ViewerID) -> [UInt8] { viewers[viewer.number] ?? [] }
  func name(of node: NodeID) -> [UInt8] { Array("\(node.number)".utf8) }
  func name(of source: SourceID) -> [UInt8] { sources[source.number] ?? [] }
  func name(of service: ServiceID) -> [UInt8] { services[service.number] ?? [] }

  func reference(to connection: ConnectionKey) -> ConnectionReference {
    .ordinal(connection.ordinal)
  }
}
