// What the meter decided, sent to whom it concerns.

import MeterModel

extension Sequencer {
  /// Sends the effects to whom they concern.
  mutating func carryOut(message: ByteRange, of reports: Reports?) {
    guard !effects.effects.isEmpty else { return }
    for index in effects.effects.indices {
      let effect = effects.effects[index]
      if console.isVerbose { say(effect) }
      switch effect.action {
      case .greet(let connection, let ordinal, let namespace, let count):
        presence.note(namespace, on: reactor(of: connection))
        tell(connection) { .greet($0, ordinal: ordinal, namespace, count: count) }
      case .notify(let namespace, let count):
        for reactor in reactors(with: namespace) {
          outgoing[reactor].commands.appendToBatch(.notify(namespace, count: count))
        }
      case .message(let namespace, _):
        if let reports { tell(message, of: reports, namespace) }
      case .end(let connection, let reason):
        if reason == .excluded { tellCluster(excluded: connection) }
        tell(connection) { .end($0, reason) }
        unbindIfFree(meter.viewer(of: connection))
      case .refuse(let connection, let reason):
        if reason == .full { noteFull() }
        tell(connection) { .refuse($0, reason) }
      case .retire(let namespace):
        tellCluster(retired: namespace)
        presence.forget(namespace)
        unbind(namespace)
      case .reject(let rejection):
        rejectionNotice.note(at: meter.now)
        console.debug("rejected: \(rejection)")
      }
    }
    effects.removeAll()
  }

  private func noteFull() {
    let isFull = meter.openConnections >= meter.configuration.maximumConnections
    (isFull ? connectionsNotice : namespacesNotice).note(at: meter.now)
  }

  private mutating func tell(_ connection: ConnectionID, _ command: (Handle) -> Command) {
    let slot = connection.number / UInt32(audienceReactors)
    let handle = Handle(slot: slot, generation: generations[Int(connection.number)])
    outgoing[reactor(of: connection)].commands.appendToBatch(command(handle))
  }

  /// The reactors that may have streams of a namespace.
  func reactors(with namespace: NamespaceID) -> some Collection<Int> {
    let presence = presence
    return (0..<audienceReactors).lazy.filter { presence.has(namespace, on: $0) }
  }

  private func reactor(of connection: ConnectionID) -> Int {
    Int(connection.number % UInt32(audienceReactors))
  }

  private mutating func tell(
    _ text: ByteRange, of reports: Reports, _ namespace: NamespaceID
  ) {
    for reactor in reactors(with: namespace) {
      outgoing[reactor].bytes.makeRoom()
      let start = outgoing[reactor].bytes.count
      ServerSentEvents.append(
        message: reports.bytes.span.extracting(text.bounds), into: &outgoing[reactor].bytes)
      let frame = outgoing[reactor].bytes.range(since: start)
      outgoing[reactor].commands.appendToBatch(.message(namespace, frame: frame))
      deliveries.give(to: reactor)
    }
  }

  /// The number of a reactor's slot among the connections of all reactors; dense.
  func number(_ slot: UInt32, _ reactor: Int) -> ConnectionID {
    ConnectionID(slot * UInt32(audienceReactors) + UInt32(reactor))
  }
}
