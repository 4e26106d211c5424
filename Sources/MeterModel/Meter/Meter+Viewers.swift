// Viewer ids, each of which at most one connection holds, and the newest connection that was
// excluded for each (§2 rule 8).

extension Meter {
  /// Whether a newcomer is to be refused because its page was excluded before: it comes after the
  /// connection that is remembered for its viewer id, or after one that opened before that.
  func isStopped(_ viewer: ViewerID, after: ConnectionOrdinal) -> Bool {
    guard after != .none, Int(viewer.number) < viewers.count else { return false }
    let remembered = viewers[Int(viewer.number)].remembered
    return remembered != .none && !after.isNewer(than: remembered)
  }

  /// Gives a viewer id to a newcomer and ends the connection that holds it, which is remembered
  /// from now on. If the newcomer comes after that connection, both are of one page, and what was
  /// remembered stays.
  mutating func take(
    _ viewer: ViewerID, for newcomer: ConnectionID, after: ConnectionOrdinal,
    into effects: inout EffectBuffer
  ) {
    let place = Int(viewer.number)
    viewers.makeRoom(for: place, ViewerState(), &viewersEnd)
    var remembered = remembered(for: viewer)
    if let holder = viewers[place].holder {
      let former = connections[Int(holder)].ordinal
      if former != after { remembered = former }
      forget(viewer)
      end(ConnectionID(holder), .excluded, into: &effects)
    }
    if viewers[place].isUnknown { knownViewers += 1 }
    viewers[place] = ViewerState(heldBy: newcomer.number, remembered: remembered)
  }

  /// Ends the connection that holds a viewer id, if there is one, and forgets what is remembered.
  mutating func exclude(_ viewer: ViewerID, into effects: inout EffectBuffer) {
    guard isKnown(viewer) else { return }
    forget(viewer)
    guard let holder = viewers[Int(viewer.number)].holder else { return }
    end(ConnectionID(holder), .excluded, into: &effects)
  }

  /// Releases the viewer id of a connection that leaves. What is remembered for the id stays for a
  /// while.
  mutating func release(_ viewer: ViewerID, from connection: UInt32) {
    guard viewer != .none else { return }
    let state = viewers[Int(viewer.number)]
    invariant(
      state.holder == connection,
      "viewer id \(viewer.number) is not held by connection \(connection)")
    guard state.remembered != .none else {
      viewers[Int(viewer.number)] = ViewerState()
      knownViewers -= 1
      return
    }
    depart(viewer, remembered: state.remembered, at: now)
  }

  /// Notes that no connection holds a known viewer id any more.
  mutating func depart(_ viewer: ViewerID, remembered: ConnectionOrdinal, at instant: Instant) {
    let ticket = departures.append(
      Departures.Departure(since: instant, viewer: viewer.number, remembered: remembered))
    viewers[Int(viewer.number)] = ViewerState(departedWith: ticket)
  }

  /// Forgets what was remembered for the viewer ids that were left long enough ago.
  mutating func forgetDepartures(into effects: inout EffectBuffer) {
    guard departures.firstSince + Configuration.exclusionMemory <= now else { return }
    while departures.firstSince + Configuration.exclusionMemory <= now,
      let (ticket, departure) = departures.popFirst()
    {
      let viewer = ViewerID(departure.viewer)
      guard isDeparted(viewer, with: ticket) else { continue }
      forget(viewer)
      effects.forget(viewer)
    }
    viewers.giveBack(&viewersEnd, inUse: knownViewers) { $0.isUnknown }
  }

  /// The connection that is remembered for a viewer id; `.none` if there is none.
  private func remembered(for viewer: ViewerID) -> ConnectionOrdinal {
    switch viewers[Int(viewer.number)].stage {
    case .unknown: .none
    case .held: viewers[Int(viewer.number)].remembered
    case .departed(let ticket): departures[ticket].remembered
    }
  }

  /// Forgets what is remembered for a viewer id.
  private mutating func forget(_ viewer: ViewerID) {
    let place = Int(viewer.number)
    switch viewers[place].stage {
    case .unknown: break
    case .held(let connection):
      viewers[place] = ViewerState(heldBy: connection, remembered: .none)
    case .departed:
      viewers[place] = ViewerState()
      knownViewers -= 1
    }
  }

  /// Whether the departure with a ticket is the last one of the viewer id, which is still departed.
  func isDeparted(_ viewer: ViewerID, with ticket: UInt32) -> Bool {
    guard Int(viewer.number) < viewers.count,
      case .departed(ticket) = viewers[Int(viewer.number)].stage
    else { return false }
    return true
  }

  /// Whether a connection holds the viewer id.
  package func isHeld(_ viewer: ViewerID) -> Bool {
    Int(viewer.number) < viewers.count && viewers[Int(viewer.number)].holder != nil
  }

  /// Whether a connection holds the viewer id or one is remembered for it. If not, the number may
  /// be bound to another text.
  package func isKnown(_ viewer: ViewerID) -> Bool {
    Int(viewer.number) < viewers.count && !viewers[Int(viewer.number)].isUnknown
  }

  /// The ordinal of the connection that holds a viewer id; `.none` if none does.
  package func holder(of viewer: ViewerID) -> ConnectionOrdinal {
    guard Int(viewer.number) < viewers.count, let holder = viewers[Int(viewer.number)].holder
    else { return .none }
    return connections[Int(holder)].ordinal
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
