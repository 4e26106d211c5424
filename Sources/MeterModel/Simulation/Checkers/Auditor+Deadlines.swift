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
      if let wrong = fireViewers() { return wrong }
      forgetDue()
      forgetDueExternals()
      judgeVacancies()
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
    func consider(_ since: Instant?, _ delay: Duration) {
      if let since { instant = min(instant, since + delay) }
    }
    consider(arriving.first?.since, Configuration.arrivalTimeout)
    consider(pending.first?.since, configuration.incrementDelay)
    consider(pendingArrived.first?.since, configuration.incrementDelay)
    consider(pendingNamed.first?.since, configuration.incrementDelay)
    consider(pings.first?.since, configuration.pingTimeout)
    consider(reports.first?.since, configuration.clusterNodeTimeout)
    consider(externalReports.first?.since, configuration.externalTimeout)
    for queue in leaving { consider(queue.first?.since, .zero) }
    return instant
  }

  /// Goes on to a later instant. Nothing may be missing by then.
  private mutating func leaveInstant(for later: Instant) -> String? {
    if let wrong = missing(by: later, inclusive: false) { return wrong }
    now = later
    return nil
  }

  /// Fires the deadlines of viewers and streams at this instant, in their order.
  private mutating func fireViewers() -> String? {
    arriveDue()
    countDue()
    while let effect = next, effect.instant == now, case .end(let id, .expired) = effect.action {
      if let wrong = expire(id) { return wrong }
      position += 1
    }
    endDuePings()
    departDue()
    return nil
  }

  /// The place of the stream that an entry names or of the one that opened in its place; nil if
  /// that is not in `phase` any more. Nothing is kept for the entry afterwards.
  private mutating func resolve(_ entry: StreamEntry, _ phase: Entry.Phase) -> Int? {
    var entry = entry
    while let successor = successors.removeValue(forKey: entry.ordinal) { entry = successor }
    let connection = connections[Int(entry.connection)]
    let isSame = connection.phase == phase && connection.ordinal == entry.ordinal
    return isSame ? Int(entry.connection) : nil
  }

  /// Gives new viewers to the streams that arrived without one.
  private mutating func arriveDue() {
    while let entry = arriving.first, entry.since + Configuration.arrivalTimeout <= now {
      arriving.popFirst()
      guard let place = resolve(entry, .arriving) else { continue }
      note(.arrivedByTime)
      addViewer(to: place)
    }
  }

  private mutating func countDue() {
    while let entry = pending.first, entry.since + configuration.incrementDelay <= now {
      pending.popFirst()
      countResolved(entry)
    }
    while let entry = pendingArrived.first, entry.since + configuration.incrementDelay <= now {
      pendingArrived.popFirst()
      countResolved(entry)
    }
    while let entry = pendingNamed.first, entry.since + configuration.incrementDelay <= now {
      pendingNamed.popFirst()
      guard let viewer = viewers[entry.key], viewer.since == entry.since, !viewer.isMember else {
        continue
      }
      note(.countedByPing, if: viewer.streams == 0)
      count(entry.key)
      lastIncrement = now
    }
  }

  private mutating func countResolved(_ entry: StreamEntry) {
    guard let place = resolve(entry, .pending) else { return }
    note(.supersededCounted, if: connections[place].ordinal != entry.ordinal)
    count(place)
    lastIncrement = now
  }

  /// Ends the grace that is over.
  private mutating func departDue() {
    for queue in leaving.indices {
      while let entry = leaving[queue].first, entry.since <= now {
        leaving[queue].popFirst()
        guard let departure = departures[entry.key], departure.until == entry.since else {
          continue
        }
        departures[entry.key] = nil
        let audience = audiences[departure.namespace]
        note(
          .departedAtNotification,
          if: audience.open > 0 && audience.toldAt + configuration.notifyMaxDelay == now)
        note(.departedAtIncrement, if: lastIncrement == now)
        guard entry.key.viewer != .none else {
          note(departure.isReturning ? .returnRanOut : .graceRanOut)
          leave(departure.namespace, wasMember: true)
          continue
        }
        note(endIfAlone(entry.key) ? .namedGraceRanOut : .graceRanOutPinging)
      }
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

  /// Takes the other effects of deadlines at this instant, in their order: notifications,
  /// retirements.
  private mutating func takeByDeadline() -> String? {
    var (hasRetired, told) = (false, 0)
    while let effect = next, effect.instant == now {
      switch effect.action {
      case .notify(let namespace, let count) where !hasRetired && mayNotify(namespace, count):
        told += 1
        notify(namespace, isByEvent: false)
      case .retire(let namespace):
        guard mayRetire(namespace) else { return nil }
        hasRetired = true
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
    judgeVacancies()
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
      if audience.exists, audience.toldAt == entry.since, audience.isTold {
        return "namespace \(entry.namespace) was not notified after the max delay"
      }
    }
    while let entry = throttled.first, isDue(entry.since, configuration.notifyMinDelay) {
      throttled.popFirst()
      let audience = audiences[entry.namespace]
      if audience.exists, audience.toldAt == entry.since, audience.isTold,
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
    note(.expiredArriving, if: connections[place].phase == .arriving)
    note(.expiredObserver, if: connections[place].phase == .observer)
    note(.expiredAtIncrement, if: lastIncrement == now)
    let departed = departures.count
    close(place, becomes: .dismissed)
    note(.expiredIntoGrace, if: departures.count > departed)
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
