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

  /// An entry of the history, with the counts after the step.
  func entry(_ kind: HistoryEntry.Kind) -> HistoryEntry {
    let pending = state.map { $0.open - $0.localMembers } ?? 0
    return HistoryEntry(
      instant: now, kind: kind, membersBefore: former?.members ?? 0,
      members: state?.members ?? 0, pending: pending)
  }

  /// The entries of the step, in order.
  func entries(of replay: borrowing Replay) -> [HistoryEntry] {
    var entries: [HistoryEntry] = []
    var (remoteMayChange, externalMayChange) = (true, true)
    let counted = (state?.counted ?? 0) &- (former?.counted ?? 0)
    if replay.record == nil, state != nil, counted > 0 {
      entries.append(entry(.counted(connections: counted)))
    }
    switch replay.record?.event {
    case .closed(let connection) where replay.meter.namespace(of: connection) == id:
      if state?.open != former?.open {
        entries.append(entry(.closed(connection: replay.reader.number(of: connection))))
      }
    case .peer(let node, id, let members, _):
      remoteMayChange = false
      entries.append(entry(.peer(node: replay.reader.name(of: node), members: members)))
    case .external(let source, id, let members):
      externalMayChange = false
      entries.append(entry(.external(source: replay.reader.name(of: source), members: members)))
    case .opened, .closed, .excluded, .message, .peer, .bye, .external, nil: break
    }
    for effect in replay.effects {
      switch effect.action {
      case .greet(let connection, _, id, let count):
        let number = replay.reader.number(of: connection)
        entries.append(entry(.opened(connection: number, greeting: count)))
      case .end(let connection, let reason) where replay.meter.namespace(of: connection) == id:
        let number = replay.reader.number(of: connection)
        entries.append(entry(.ended(connection: number, reason)))
      case .refuse(let connection, let reason):
        guard case .opened(_, id, _, _) = replay.record?.event else { continue }
        let number = replay.reader.number(of: connection)
        entries.append(entry(.refused(connection: number, reason)))
      case .retire(id): entries.append(entry(.retired))
      case .greet, .notify, .message, .end, .retire, .reject: break
      }
    }
    if remoteMayChange, state?.remote ?? 0 != former?.remote ?? 0 {
      entries.append(entry(.remoteChanged))
    }
    if externalMayChange, state?.external ?? 0 != former?.external ?? 0 {
      entries.append(entry(.externalChanged))
    }
    return entries
  }

  /// The rule by which the step sent a count to all; nil if it sent none.
  func cause(
    of replay: borrowing Replay, _ configuration: Configuration
  ) -> Explanation.Cause? {
    for effect in replay.effects {
      switch effect.action {
      case .notify(id, let count): return cause(ofNotification: count, configuration)
      case .greet(_, _, id, _) where state?.open == 1: return .firstIn
      case .greet, .notify, .message, .end, .retire, .refuse, .reject: break
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
