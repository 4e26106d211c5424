// The effects of the meter become directives for reactors.

extension Node {
  /// Performs the effects in the buffer, and empties it.
  mutating func performEffects() {
    guard !effects.isEmpty else { return }
    for index in effects.effects.indices {
      let effect = effects.effects[index]
      if log?.includesEffects == true { log?.append(.effect(effect), at: effect.instant) }
      switch effect.action {
      case .greet(let connection, let ordinal, let namespace, let count):
        routes.add(reactor(of: connection), to: namespace)
        direct(
          .greet(handle(of: connection), ordinal: ordinal, namespace, count: count), connection)
      case .notify(let namespace, let count):
        for reactor in 0..<streamReactors where routes.lead(to: reactor, from: namespace) {
          outputs[reactor].append(.notify(namespace, count: count))
        }
      case .message(let namespace, _): sendFrame(to: namespace)
      case .send(let connection, let namespace, let message):
        send(message, in: namespace, to: handle(of: connection), on: reactor(of: connection))
      case .pong(_, _, let count): pong = count
      case .end(let connection, let reason):
        if reason == .excluded { streamExcluded(connection) }
        direct(.end(handle(of: connection), reason), connection)
      case .refuse(let connection, let reason):
        if reason == .full { countRefusal() }
        direct(.refuse(handle(of: connection), reason), connection)
      case .retire(let namespace):
        namespaceRetired(namespace)
        routes.remove(namespace)
        forgetTexts(of: namespace)
        unbind(namespace)
      case .reject: figures.rejectedEvents += 1
      }
    }
    for viewer in effects.forgottenViewers { unbindIfFree(viewer) }
    for source in effects.forgottenSources { unbindIfUnknown(source) }
    effects.removeAll()
  }

  private mutating func countRefusal() {
    if meter.openConnections >= meter.configuration.maximumConnections {
      figures.refusedByConnections += 1
    } else {
      figures.refusedByNamespaces += 1
    }
  }

  private mutating func direct(_ directive: Directive, _ connection: ConnectionID) {
    outputs[reactor(of: connection)].append(directive)
  }

  private func handle(of connection: ConnectionID) -> ConnectionHandle {
    ConnectionHandle(
      slot: connection.number / UInt32(streamReactors),
      generation: generations[Int(connection.number)])
  }

  private func reactor(of connection: ConnectionID) -> Int {
    Int(connection.number % UInt32(streamReactors))
  }

  /// The connection number of a slot of a reactor. The numbers of all reactors together are dense.
  func number(_ slot: UInt32, _ reactor: Int) -> ConnectionID {
    ConnectionID(slot * UInt32(streamReactors) + UInt32(reactor))
  }
}
