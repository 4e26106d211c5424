// A random log. Connections, namespaces, viewers and nodes are small numbers, and a connection that
// returns names the former one by its number, as in the text form. So any records may be left out,
// and the rest is still a log.

/// A log from a seed: the configuration of a meter and its input.
package struct RandomLog {
  /// A record in which `after` is the number of a connection instead of its ordinal.
  package struct Step {
    /// The instant of the event.
    package let instant: Instant

    /// The event. An `opened` has no `after`, and a message no id: both depend on the whole log.
    package let event: Event

    /// The connection that the `Last-Event-ID` names: the latest one before with this number.
    package let after: ConnectionID?
  }

  /// The settings of the meter.
  package var configuration: Configuration

  /// The records, in order.
  package var steps: [Step]

  /// The instant up to which deadlines fire.
  package var end: Instant

  /// The input of a meter.
  package var records: [LogRecord] {
    var latest = ConnectionOrdinal.none
    var ordinals: [ConnectionID: ConnectionOrdinal] = [:]
    var messages: UInt64 = 0
    return steps.map { step in
      switch step.event {
      case .opened(let connection, let namespace, let viewer, _, let kind):
        let after =
          step.after.map { number in
            ordinals[number].map { ConnectionKey(number, $0) } ?? .none
          } ?? .none
        latest = latest.next
        ordinals[connection] = latest
        return LogRecord(
          step.instant,
          .opened(connection, namespace, viewer: viewer, after: after, as: kind))
      case .message(let namespace, _):
        messages += 1
        return LogRecord(step.instant, .message(namespace, MessageID(messages)))
      case .retained(let namespace, let service, _, let bytes):
        messages += 1
        return LogRecord(
          step.instant, .retained(namespace, service, MessageID(messages), bytes: bytes))
      case .moved(_, let node):
        let stream = step.after.map { number in
          ordinals[number].map { ConnectionKey(number, $0) } ?? .none
        }
        return LogRecord(step.instant, .moved(stream ?? .none, to: node))
      case .closed, .excluded, .peer, .bye, .external, .cut, .restarted, .pinged, .left, .arrived,
        .transferred:
        return LogRecord(step.instant, step.event)
      }
    }
  }

  /// The log in the text form, which has the same effects.
  package var text: String {
    var writer = LogTextWriter()
    writer.write(configuration)
    for step in steps { writer.write(step.textEvent, at: step.instant) }
    writer.writeEnd(at: end)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension RandomLog.Step {
  /// The step with names made of its numbers.
  package var textEvent: TextEvent {
    switch event {
    case .opened(let connection, let namespace, let viewer, _, let kind):
      .opened(
        connection: UInt64(connection.number), namespace: name("n", namespace.number),
        viewer: viewer == .none ? nil : name("v", viewer.number),
        after: after.map { .number(UInt64($0.number)) }, as: kind)
    case .closed(let connection): .closed(connection: UInt64(connection.number))
    case .excluded(let viewer): .excluded(viewer: name("v", viewer.number))
    case .message(let namespace, _):
      .message(namespace: name("n", namespace.number), text: Array("hello".utf8))
    case .peer(let node, let namespace, let members, let connections):
      .peer(
        node: name("p", node.number), namespace: name("n", namespace.number), members: members,
        connections: connections)
    case .bye(let node): .bye(node: name("p", node.number))
    case .external(let source, let namespace, let members):
      .external(
        source: name("s", source.number), namespace: name("n", namespace.number),
        members: members)
    case .retained(let namespace, let service, _, let bytes):
      .retained(
        namespace: name("n", namespace.number), service: name("r", service.number),
        text: Array(repeating: UInt8(ascii: "x"), count: Int(bytes)))
    case .cut(let connection): .cut(connection: UInt64(connection.number))
    case .restarted: .restarted
    case .pinged(let namespace, let viewer):
      .pinged(namespace: name("n", namespace.number), viewer: name("v", viewer.number))
    case .left(let namespace, let viewer):
      .left(namespace: name("n", namespace.number), viewer: name("v", viewer.number))
    case .arrived(let connection, let node):
      .arrived(connection: UInt64(connection.number), from: name("p", node.number))
    case .moved(_, let node):
      .moved(
        connection: .number(UInt64(after?.number ?? .max)), to: name("p", node.number))
    case .transferred(let namespace, let from, let to):
      .transferred(
        namespace: name("n", namespace.number), from: name("p", from.number),
        to: name("p", to.number))
    }
  }

  private func name(_ letter: String, _ number: UInt32) -> [UInt8] {
    Array("\(letter)\(number)".utf8)
  }
}
