// Connections that the daemon itself ended (§2 rule 17).

extension Meter {
  /// Ends a connection for a while; its close is awaited.
  mutating func cut(_ id: ConnectionID, into effects: inout EffectBuffer) {
    guard isOpen(id) else { return }
    leave(id.number, .cut, into: &effects)
    connections[Int(id.number)].phase = .dismissed
  }

  /// Ends all connections for a while, in the order in which they opened. O(n log n)
  mutating func restart(into effects: inout EffectBuffer) {
    var open = ContiguousArray(connections.indices.filter { connections[$0].isOpen })
    let last = lastOrdinal
    open.sort { left, right in
      last.distance(since: connections[left].ordinal)
        > last.distance(since: connections[right].ordinal)
    }
    for place in open { leave(UInt32(place), .cut, into: &effects) }
    connections = []
    connectionsEnd = TableEnd()
    knownConnections = 0
    latePending = DeadlineHeap()
    arrivals = DeadlineHeap()
  }
}
