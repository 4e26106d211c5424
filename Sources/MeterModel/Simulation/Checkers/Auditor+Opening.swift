// The open of a stream: who is refused, who is ended for it, and whose viewer it is for (§2 rules 1
// to 3, 6, 8, 12, 16 and 18).

extension Auditor {
  /// An open, without what has no meaning in it.
  struct Opening {
    let connection: ConnectionID
    let namespace: NamespaceID
    let viewer: ViewerID
    let after: ConnectionKey
    let kind: StreamKind

    init(
      _ connection: ConnectionID, _ namespace: NamespaceID, _ viewer: ViewerID,
      _ after: ConnectionKey, _ kind: StreamKind, _ mode: ViewerIDMode
    ) {
      self.connection = connection
      self.namespace = namespace
      self.viewer = mode == .off || kind == .observer ? .none : viewer
      self.kind = kind == .arriving && self.viewer != .none ? .viewer : kind
      self.after = self.kind == .viewer ? after : .none
    }

    var place: Int { Int(connection.number) }
    var home: Int { Int(namespace.number) }
    var key: ViewerKey { ViewerKey(viewer, in: namespace.number) }
  }

  /// A stream that ends for a newcomer.
  private struct Former {
    let place: Int
    let reason: EndReason
  }

  mutating func opened(_ opening: Opening) -> String? {
    latestOrdinal = latestOrdinal.next
    let place = opening.place
    while connections.count <= place { connections.append(Entry()) }
    if connections[place].isOpen {
      note(.rejectedOpen)
      return isOverdue(place) ? overdue : expect(.reject(.open(opening.connection)))
    }
    note(.reopenedBeforeClose, if: connections[place].phase == .dismissed)
    if isStopped(opening) {
      connections[place].phase = .dismissed
      return expect(.refuse(opening.connection, .stopped))
    }
    let former = former(for: opening)
    let hasRoom = openCount - (former == nil ? 0 : 1) < configuration.maximumConnections
    let isKnown = exists(opening.home)
    guard hasRoom, isKnown || namespaceCount < configuration.maximumNamespaces else {
      note(hasRoom ? .fullOfNamespaces : .fullOfConnections)
      note(.refusedWithoutExclusion, if: former != nil)
      note(.refusedWithoutResumption, if: departures[ViewerKey(opening.after.ordinal)] != nil)
      connections[place].phase = .dismissed
      return expect(.refuse(opening.connection, .full))
    }
    if former != nil, openCount >= configuration.maximumConnections { note(.replacedAtLimit) }
    create(opening.home)
    let wrong = opening.viewer == .none ? join(opening, former) : joinNamed(opening, former)
    return wrong ?? greet(opening)
  }

  var overdue: String { "its maximum duration was over" }

  /// Whether the newcomer was excluded before for the id that is held.
  private mutating func isStopped(_ opening: Opening) -> Bool {
    let after = opening.after.ordinal
    guard let viewer = holder(of: opening.viewer).flatMap({ viewers[$0] }), viewer.streams > 0,
      viewer.remembered != .none, after != .none, !after.isNewer(than: viewer.remembered)
    else { return false }
    note(.stopped)
    note(.stoppedOlder, if: after != viewer.remembered)
    note(.stoppedAfterReturn, if: viewer.isReturn)
    note(.stoppedAfterMove, if: viewer.hasMoved)
    return true
  }

  /// The viewer who has an id, where ids are exclusive.
  func holder(of viewer: ViewerID) -> ViewerKey? {
    guard viewer != .none, Int(viewer.number) < homes.count else { return nil }
    let home = homes[Int(viewer.number)]
    return home == .max ? nil : ViewerKey(viewer, in: home)
  }

  private mutating func former(for opening: Opening) -> Former? {
    let after = Int(opening.after.connection.number)
    var superseded: Former?
    if after < connections.count, connections[after].isOpen,
      connections[after].ordinal == opening.after.ordinal
    {
      let isSame =
        connections[after].namespace == opening.home && viewerID(of: after) == opening.viewer
      note(.cameAfterOther, if: !isSame)
      note(.cameAfterObserver, if: isSame && connections[after].phase == .observer)
      if isSame && connections[after].phase != .observer {
        superseded = Former(place: after, reason: .superseded)
      }
    }
    guard superseded == nil, let holder = holder(of: opening.viewer), let viewer = viewers[holder],
      viewer.streams > 0
    else { return superseded }
    return Former(place: Int(viewer.stream), reason: .excluded)
  }

  private func viewerID(of place: Int) -> ViewerID {
    place < viewerIDs.count ? viewerIDs[place] : .none
  }

  /// Ends a stream for a newcomer, and leaves its viewer as it is.
  private mutating func end(_ former: Former) -> String? {
    guard !isOverdue(former.place) else { return overdue }
    removeStream(former.place, becomes: .dismissed)
    note(.excluded, if: former.reason == .excluded)
    return expect(.end(ConnectionID(UInt32(former.place)), former.reason))
  }

  /// Makes the newcomer an open stream.
  private mutating func add(_ opening: Opening, _ phase: Entry.Phase, since: Instant) {
    let place = opening.place
    connections[place].opened = now
    connections[place].since = since
    connections[place].ordinal = latestOrdinal
    connections[place].namespace = opening.home
    connections[place].phase = phase
    opened += 1
    openCount += 1
    audiences[opening.home].open += 1
    if phase == .observer { audiences[opening.home].observers += 1 }
    touch(opening.home)
  }

  /// Opens a stream without a viewer id.
  private mutating func join(_ opening: Opening, _ former: Former?) -> String? {
    if let former {
      let entry = connections[former.place]
      noteSuperseded(entry.phase)
      if let wrong = end(former) { return wrong }
      add(opening, entry.phase, since: entry.since)
      if entry.phase != .member {
        successors[entry.ordinal] = StreamEntry(
          since: entry.since, connection: opening.connection.number, ordinal: latestOrdinal)
      }
    } else if let departure = departures[ViewerKey(opening.after.ordinal)],
      departure.namespace == opening.home
    {
      note(departure.isReturning ? .resumedReturning : .resumedLeaving)
      departures[ViewerKey(opening.after.ordinal)] = nil
      add(opening, .member, since: departure.since)
    } else {
      note(
        .cameAfterLeftElsewhere,
        if: opening.after != .none && departures[ViewerKey(opening.after.ordinal)] != nil)
      switch opening.kind {
      case .observer: add(opening, .observer, since: now)
      case .arriving:
        add(opening, .arriving, since: now)
        arriving.append(
          StreamEntry(since: now, connection: opening.connection.number, ordinal: latestOrdinal))
      case .viewer:
        add(opening, .pending, since: now)
        addViewer(to: opening.place)
      }
    }
    return nil
  }

  private mutating func noteSuperseded(_ phase: Entry.Phase) {
    switch phase {
    case .arriving: note(.supersededArriving)
    case .pending: note(.supersededPending)
    case .member: note(.supersededMember)
    case .absent, .dismissed, .observer, .named: break
    }
  }

  /// Opens a stream with a viewer id.
  private mutating func joinNamed(_ opening: Opening, _ former: Former?) -> String? {
    let key = opening.key
    var remembered = ConnectionOrdinal.none
    if let holder = holder(of: opening.viewer), let viewer = viewers[holder] {
      remembered = viewer.remembered
      if let former, former.reason == .excluded {
        note(.excludedInChain, if: remembered != .none)
        note(holder == key ? .excludedInPlace : .excludedElsewhere)
        remembered = connections[former.place].ordinal
      }
    }
    if let former {
      let isShared = configuration.viewerIDs == .shared
      note(isShared ? .tabSuperseded : .replacedByItself, if: former.reason == .superseded)
      if let wrong = end(former) { return wrong }
    }
    if let holder = holder(of: opening.viewer), holder != key {
      note(.leavingWentElsewhere, if: departures[holder] != nil)
      end(holder)
    }
    if viewers[key] == nil {
      note(.sharedTwice, if: configuration.viewerIDs == .shared && isElsewhere(opening))
      addViewer(key, remembered: remembered)
    } else {
      resume(key, remembered, hasFormer: former != nil)
    }
    viewers[key]?.streams += 1
    viewers[key]?.stream = opening.connection.number
    while viewerIDs.count <= opening.place { viewerIDs.append(.none) }
    viewerIDs[opening.place] = opening.viewer
    add(opening, .named, since: now)
    return nil
  }

  /// Whether the id has a viewer in a neighbouring namespace too.
  private func isElsewhere(_ opening: Opening) -> Bool {
    let number = opening.namespace.number
    return viewers[ViewerKey(opening.viewer, in: number &+ 1)] != nil
      || viewers[ViewerKey(opening.viewer, in: number &- 1)] != nil
  }

  /// Lets a stream open for a viewer who is there.
  private mutating func resume(
    _ key: ViewerKey, _ remembered: ConnectionOrdinal, hasFormer: Bool
  ) {
    guard let viewer = viewers[key] else { return }
    viewers[key]?.remembered = remembered
    viewers[key]?.isReturn = false
    if let departure = departures.removeValue(forKey: key) {
      note(departure.isReturning ? .resumedReturningById : .resumedLeavingById)
      if remembered != .none { viewers[key]?.isReturn = true }
    } else if viewer.streams == 0 && !hasFormer {
      note(.openedWhilePinging, if: viewer.pingedAt != nil)
    } else if configuration.viewerIDs == .shared && !hasFormer {
      note(viewer.isMember ? .secondTab : .secondTabPending)
    }
  }

  /// The greeting of a newcomer, whose viewer was counted if the delay is 0.
  private mutating func greet(_ opening: Opening) -> String? {
    let (place, home) = (opening.place, opening.home)
    let isPending =
      switch connections[place].phase {
      case .pending: true
      case .named: !(viewers[opening.key]?.isMember ?? false)
      case .absent, .dismissed, .observer, .arriving, .member: false
      }
    let members = audiences[home].members
    let isFirst = audiences[home].open == 1
    if isFirst {
      setTold(home)
    } else {
      audiences[home].lowestGreeted = min(audiences[home].lowestGreeted, members)
      audiences[home].highestGreeted = max(audiences[home].highestGreeted, members)
    }
    note(.greeted)
    note(.observerGreeted, if: opening.kind == .observer)
    note(.greetedByOthersOnly, if: isFirst && audiences[home].remote > 0)
    return expect(
      .greet(
        opening.connection, ordinal: latestOrdinal, opening.namespace,
        count: min(members + (isPending ? 1 : 0), UInt64(Int64.max))))
      ?? sendKept(to: opening.connection, in: opening.namespace)
  }
}
