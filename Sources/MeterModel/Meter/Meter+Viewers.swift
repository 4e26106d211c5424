// Viewer ids, each of which at most one connection holds (§2 rule 8).

extension Meter {
  /// Whether the newcomer is the connection that the present holder of the id excluded.
  func isStopped(_ viewer: ViewerID, after: ConnectionOrdinal) -> Bool {
    guard after != .none, Int(viewer.number) < viewers.count else { return false }
    let holder = viewers[Int(viewer.number)]
    return holder.connection != .max && holder.predecessor == after
  }

  /// Ends the connection that holds a viewer id, and returns its ordinal; `.none` if there is no
  /// holder.
  mutating func excludeHolder(
    of viewer: ViewerID, into effects: inout EffectBuffer
  ) -> ConnectionOrdinal {
    viewers.makeRoom(for: Int(viewer.number), ViewerHolder(), &viewersEnd)
    let holder = viewers[Int(viewer.number)].connection
    guard holder != .max else { return .none }
    let ordinal = connections[Int(holder)].ordinal
    end(ConnectionID(holder), .excluded, into: &effects)
    return ordinal
  }

  mutating func exclude(_ viewer: ViewerID, into effects: inout EffectBuffer) {
    guard isHeld(viewer) else { return }
    end(ConnectionID(viewers[Int(viewer.number)].connection), .excluded, into: &effects)
  }

  /// Releases the viewer id of a connection that leaves.
  mutating func release(_ viewer: ViewerID, from connection: UInt32) {
    guard viewer != .none else { return }
    invariant(
      viewers[Int(viewer.number)].connection == connection,
      "viewer id \(viewer.number) is not held by connection \(connection)")
    viewers[Int(viewer.number)] = ViewerHolder()
    heldViewers -= 1
  }

  /// Whether a connection holds the viewer id. If not, the id may be bound to another text.
  package func isHeld(_ viewer: ViewerID) -> Bool {
    Int(viewer.number) < viewers.count && viewers[Int(viewer.number)].connection != .max
  }

  /// Whether a connection is open.
  package func isOpen(_ connection: ConnectionID) -> Bool {
    Int(connection.number) < connections.count && connections[Int(connection.number)].isOpen
  }

  /// The viewer id of a connection that is open or whose close is awaited; `.none` without one.
  package func viewer(of connection: ConnectionID) -> ViewerID {
    guard Int(connection.number) < connections.count else { return .none }
    return connections[Int(connection.number)].viewer
  }

  /// The ordinal of a connection that is open or whose close is awaited; `.none` for one that was
  /// never open.
  package func ordinal(of connection: ConnectionID) -> ConnectionOrdinal {
    guard Int(connection.number) < connections.count else { return .none }
    return connections[Int(connection.number)].ordinal
  }
}
