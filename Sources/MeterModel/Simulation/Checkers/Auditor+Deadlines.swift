// Deadlines: the auditor goes from instant to instant, takes the effects of deadlines, and reports
// missing ones.

extension Auditor {
  /// Goes on to `instant`, up to just before the next event at it.
  mutating func catchUp(to instant: Instant) -> String? {
    while true {
      let due = nextInstant
      guard due <= instant else { break }
      if due > now, let wrong = leaveInstant(for: due) { return wrong }
      let before = position
      countDue()
      forgetDue()
      forgetDueExternals()
      if let wrong = takeByDeadline() ?? settle() { return wrong }
      // Effects that remain at this instant must be those of an event.
      if position == before && nextInstant <= now { break }
    }
    if let effect = next, effect.instant < instant {
      return "nothing justifies \(effect.instant.decimalSeconds) \(effect.action)"
    }
    if instant > now, let wrong = leaveInstant(for: instant) { return wrong }
    return missing(by: instant, inclusive: true)
  }

  /// The next instant of a deadline or of an effect.
  private var nextInstant: Instant {
    var instant = next?.instant ?? .never
    if let entry = pending.first {
      instant = min(instant, entry.since + configuration.incrementDelay)
    }
    if let entry = reports.first {
      instant = min(instant, entry.since + configuration.clusterNodeTimeout)
    }
    if let entry = externalReports.first {
      instant = min(instant, entry.since + configuration.externalTimeout)
    }
    return instant
  }

  /// Goes on to a later instant. Nothing may be missing by then.
  private mutating func leaveInstant(for later: Instant) -> String? {
    if let wrong = missing(by: later, inclusive: false) { return wrong }
    now = later
    return nil
  }

  private mutating func countDue() {
    while let entry = pending.first, entry.since + configuration.incrementDelay <= now {
      pending.popFirst()
      let place = Int(entry.connection)
      guard connections[place].phase == .pending, connections[place].ordinal == entry.ordinal
      else { continue }
      count(place)
      lastIncrement = now
    }
  }

  private mutating func forgetDue() {
    while let entry = reports.first, entry.since + configuration.clusterNodeTimeout <= now {
      reports.popFirst()
      guard let report = remotes[entry.key], report.at == entry.since, report.members > 0 else {
        continue
      }
      forgetReport(entry.key)
      let namespace = Int(entry.key & 0xFFFF_FFFF)
      note(.remoteExpiredToZero, if: audiences[namespace].members == 0)
    }
  }

  /// Takes the effects of deadlines at this instant, in their order: ends, notifications,
  /// retirements.
  private mutating func takeByDeadline() -> String? {
    var (stage, told) = (0, 0)
    while let effect = next, effect.instant == now {
      switch effect.action {
      case .end(let connection, .expired) where stage == 0:
        if let wrong = expire(connection) { return wrong }
      case .notify(let namespace, let count) where stage <= 1 && mayNotify(namespace, count):
        stage = 1
        told += 1
        notify(namespace, isByEvent: false)
      case .retire(let namespace):
        guard mayRetire(namespace) else { return nil }
        stage = 2
        retire(namespace)
      default: return nil
      }
      position += 1
    }
    note(.manyToldAtOnce, if: told > 2)
    return nil
  }

  /// The violation in touched namespaces that lack a notification; nil if there is none. If there
  /// is none, their members are recorded.
  private mutating func settle() -> String? {
    for place in touched where mustNotify(audiences[place]) {
      return "namespace \(place) must be notified of \(audiences[place].members) at "
        + now.decimalSeconds
    }
    for place in touched { settleMembers(place) }
    touched.removeAll(keepingCapacity: true)
    return nil
  }

  /// After an event: takes the notifications that it causes. Returns a violation, or nil.
  mutating func judge() -> String? {
    while let effect = next, effect.instant == now,
      case .notify(let namespace, let count) = effect.action, mayNotify(namespace, count)
    {
      notify(namespace, isByEvent: true)
      position += 1
    }
    return settle()
  }

  /// An effect that is missing before `instant`, or at it if `inclusive`; nil if there is none.
  private mutating func missing(by instant: Instant, inclusive: Bool) -> String? {
    func isDue(_ since: Instant, _ delay: Duration) -> Bool {
      let due = since + delay
      return inclusive ? due <= instant : due < instant
    }
    while let entry = quiet.first, isDue(entry.since, configuration.notifyMaxDelay) {
      quiet.popFirst()
      let audience = audiences[entry.namespace]
      if audience.exists, audience.toldAt == entry.since, audience.open > 0, audience.members > 0 {
        return "namespace \(entry.namespace) was not notified after the max delay"
      }
    }
    while let entry = throttled.first, isDue(entry.since, configuration.notifyMinDelay) {
      throttled.popFirst()
      let audience = audiences[entry.namespace]
      if audience.exists, audience.toldAt == entry.since, audience.open > 0, audience.members > 0,
        hasChanged(audience)
      {
        return "namespace \(entry.namespace) was not notified of its change after the min delay"
      }
    }
    while let entry = vacant.first, isDue(entry.since, configuration.namespaceCleanDelay) {
      vacant.popFirst()
      let audience = audiences[entry.namespace]
      if audience.exists, audience.vacantSince == entry.since {
        return "namespace \(entry.namespace) was not retired"
      }
    }
    return nil
  }

  private mutating func expire(_ connection: ConnectionID) -> String? {
    let place = Int(connection.number)
    guard place < connections.count, connections[place].isOpen,
      let lifetime = configuration.lifetime(of: connections[place].ordinal),
      connections[place].opened + lifetime == now
    else { return "connection \(connection.number) does not end at \(now.decimalSeconds)" }
    note(.expired)
    note(.expiredPending, if: connections[place].phase == .pending)
    note(.expiredAtIncrement, if: lastIncrement == now)
    leave(place)
    connections[place].phase = .dismissed
    return nil
  }

  /// Whether a connection is still open after its maximum duration.
  func isOverdue(_ place: Int) -> Bool {
    guard connections[place].isOpen,
      let lifetime = configuration.lifetime(of: connections[place].ordinal)
    else { return false }
    return connections[place].opened + lifetime <= now
  }
}
