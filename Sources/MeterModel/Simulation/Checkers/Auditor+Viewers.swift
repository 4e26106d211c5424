// Viewers: how they come, are counted, and go (§2 rules 1 and 5).

extension Auditor {
  /// Counts a viewer without an id.
  mutating func count(_ place: Int) {
    connections[place].phase = .member
    count(in: connections[place].namespace)
  }

  /// Counts a viewer with an id.
  mutating func count(_ key: ViewerKey) {
    viewers[key]?.isMember = true
    count(in: key.namespace)
  }

  private mutating func count(in namespace: Int) {
    countedEver += 1
    countedNow += 1
    audiences[namespace].counted += 1
    touch(namespace)
  }

  /// Adds a new viewer to a stream that has none.
  mutating func addViewer(to place: Int) {
    let home = connections[place].namespace
    connections[place].phase = .pending
    audiences[home].viewers += 1
    touch(home)
    guard configuration.incrementDelay > .zero else { return count(place) }
    let entry = StreamEntry(
      since: connections[place].since, connection: UInt32(place),
      ordinal: connections[place].ordinal)
    if entry.since == now { pending.append(entry) } else { pendingArrived.append(entry) }
  }

  /// Adds a new viewer with an id, who has no stream and no ping yet.
  mutating func addViewer(_ key: ViewerKey, remembered: ConnectionOrdinal = .none) {
    viewers[key] = Viewer(since: now, remembered: remembered, hasMoved: remembered != .none)
    audiences[key.namespace].viewers += 1
    touch(key.namespace)
    viewerNumbers = max(viewerNumbers, Int(key.viewer.number) + 1)
    if configuration.viewerIDs == .exclusive {
      while homes.count <= Int(key.viewer.number) { homes.append(.max) }
      homes[Int(key.viewer.number)] = key.number
    }
    if configuration.incrementDelay > .zero {
      pendingNamed.append(ViewerEntry(since: now, key: key))
    } else {
      count(key)
    }
  }

  /// Takes a viewer out of the counts of its namespace.
  mutating func leave(_ namespace: Int, wasMember: Bool) {
    if wasMember {
      audiences[namespace].counted -= 1
      countedNow -= 1
    }
    audiences[namespace].viewers -= 1
    touch(namespace)
  }

  /// Ends a viewer with an id, its ping, its grace and what is remembered for it. Precondition: it
  /// has no open stream.
  mutating func end(_ key: ViewerKey) {
    guard let viewer = viewers.removeValue(forKey: key) else { return }
    departures[key] = nil
    if viewer.pingedAt != nil { pingCount -= 1 }
    if configuration.viewerIDs == .exclusive { homes[Int(key.viewer.number)] = .max }
    leave(key.namespace, wasMember: viewer.isMember)
  }

  /// Ends a viewer with an id whom nothing keeps. Returns whether it did.
  @discardableResult mutating func endIfAlone(_ key: ViewerKey) -> Bool {
    guard let viewer = viewers[key], viewer.streams == 0, viewer.pingedAt == nil,
      departures[key] == nil
    else { return false }
    end(key)
    return true
  }

  /// The viewer of an open stream that has a viewer id.
  func key(of place: Int) -> ViewerKey {
    ViewerKey(viewerIDs[place], in: UInt32(connections[place].namespace))
  }

  /// Takes an open stream out of its namespace, and nothing else.
  mutating func removeStream(_ place: Int, becomes phase: Entry.Phase) {
    let home = connections[place].namespace
    openCount -= 1
    audiences[home].open -= 1
    switch connections[place].phase {
    case .observer: audiences[home].observers -= 1
    case .named:
      viewers[key(of: place)]?.streams -= 1
      viewerIDs[place] = .none
    case .absent, .dismissed, .arriving, .pending, .member: break
    }
    connections[place].phase = phase
    touch(home)
  }

  /// Takes out an open stream that closed, reached its maximum duration or was cut.
  mutating func close(_ place: Int, becomes phase: Entry.Phase, isCut: Bool = false) {
    let (entry, home) = (connections[place], connections[place].namespace)
    let named = entry.phase == .named ? key(of: place) : nil
    removeStream(place, becomes: phase)
    switch entry.phase {
    case .absent, .dismissed, .observer, .arriving: break
    case .pending:
      note(.cutPending, if: isCut)
      leave(home, wasMember: false)
    case .member:
      let key = ViewerKey(entry.ordinal)
      if !depart(key, from: home, since: entry.since, isCut: isCut) {
        leave(home, wasMember: true)
      }
    case .named:
      guard let named, let viewer = viewers[named] else { break }
      note(.tabClosed, if: viewer.streams > 0 && !isCut)
      guard viewer.streams == 0 else { break }
      note(.closedWhilePinging, if: viewer.pingedAt != nil && !isCut)
      note(.cutPinging, if: viewer.pingedAt != nil && isCut)
      note(.cutPending, if: isCut && !viewer.isMember)
      if !viewer.isMember || !depart(named, from: home, since: viewer.since, isCut: isCut) {
        endIfAlone(named)
      }
    }
  }

  /// Gives grace to a member whose last stream is gone. Returns false if it gets none.
  private mutating func depart(
    _ key: ViewerKey, from home: Int, since: Instant, isCut: Bool
  ) -> Bool {
    let grace = isCut ? configuration.restartDelay : configuration.grace(atAge: now - since)
    guard grace > .zero else {
      note(.cutWithoutGrace, if: isCut)
      note(.leftYoung, if: !isCut && configuration.decrementDelay > .zero)
      return false
    }
    guard departures.count < Int(configuration.maximumConnections) else {
      note(isCut ? .returnPastLimit : .gracePastLimit)
      return false
    }
    if isCut {
      note(.cutMember)
    } else {
      note(grace == configuration.decrementDelay ? .leftWithFullGrace : .leftWithStep)
    }
    let steps = Configuration.graceSteps
    let step = (configuration.decrementDelay.nanoseconds + steps - 1) / steps
    let queue = isCut ? Int(steps) : Int((grace.nanoseconds - 1) / max(step, 1))
    departures[key] = Departure(
      namespace: home, since: since, until: now + grace, isReturning: isCut)
    leaving[queue].append(ViewerEntry(since: now + grace, key: key))
    return true
  }
}
