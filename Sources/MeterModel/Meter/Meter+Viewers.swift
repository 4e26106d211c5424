// Viewers with a viewer id (§2 rules 5, 6 and 8).

extension Meter {
  mutating func openIdentified(
    _ id: ConnectionID, _ namespace: NamespaceID, _ viewer: ViewerID, after: ConnectionKey,
    into effects: inout EffectBuffer
  ) {
    let place = identified.find(viewer, in: namespace.number)
    let former = place.flatMap { ended(of: $0, by: after) }
    if let place, isStopped(place, after: after) {
      refuse(id, .stopped, into: &effects)
      return
    }
    guard admit(id, namespace, freeing: former == nil ? 0 : 1, into: &effects) else { return }
    if configuration.viewerIDs == .exclusive, let place {
      makeWay(place, former, in: namespace, after: after, into: &effects)
    } else if let former {
      end(former, .superseded, leaving: .handedOver, into: &effects)
    }
    createIfUnknown(namespace)
    join(id, namespace, .identified)
    waitDirectly(id.number)
    let viewer = place ?? addViewer(viewer, in: namespace.number)
    connections[Int(id.number)].viewer = viewer
    if configuration.viewerIDs == .exclusive {
      identified[viewer].holder = id.number
    } else {
      identified[viewer].streams += 1
    }
    endGrace(of: viewer)
    if identified[viewer].namespace != namespace.number { begin(viewer, in: namespace.number) }
    greet(id, in: namespace, into: &effects)
  }

  /// The connection of a viewer that a newcomer with its id ends: where ids are exclusive the one
  /// that holds it, where they are shared the one after which it comes.
  private func ended(of viewer: UInt32, by after: ConnectionKey) -> UInt32? {
    if configuration.viewerIDs == .exclusive {
      let holder = identified[viewer].holder
      return holder == .max ? nil : holder
    }
    let place = Int(after.connection.number)
    guard place < connections.count, connections[place].phase == .identified,
      connections[place].ordinal == after.ordinal, connections[place].viewer == viewer
    else { return nil }
    return after.connection.number
  }

  /// Whether a newcomer is to be refused because its page was excluded before: it comes after the
  /// connection that is remembered for its viewer id, or after one that opened before that.
  private func isStopped(_ viewer: UInt32, after: ConnectionKey) -> Bool {
    guard configuration.viewerIDs == .exclusive, after.ordinal != .none,
      identified[viewer].holder != .max
    else { return false }
    let remembered = identified[viewer].remembered
    return remembered != .none && !after.ordinal.isNewer(than: remembered)
  }

  /// Ends the connection that holds an exclusive id, for a newcomer to a namespace. If that is
  /// another namespace, the viewer is gone; its place will be that of the newcomer's viewer.
  private mutating func makeWay(
    _ viewer: UInt32, _ holder: UInt32?, in namespace: NamespaceID, after: ConnectionKey,
    into effects: inout EffectBuffer
  ) {
    let stays = identified[viewer].namespace == namespace.number
    if let holder {
      let ordinal = connections[Int(holder)].ordinal
      if stays && ordinal == after.ordinal {
        end(holder, .superseded, leaving: .handedOver, into: &effects)
      } else {
        identified[viewer].remembered = ordinal
        end(holder, .excluded, leaving: .handedOver, into: &effects)
      }
    }
    if !stays {
      endGrace(of: viewer)
      vanish(viewer)
    }
  }

  /// Adds a viewer with an id, who is counted if there is no delay.
  mutating func addViewer(_ id: ViewerID, in namespace: UInt32) -> UInt32 {
    let viewer = identified.insert(Viewer(namespace: namespace, id: id.number))
    begin(viewer, in: namespace)
    return viewer
  }

  /// Lets a viewer be a new one of a namespace.
  private mutating func begin(_ viewer: UInt32, in namespace: UInt32) {
    identified[viewer].namespace = namespace
    identified[viewer].since = now
    identified[viewer].isMember = false
    namespaces[Int(namespace)].pending += 1
    if namespaces[Int(namespace)].queue == .vacant { unqueue(namespace) }
    if configuration.incrementDelay == .zero {
      identified[viewer].isMember = true
      counted(in: namespace)
    } else {
      identified.pending.append(viewer, in: &identified.viewers)
    }
  }

  /// Counts a pending viewer with an id.
  mutating func countIdentified(_ viewer: UInt32) {
    identified.pending.remove(viewer, from: &identified.viewers)
    identified[viewer].isMember = true
    counted(in: identified[viewer].namespace)
  }

  /// Takes a viewer out of the counts and queues of its namespace.
  private mutating func vanish(_ viewer: UInt32) {
    let namespace = identified[viewer].namespace
    if identified[viewer].isMember {
      localMembers -= 1
      namespaces[Int(namespace)].localMembers -= 1
    } else {
      identified.pending.remove(viewer, from: &identified.viewers)
      namespaces[Int(namespace)].pending -= 1
    }
    touch(namespace)
    queueIfVacant(namespace)
  }

  /// Ends the grace of a viewer, if it has any.
  mutating func endGrace(of viewer: UInt32) {
    guard identified[viewer].departure != .max else { return }
    let ticket = identified[viewer].departure
    identified[viewer].departure = .max
    endDeparture(ticket)
  }

  /// Removes a viewer whom nothing keeps.
  mutating func forgetIfGone(_ viewer: UInt32, into effects: inout EffectBuffer) {
    let state = identified[viewer]
    guard !isOpen(state), !state.isPinging, state.departure == .max else { return }
    remove(viewer, into: &effects)
  }

  /// Whether a viewer has an open connection.
  func isOpen(_ viewer: Viewer) -> Bool {
    identified.isShared ? viewer.streams > 0 : viewer.holder != .max
  }

  private mutating func remove(_ viewer: UInt32, into effects: inout EffectBuffer) {
    vanish(viewer)
    let id = ViewerID(identified[viewer].id)
    if identified.remove(viewer) { effects.forget(id) }
  }

  /// Releases a viewer from one of its connections, which is gone.
  mutating func release(
    _ viewer: UInt32, from connection: UInt32, _ leaving: Leaving,
    into effects: inout EffectBuffer
  ) {
    if configuration.viewerIDs == .exclusive {
      invariant(
        identified[viewer].holder == connection,
        "viewer \(viewer) is not held by connection \(connection)")
      identified[viewer].holder = .max
    } else {
      identified[viewer].streams -= 1
      if identified[viewer].streams > 0 { return }
    }
    switch leaving {
    case .closed, .cut:
      if identified[viewer].isMember { departIdentified(viewer, isReturning: leaving == .cut) }
      forgetIfGone(viewer, into: &effects)
    case .gone: remove(viewer, into: &effects)
    case .handedOver: break
    }
  }

  /// Gives a member whose last connection is gone its grace.
  private mutating func departIdentified(_ viewer: UInt32, isReturning: Bool) {
    let since = identified[viewer].since
    guard
      departures.grace(since: since, now: now, isReturning: isReturning) > .zero,
      departures.count < configuration.maximumConnections
    else { return }
    identified[viewer].departure = departures.append(
      Departure(leftAt: now, since: since, ordinal: .none, owner: viewer),
      isReturning: isReturning)
  }

  /// Ends the connection that holds an exclusive viewer id, and its viewer.
  mutating func exclude(_ viewer: ViewerID, into effects: inout EffectBuffer) {
    guard configuration.viewerIDs == .exclusive,
      let place = identified.find(viewer, in: .max)
    else { return }
    let holder = identified[place].holder
    if holder != .max {
      end(holder, .excluded, leaving: .gone, into: &effects)
    } else {
      endGrace(of: place)
      remove(place, into: &effects)
    }
  }
}

// MARK: - Questions

extension Meter {
  /// Whether an open connection has the viewer id. O(1) where ids are exclusive; otherwise false.
  package func isHeld(_ viewer: ViewerID) -> Bool { holder(of: viewer) != .none }

  /// Whether there is a viewer with the id. If not, the number may be bound to another text.
  package func isKnown(_ viewer: ViewerID) -> Bool { identified.isKnown(viewer) }

  /// The open connection that holds an exclusive viewer id; `.none` if none does.
  package func holder(of viewer: ViewerID) -> ConnectionKey {
    guard configuration.viewerIDs == .exclusive, viewer != .none,
      let place = identified.find(viewer, in: .max), identified[place].holder != .max
    else { return .none }
    let holder = ConnectionID(identified[place].holder)
    return ConnectionKey(holder, ordinal(of: holder))
  }

  /// Whether a connection is open.
  package func isOpen(_ connection: ConnectionID) -> Bool {
    Int(connection.number) < connections.count && connections[Int(connection.number)].isOpen
  }

  /// The viewer id of an open connection; `.none` without one.
  package func viewer(of connection: ConnectionID) -> ViewerID {
    guard Int(connection.number) < connections.count,
      connections[Int(connection.number)].phase == .identified
    else { return .none }
    return ViewerID(identified[connections[Int(connection.number)].viewer].id)
  }

  /// The ordinal of a connection that is open or whose close is awaited; `.none` for one that was
  /// never open.
  package func ordinal(of connection: ConnectionID) -> ConnectionOrdinal {
    guard Int(connection.number) < connections.count else { return .none }
    return connections[Int(connection.number)].ordinal
  }
}
