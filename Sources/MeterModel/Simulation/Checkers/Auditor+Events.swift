// Events: their consequences in the auditor's state, and the effects that must follow.

extension Auditor {
  mutating func apply(_ event: Event) -> String? {
    switch event {
    case .opened(let id, let namespace, let viewer, let after, let kind):
      return opened(
        Opening(id, namespace, viewer, after, kind, configuration.viewerIDs))
    case .closed(let id): return closed(id)
    case .excluded(let viewer): return excluded(viewer)
    case .cut(let id): return cut(id)
    case .restarted: return restarted()
    case .pinged(let namespace, let viewer): return pinged(namespace, viewer)
    case .left(let namespace, let viewer): return left(namespace, viewer)
    case .arrived(let id, let node): return arrived(id, from: node)
    case .moved(let stream, let node): return moved(stream, to: node)
    case .transferred(let namespace, let from, let to):
      transferred(namespace, from: from, to: to)
      return nil
    case .message(let namespace, let message):
      guard exists(Int(namespace.number)), audiences[Int(namespace.number)].open > 0 else {
        return nil
      }
      note(.messaged)
      return expect(.message(namespace, message))
    case .retained(let namespace, let service, let message, let bytes):
      return retained(namespace, service, message, bytes)
    case .peer(let node, let namespace, let members, let connections):
      return peer(node, namespace, members, connections)
    case .bye(let node):
      bye(node)
      return nil
    case .external(let source, let namespace, let members):
      return external(source, namespace, members)
    }
  }

  private mutating func closed(_ id: ConnectionID) -> String? {
    let place = Int(id.number)
    guard place < connections.count, connections[place].phase != .absent else {
      note(.rejectedClose)
      return expect(.reject(.close(id)))
    }
    guard !isOverdue(place) else { return overdue }
    if connections[place].isOpen {
      note(.closedPending, if: connections[place].phase == .pending)
      close(place, becomes: .absent)
    }
    connections[place].phase = .absent
    return nil
  }

  /// A plain request ended the viewer with an id (§2 rule 8).
  private mutating func excluded(_ viewer: ViewerID) -> String? {
    guard let key = holder(of: viewer), let former = viewers[key] else { return nil }
    note(.forgottenByRequest, if: former.streams == 0 && former.remembered != .none)
    note(.leavingExcluded, if: former.streams == 0)
    var ended: Effect.Action?
    if former.streams > 0 {
      guard !isOverdue(Int(former.stream)) else { return overdue }
      note(.excluded)
      removeStream(Int(former.stream), becomes: .dismissed)
      ended = .end(ConnectionID(former.stream), .excluded)
    }
    end(key)
    return ended.flatMap { expect($0) }
  }

  /// The daemon ended a stream (§2 rule 17).
  private mutating func cut(_ id: ConnectionID) -> String? {
    let place = Int(id.number)
    guard place < connections.count, connections[place].isOpen else {
      note(.cutOfGone)
      return nil
    }
    guard !isOverdue(place) else { return overdue }
    close(place, becomes: .dismissed, isCut: true)
    return nil
  }

  /// The daemon began anew: every stream is gone, in the order in which they opened (§2 rule 17).
  private mutating func restarted() -> String? {
    note(.restartedLeaving, if: !departures.isEmpty)
    let open = connections.indices.filter { connections[$0].isOpen }
      .sorted { connections[$1].ordinal.isNewer(than: connections[$0].ordinal) }
    note(.restarted, if: open.count > 1)
    for place in open {
      guard !isOverdue(place) else { return overdue }
      let isNamed = connections[place].phase == .named
      note(
        .restartedTabs, if: isNamed && (viewers[key(of: place)]?.streams ?? 0) > 1)
      note(.restartedObserver, if: connections[place].phase == .observer)
      close(place, becomes: .absent, isCut: true)
    }
    for place in connections.indices { connections[place].phase = .absent }
    return nil
  }

  private mutating func peer(
    _ node: NodeID, _ namespace: NamespaceID, _ members: UInt64, _ connections: UInt64
  ) -> String? {
    guard max(members, connections) <= UInt64(Int64.max) else {
      note(.rejectedOutOfRange)
      return expect(.reject(.peerOutOfRange(node, namespace)))
    }
    let place = Int(namespace.number)
    if !exists(place) {
      guard members > 0 else { return nil }
      guard namespaceCount < configuration.maximumNamespaces else {
        note(.rejectedPastLimit)
        return expect(.reject(.peerPastLimit(node, namespace)))
      }
      note(.createdByPeer)
      create(place)
    }
    setReport(of: node, in: place, members: members, at: now)
    return nil
  }

  private mutating func bye(_ node: NodeID) {
    var emptied = 0
    for key in reportedBy[node] ?? [] where (remotes[key]?.members ?? 0) > 0 {
      forgetReport(key)
      emptied += audiences[Int(key & 0xFFFF_FFFF)].isVacant ? 1 : 0
    }
    note(.goodbyeEmptiedSeveral, if: emptied > 1)
  }
}
