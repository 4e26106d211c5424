// What one step of a replay changed in a namespace.

/// A namespace before and after a step. Precondition: the replay has the detail of instants.
struct ExplainedStep {
  /// The namespace.
  let id: NamespaceID

  /// The instant of the step.
  let now: Instant

  /// The counts before the step; nil if the namespace did not exist.
  let former: NamespaceCounts?

  /// The counts after the step; nil if the namespace does not exist.
  let state: NamespaceCounts?

  /// The grace of the viewers whose streams are gone by the step.
  let given: [ConnectionID: Grace]

  /// An entry of the history, with the counts after the step.
  func entry(_ kind: HistoryEntry.Kind) -> HistoryEntry {
    HistoryEntry(
      instant: now, kind: kind, membersBefore: former?.members ?? 0,
      members: state?.members ?? 0, pending: state?.pending ?? 0)
  }

  /// The entries of the step, in order.
  func entries(of replay: borrowing Replay) -> [HistoryEntry] {
    var entries: [HistoryEntry] = []
    var (remoteMayChange, externalMayChange) = (true, true)
    let counted = (state?.counted ?? 0) &- (former?.counted ?? 0)
    if replay.record == nil, state != nil, counted > 0 {
      entries.append(entry(.counted(connections: counted)))
    }
    if let kind = kind(ofRecord: replay) {
      entries.append(entry(kind))
      switch kind {
      case .peer, .arrived, .moved, .transferred: remoteMayChange = false
      case .external: externalMayChange = false
      case .opened, .closed, .cut, .restarted, .excluded, .pinged, .left, .ended, .refused,
        .counted, .gone, .remoteChanged, .externalChanged, .restored, .retired, .notified:
        break
      }
    }
    for effect in replay.effects {
      switch effect.action {
      case .greet(let connection, _, id, let count):
        let number = replay.reader.number(of: connection)
        entries.append(entry(.opened(connection: number, greeting: count)))
      case .end(let connection, let reason) where replay.meter.namespace(of: connection) == id:
        let number = replay.reader.number(of: connection)
        entries.append(entry(.ended(connection: number, reason, given[connection])))
      case .refuse(let connection, let reason):
        guard case .opened(_, id, _, _, _) = replay.record?.event else { continue }
        let number = replay.reader.number(of: connection)
        entries.append(entry(.refused(connection: number, reason)))
      case .retire(id): entries.append(entry(.retired))
      case .greet, .notify, .message, .send, .pong, .end, .retire, .reject: break
      }
    }
    if replay.record == nil, let gone = gone(ended: entries), gone > 0 {
      entries.append(entry(.gone(viewers: gone)))
    }
    if remoteMayChange, state?.remote ?? 0 != former?.remote ?? 0 {
      entries.append(entry(.remoteChanged))
    }
    if externalMayChange, state?.external ?? 0 != former?.external ?? 0 {
      entries.append(entry(.externalChanged))
    }
    return entries
  }

  /// The entry for the record of the step; nil if it does not concern the namespace or has effects
  /// that are entries.
  private func kind(ofRecord replay: borrowing Replay) -> HistoryEntry.Kind? {
    let reader = replay.reader
    switch replay.record?.event {
    case .closed(let connection):
      guard isHere(connection, replay), state?.open != former?.open else { return nil }
      return .closed(connection: reader.number(of: connection), given[connection])
    case .cut(let connection):
      guard isHere(connection, replay), state?.open != former?.open else { return nil }
      return .cut(connection: reader.number(of: connection), given[connection])
    case .restarted:
      guard let former, former.open > 0 else { return nil }
      return .restarted(streams: UInt64(former.open))
    case .excluded(let viewer):
      guard state?.open == former?.open, state?.localMembers != former?.localMembers else {
        return nil
      }
      return .excluded(viewer: reader.name(of: viewer))
    case .pinged(id, let viewer):
      for effect in replay.effects {
        guard case .pong(id, viewer, let count) = effect.action else { continue }
        return .pinged(viewer: reader.name(of: viewer), answer: count)
      }
      return nil
    case .left(id, let viewer): return .left(viewer: reader.name(of: viewer))
    case .arrived(let connection, let node):
      guard isHere(connection, replay), state != former else { return nil }
      return .arrived(connection: reader.number(of: connection), from: reader.name(of: node))
    case .moved(_, let node):
      return state == former ? nil : .moved(to: reader.name(of: node))
    case .transferred(id, let from, let to):
      return .transferred(from: reader.name(of: from), to: reader.name(of: to))
    case .peer(let node, id, let members, _):
      return .peer(node: reader.name(of: node), members: members)
    case .external(let source, id, let members):
      return .external(source: reader.name(of: source), members: members)
    case .opened, .message, .retained, .peer, .bye, .external, .pinged, .left, .transferred, nil:
      return nil
    }
  }

  private func isHere(_ connection: ConnectionID, _ replay: borrowing Replay) -> Bool {
    replay.meter.namespace(of: connection) == id
  }

  /// The number of members who are gone at deadlines of the step, other than with a stream that is
  /// an entry.
  private func gone(ended entries: [HistoryEntry]) -> UInt64? {
    guard let former, let state else { return nil }
    var before = UInt64(former.localMembers) + (state.counted &- former.counted)
    for entry in entries {
      if case .ended(_, .expired, nil) = entry.kind, before > 0 { before -= 1 }
    }
    let members = UInt64(state.localMembers)
    return before > members ? before - members : 0
  }

  /// The rule by which the step sent a count to all; nil if it sent none.
  func cause(
    of replay: borrowing Replay, _ configuration: Configuration
  ) -> Explanation.Cause? {
    for effect in replay.effects {
      switch effect.action {
      case .notify(id, let count): return cause(ofNotification: count, configuration)
      case .greet(_, _, id, _) where state?.open == 1: return .firstIn
      case .greet, .notify, .message, .send, .pong, .end, .retire, .refuse, .reject: break
      }
    }
    return nil
  }

  /// The rule by which a count was notified.
  func cause(
    ofNotification count: UInt64, _ configuration: Configuration
  ) -> Explanation.Cause {
    guard var before = former else { return .unknown }
    before.members = count
    let threshold = configuration.notificationThreshold(told: before.told)
    let isAllowed = now - before.toldAt >= configuration.notifyMinDelay
    return isAllowed && before.change >= threshold
      ? .change(before.change, threshold: threshold) : .maximumDelay
  }
}
