// The log of a simulation in the binary form. Names are made of numbers. A checkpoint follows each
// batch, so that a replay verifies the simulation.

/// The encoder of a simulation's log, batch by batch.
package struct SimulationLogWriter {
  private var encoder: LogEncoder

  /// The namespaces, viewer ids, nodes, sources and services that were named already.
  private var namespaces = NamedNumbers()
  private var viewers = NamedNumbers()
  private var nodes = NamedNumbers()
  private var sources = NamedNumbers()
  private var services = NamedNumbers()

  /// The text of every message.
  private static let text = ContiguousArray("hello".utf8)

  /// A writer of a log with these settings.
  package init(_ configuration: Configuration) {
    encoder = LogEncoder(section: LogSection(configuration: configuration), offset: 0)
  }

  /// Appends a batch. Precondition: the meter has fired every deadline up to `now`.
  package mutating func append(
    _ records: ContiguousArray<LogRecord>, now: Instant, digest: Digest
  ) {
    for record in records {
      name(record.event)
      switch record.event {
      case .message(let namespace, let message):
        encoder.append(message, to: namespace, text: Self.text.span, at: record.instant)
      case .retained(let namespace, let service, let message, let length):
        let text = ContiguousArray(repeating: UInt8(ascii: "x"), count: Int(length))
        encoder.append(
          message, to: namespace, keptBy: service, text: text.span, at: record.instant)
      case .opened, .closed, .excluded, .peer, .bye, .external, .cut, .restarted, .pinged, .left,
        .arrived, .moved, .transferred:
        encoder.append(record.event, at: record.instant)
      }
    }
    encoder.endBlock(at: now, digest: digest)
  }

  /// Ends the log.
  package mutating func finish(at end: Instant, digest: Digest) {
    encoder.end(at: end, digest: digest)
  }

  /// Returns and removes the bytes encoded since the last call.
  package mutating func take() -> [UInt8] { [UInt8](encoder.take()) }

  private mutating func name(_ event: Event) {
    switch event {
    case .opened(_, let namespace, let viewer, _, _), .pinged(let namespace, let viewer),
      .left(let namespace, let viewer):
      name(namespace)
      name(viewer)
    case .message(let namespace, _): name(namespace)
    case .excluded(let viewer): name(viewer)
    case .peer(let node, let namespace, _, _):
      name(namespace)
      name(node)
    case .bye(let node): name(node)
    case .external(let source, let namespace, _):
      name(namespace)
      if let name = sources.firstName("s", source.number) { encoder.name(source, name.span) }
    case .arrived(_, let node), .moved(_, let node): name(node)
    case .transferred(let namespace, let from, let to):
      name(namespace)
      name(from)
      name(to)
    case .retained(let namespace, let service, _, _):
      name(namespace)
      if let name = services.firstName("r", service.number) { encoder.name(service, name.span) }
    case .closed, .cut, .restarted: break
    }
  }

  private mutating func name(_ namespace: NamespaceID) {
    guard let name = namespaces.firstName("n", namespace.number) else { return }
    encoder.name(namespace, name.span)
  }

  private mutating func name(_ viewer: ViewerID) {
    guard viewer != .none, let name = viewers.firstName("v", viewer.number) else { return }
    encoder.name(viewer, name.span)
  }

  private mutating func name(_ node: NodeID) {
    guard let name = nodes.firstName("p", node.number) else { return }
    encoder.name(node, name.span)
  }
}

/// Dense numbers, some of which are named already.
private struct NamedNumbers {
  private var isNamed: ContiguousArray<Bool> = []

  /// The name of a number, when it is asked for the first time; nil later.
  mutating func firstName(_ letter: String, _ number: UInt32) -> [UInt8]? {
    while isNamed.count <= Int(number) { isNamed.append(false) }
    guard !isNamed[Int(number)] else { return nil }
    isNamed[Int(number)] = true
    return Array("\(letter)\(number)".utf8)
  }
}
