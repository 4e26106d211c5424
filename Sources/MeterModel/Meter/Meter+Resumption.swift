// A stream that comes after another one of the same page (§2 rule 6): it takes its place if that is
// still open, or ends the grace of its viewer.

extension Meter {
  /// The open connection without a viewer id that a newcomer to a namespace without one would
  /// supersede.
  func openConnection(_ key: ConnectionKey, in namespace: NamespaceID) -> UInt32? {
    let place = Int(key.connection.number)
    guard place < connections.count, connections[place].ordinal == key.ordinal,
      connections[place].namespace == namespace.number
    else { return nil }
    switch connections[place].phase {
    case .pending, .member, .arriving: return key.connection.number
    case .absent, .dismissed, .identified, .observer: return nil
    }
  }

  /// The viewer without a viewer id that a newcomer to a namespace would resume.
  func resumable(_ ordinal: ConnectionOrdinal, in namespace: NamespaceID) -> UInt32? {
    guard let departure = departures.find(ordinal),
      departures[departure].owner == namespace.number
    else { return nil }
    return departure
  }

  /// Ends a connection and gives its viewer to a newcomer.
  mutating func supersede(
    _ former: UInt32, by id: ConnectionID, in namespace: NamespaceID,
    into effects: inout EffectBuffer
  ) {
    let phase = connections[Int(former)].phase
    let since = phase == .arriving ? arrivalBegan(former) : came(former)
    end(former, .superseded, leaving: .handedOver, into: &effects)
    join(id, namespace, phase)
    waitDirectly(id.number)
    switch phase {
    case .arriving: awaitArrival(id.number, since: since)
    case .pending:
      setAge(id.number, since: since)
      awaitCounting(id.number, since: since)
    case .member, .identified, .observer, .absent, .dismissed:
      setAge(id.number, since: since)
    }
    greet(id, in: namespace, into: &effects)
  }

  /// Ends the grace of a viewer, of whom a newcomer is a connection now.
  mutating func resume(
    _ departure: UInt32, by id: ConnectionID, in namespace: NamespaceID,
    into effects: inout EffectBuffer
  ) {
    let since = departures[departure].since
    endDeparture(departure)
    join(id, namespace, .member)
    waitDirectly(id.number)
    setAge(id.number, since: since)
    greet(id, in: namespace, into: &effects)
  }

  /// Lets a pending connection wait that opened after its viewer came.
  mutating func awaitCounting(_ index: UInt32, since: Instant) {
    let entry = DeadlineHeap.Entry(
      due: since + configuration.incrementDelay, connection: index,
      ordinal: connections[Int(index)].ordinal)
    let connections = connections
    latePending.insert(entry) { connections.hold($0, .pending) }
  }
}

// MARK: - Ages

extension Meter {
  /// When the viewer of an open connection without a viewer id came, or when its arrival began. For
  /// one who came before its connection and is as old as the decrement delay, any instant is right
  /// that is so long ago.
  func came(_ index: UInt32) -> Instant {
    let openedAt = connections[Int(index)].openedAt
    if connections[Int(index)].hasFullGrace {
      return openedAt.before(configuration.decrementDelay)
    }
    return ages.isEmpty ? openedAt : ages[index] ?? openedAt
  }

  /// Notes when the viewer of an open connection came.
  mutating func setAge(_ index: UInt32, since: Instant) {
    guard since != connections[Int(index)].openedAt else { return }
    // Of a pending viewer the exact instant is needed.
    guard connections[Int(index)].phase != .member || now - since < configuration.decrementDelay
    else {
      connections[Int(index)].hasFullGrace = true
      return
    }
    forgetOldAges()
    ages.insert(
      ViewerAges.Entry(
        connection: index, ordinal: connections[Int(index)].ordinal, since: since))
  }

  /// Forgets when those members came who are as old as the decrement delay by now. Each call looks
  /// at more connections than one call of `setAge` adds.
  private mutating func forgetOldAges() {
    for _ in 0..<4 {
      guard let entry = ages.popFirst() else { continue }
      let place = Int(entry.connection)
      if connections[place].phase == .member, now - entry.since >= configuration.decrementDelay {
        connections[place].hasFullGrace = true
      } else {
        ages.insert(entry)
      }
    }
  }
}
