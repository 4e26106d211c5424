// In the text form the number or the ordinal of a connection names the stream that is open under
// it. A binary log may name a connection without its slot, or with another one: then no open stream
// is meant, even if one has that ordinal. Logs that were written before slots were named are such.

/// The slots of the connections of a binary section, by their ordinals.
struct TranscribedConnections {
  private var slots: [ConnectionOrdinal: ConnectionID] = [:]
  private var ordinals: [ConnectionID: [ConnectionOrdinal]] = [:]
  private var latest = ConnectionOrdinal.none

  /// The connections of a section at its beginning.
  init() {}

  /// The connections of a snapshot.
  init(_ snapshot: MeterSnapshot) {
    latest = snapshot.lastOrdinal
    for connection in snapshot.connections where connection.ordinal != .none {
      bind(connection.id, connection.ordinal)
    }
  }

  /// Adds an event. Where it names a connection that is open, but not with its slot, `text` names a
  /// closed one.
  mutating func take(_ event: Event, as text: inout TextEvent) {
    switch event {
    case .opened(let connection, _, _, let after, let kind):
      if isMistaken(after), case .opened(let number, let namespace, let viewer, _, _) = text {
        text = .opened(
          connection: number, namespace: namespace, viewer: viewer, after: .closed(after.ordinal),
          as: kind)
      }
      latest = latest.next
      bind(connection, latest)
    case .moved(let connection, _):
      if isMistaken(connection), case .moved(_, let node) = text {
        text = .moved(connection: .closed(connection.ordinal), to: node)
      }
    case .closed(let connection):
      for ordinal in ordinals.removeValue(forKey: connection) ?? [] { slots[ordinal] = nil }
    case .restarted:
      slots.removeAll()
      ordinals.removeAll()
    case .excluded, .cut, .pinged, .left, .arrived, .transferred, .message, .retained, .peer, .bye,
      .external:
      break
    }
  }

  private mutating func bind(_ connection: ConnectionID, _ ordinal: ConnectionOrdinal) {
    slots[ordinal] = connection
    ordinals[connection, default: []].append(ordinal)
  }

  private func isMistaken(_ key: ConnectionKey) -> Bool {
    slots[key.ordinal].map { $0 != key.connection } ?? false
  }
}
