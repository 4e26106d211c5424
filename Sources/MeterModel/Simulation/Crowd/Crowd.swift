// The crowd: it makes the events of a plan, a batch at a time. A viewer takes twenty bytes,
// including the calendar. The events do not depend on the meter: the ends of maximum durations are
// computed from the ordinals.

/// The generator of the events of one log, in order.
struct Crowd {
  /// The action of a connection's viewer at the next appointment.
  private enum Plan: UInt8 {
    /// Leaves at the end of the session. Can become `startsOver` or `isFound`, or the slot becomes
    /// free.
    case leaves
    /// Is ended or disconnected, and returns. Becomes `comesBack`.
    case isCut
    /// Is interrupted. Becomes `comesBack` or `isFound`.
    case isInterrupted
    /// Pings. Becomes `leaves`, or stays.
    case pings
    /// Returns to an unfinished session. Becomes `leaves`, `isCut` or `isInterrupted`.
    case comesBack
    /// Returns for a new session. Becomes `leaves`, `isCut`, `isInterrupted` or `pings`.
    case startsOver
    /// Its connection is found dead. The slot becomes free.
    case isFound
  }

  private struct Visitor {
    var leave: UInt32 = .max
    private var word: UInt32 = 0

    init(behaviour: Int) { word = UInt32(behaviour) << 28 }

    var namespace: UInt32 {
      get { word & 0xFF_FFFF }
      set { word = word & ~0xFF_FFFF | newValue }
    }
    var plan: Plan {
      get { Plan(rawValue: UInt8(word >> 24 & 0xF)) ?? .leaves }
      set { word = word & ~(0xF << 24) | UInt32(newValue.rawValue) << 24 }
    }
    var behaviour: Int { Int(word >> 28) }
  }

  let workload: Workload
  private let configuration: Configuration
  private var visitors: ContiguousArray<Visitor> = []

  /// The last stream of each slot.
  private var streams: ContiguousArray<ConnectionOrdinal> = []
  private var free: ContiguousArray<UInt32> = []
  private var calendar: Calendar
  private var choosers: [NamespaceChooser]
  private var warp: TimeWarp
  private(set) var others: OtherNodes?

  private var arrivals: ArrivalClock
  private var nextChatter: UInt32
  private var restarts: ArraySlice<UInt32>
  private var choices: RandomSource
  private var chances: RandomSource
  private var latestOrdinal = ConnectionOrdinal.none
  private var ids: ViewerIDs
  private var messages: UInt64 = 0

  /// The events that were made and not taken yet. The caller empties it.
  var records: ContiguousArray<LogRecord> = []

  /// The instant of the latest event.
  private(set) var latest = Instant.start

  init(_ workload: Workload, _ configuration: Configuration, _ source: RandomSource) {
    precondition(workload.namespaces <= 1 << 24, "there are at most 2²⁴ namespaces")
    self.workload = workload
    self.configuration = configuration
    let wait = Self.maximumFinding(workload.scale, configuration)
    calendar = Calendar(slots: workload.maximumConnections, last: workload.last.plus(wait))
    visitors.reserveCapacity(workload.maximumConnections)
    streams.reserveCapacity(workload.maximumConnections)
    choosers = workload.behaviours.map {
      NamespaceChooser($0.popularity, count: workload.namespaces)
    }
    warp = TimeWarp(workload.scale, workload.faults)
    others = workload.cluster.map { OtherNodes($0, source.fork("nodes")) }
    arrivals = ArrivalClock(workload.arrivals, source.fork("arrivals"))
    nextChatter = workload.chatter > 0 ? workload.chatter : .max
    restarts = workload.cuts.filter { $0.kind == .restarted }.map(\.tick)[...]
    choices = source.fork("choices")
    chances = source.fork("chances")
    ids = ViewerIDs(count: workload.viewers, source.fork("ids"))
  }

  /// Makes events until there are `limit` of them. Returns false when no more will come.
  mutating func fill(limit: Int) -> Bool {
    while records.count < limit {
      let arrival = arrivals.next ?? .max
      let datagram = others?.nextDue ?? .max
      let restart = restarts.first ?? .max
      let other = min(min(arrival, restart), min(datagram, nextChatter))
      let appointment = calendar.nextDue(upTo: other) ?? .max
      let next = min(appointment, other)
      if next == .max { return false }
      if next == restart {
        restarts.removeFirst()
        emit(.restarted, at: next)
      } else if next == arrival {
        arrive(at: next)
      } else if next == appointment {
        keepAppointment(of: calendar.takeNext(), at: next)
      } else if next == datagram {
        others?.takeNext().map { emit($0, at: next) }
      } else {
        chatter(at: next)
      }
    }
    return true
  }

  private mutating func arrive(at now: UInt32) {
    let behaviour = arrivals.take()
    startSession(of: newSlot(behaviour), at: now)
  }

  private mutating func newSlot(_ behaviour: Int) -> UInt32 {
    if let slot = free.popLast() {
      visitors[Int(slot)] = Visitor(behaviour: behaviour)
      return slot
    }
    visitors.append(Visitor(behaviour: behaviour))
    streams.append(.none)
    return UInt32(visitors.count - 1)
  }

  private mutating func startSession(of slot: UInt32, at now: UInt32) {
    let number = visitors[Int(slot)].behaviour
    let behaviour = workload.behaviours[number]
    var leave = now.plus(behaviour.session.draw(&choices))
    if let whistle = behaviour.whistle {
      leave = min(leave, whistle.start + UInt32(choices.below(UInt64(whistle.length) + 1)))
    }
    visitors[Int(slot)].leave = max(leave, now)
    visitors[Int(slot)].namespace = choosers[number].draw(&choices)
    if behaviour.tabs > 0 {
      visitors[Int(slot)].namespace = visitors[Int(slot - slot % behaviour.tabs)].namespace
    }
    if behaviour.ping == nil { open(slot, at: now) } else { ping(slot, at: now) }
  }

  private mutating func keepAppointment(of slot: UInt32, at now: UInt32) {
    switch visitors[Int(slot)].plan {
    case .leaves: leave(slot, at: now)
    case .pings: ping(slot, at: now)
    case .isInterrupted: interrupt(slot, at: now)
    case .isCut:
      let cut = workload.cuts.first { $0.tick == now }
      if cut?.kind == .drained { emit(.cut(ConnectionID(slot)), at: now) }
      if cut?.kind != .restarted { emit(.closed(ConnectionID(slot)), at: now) }
      // A browser reconnects after 2 s. Some seconds more spread the returns.
      let jitter = UInt64(workload.scale.ticks(.seconds(5)))
      let pause = workload.scale.ticks(.seconds(2)) + UInt32(choices.below(jitter + 1))
      plan(.comesBack, slot, at: now.plus(pause))
    case .comesBack:
      if visitors[Int(slot)].leave > now && now <= workload.last {
        open(slot, at: now, after: stream(of: slot))
      } else {
        free.append(slot)
      }
    case .startsOver:
      if now <= workload.last { startSession(of: slot, at: now) } else { free.append(slot) }
    case .isFound:
      emit(.closed(ConnectionID(slot)), at: now)
      free.append(slot)
    }
  }

  private mutating func plan(_ plan: Plan, _ slot: UInt32, at due: UInt32) {
    visitors[Int(slot)].plan = plan
    calendar.add(slot, due: due)
  }

  private mutating func emit(_ event: Event, at now: UInt32) {
    latest = warp.instant(of: now)
    records.append(LogRecord(latest, event))
  }
}

extension Crowd {
  /// Opens a slot's connection and plans the next action, the first of these: the end of the
  /// session, the end of the maximum duration, a disconnection of all, an interruption.
  private mutating func open(_ slot: UInt32, at now: UInt32, after: ConnectionKey = .none) {
    let faults = workload.faults
    let behaviour = workload.behaviours[visitors[Int(slot)].behaviour]
    let isFaulty = now < faults.end && !behaviour.isReliable
    let isOvertaken = isFaulty && strikes(faults.overtakenOpens)
    if isOvertaken { emit(.closed(ConnectionID(slot)), at: now) }
    if !(isFaulty && strikes(faults.lostOpens)) { emitOpen(slot, at: now, after: after) }
    if isFaulty && strikes(faults.repeatedOpens) { emitOpen(slot, at: now, after: after) }
    if isOvertaken { return plan(.isFound, slot, at: findingDead(at: now)) }

    let leave = visitors[Int(slot)].leave
    var cut = workload.cuts.first { $0.tick > now }?.tick ?? .max
    if let lifetime = configuration.lifetime(of: latestOrdinal) {
      cut = min(cut, now.plus(workload.scale.ticks(lifetime)).plus(1))
    }
    let interruption = behaviour.interruption.map { now.plus($0.after.draw(&choices)) } ?? .max
    if interruption < min(cut, leave) {
      plan(.isInterrupted, slot, at: interruption)
    } else if cut < leave {
      plan(.isCut, slot, at: cut)
    } else {
      plan(.leaves, slot, at: leave)
    }
  }

  private mutating func emitOpen(_ slot: UInt32, at now: UInt32, after former: ConnectionKey) {
    latestOrdinal = latestOrdinal.next
    streams[Int(slot)] = latestOrdinal
    var (viewer, after) = (ViewerID.none, former)
    let tabs = workload.behaviours[visitors[Int(slot)].behaviour].tabs
    if tabs > 0 {
      viewer = ViewerID(slot / tabs)
    } else {
      let (drawn, displaced) = ids.draw(for: latestOrdinal)
      viewer = drawn
      if viewer != .none { after = ConnectionKey(ConnectionID(.max), displaced) }
    }
    let namespace = NamespaceID(visitors[Int(slot)].namespace)
    emit(
      .opened(ConnectionID(slot), namespace, viewer: viewer, after: after, as: .viewer), at: now)
  }

  private func stream(of slot: UInt32) -> ConnectionKey {
    ConnectionKey(ConnectionID(slot), streams[Int(slot)])
  }

  /// Interrupts a slot's connection: its page comes back soon, or has come back already.
  private mutating func interrupt(_ slot: UInt32, at now: UInt32) {
    let number = visitors[Int(slot)].behaviour
    switch workload.behaviours[number].interruption?.kind {
    case .roam:
      let former = stream(of: slot)
      let next = newSlot(number)
      visitors[Int(next)].leave = visitors[Int(slot)].leave
      visitors[Int(next)].namespace = visitors[Int(slot)].namespace
      open(next, at: now, after: former)
      plan(.isFound, slot, at: findingDead(at: now))
    case .reload, nil:
      emit(.closed(ConnectionID(slot)), at: now)
      let pause = UInt32(choices.below(UInt64(workload.scale.ticks(.seconds(3))) + 1))
      plan(.comesBack, slot, at: now.plus(pause))
    }
  }

  /// Lets the client of a slot ping, and plans the next ping or the end of the session.
  private mutating func ping(_ slot: UInt32, at now: UInt32) {
    let visitor = visitors[Int(slot)]
    emit(.pinged(NamespaceID(visitor.namespace), ViewerID(slot)), at: now)
    let next = now.plus(workload.behaviours[visitor.behaviour].ping ?? .max)
    if next < visitor.leave {
      plan(.pings, slot, at: next)
    } else {
      plan(.leaves, slot, at: visitor.leave)
    }
  }

  private mutating func leave(_ slot: UInt32, at now: UInt32) {
    let faults = workload.faults
    let number = visitors[Int(slot)].behaviour
    let isFaulty = now < faults.end && !workload.behaviours[number].isReliable
    let pause = workload.behaviours[number].pause?.draw(&choices)
    var next = slot
    if workload.behaviours[number].ping != nil {
      // One in four vanishes, and its ping ends.
      let namespace = NamespaceID(visitors[Int(slot)].namespace)
      if choices.chance(3, in: 4) { emit(.left(namespace, ViewerID(slot)), at: now) }
      if pause == nil { free.append(slot) }
    } else if isFaulty && strikes(faults.lostCloses) {
      plan(.isFound, slot, at: findingDead(at: now))
      // The viewer is free and the connection is not: a viewer that returns opens another one.
      if pause != nil { next = newSlot(number) }
    } else {
      emit(.closed(ConnectionID(slot)), at: now)
      if isFaulty && strikes(faults.repeatedCloses) {
        emit(.closed(ConnectionID(slot)), at: now)
      }
      if pause == nil { free.append(slot) }
    }
    if let pause { plan(.startsOver, next, at: now.plus(pause)) }
  }

  /// The tick at which a connection whose viewer vanished is found dead: when data has not been
  /// acknowledged for 30 s.
  private mutating func findingDead(at now: UInt32) -> UInt32 {
    let most = Self.maximumFinding(workload.scale, configuration)
    return now.plus(UInt32(chances.below(UInt64(most) + 1)))
  }

  private static func maximumFinding(_ scale: TimeScale, _ configuration: Configuration) -> UInt32 {
    scale.ticks(configuration.notifyMaxDelay).plus(scale.ticks(.seconds(30)))
  }

  private mutating func strikes(_ rate: UInt64) -> Bool {
    chances.chance(rate, in: 65_536)
  }

  private mutating func chatter(at now: UInt32) {
    let next = now.plus(workload.chatter)
    nextChatter = next <= workload.last ? next : .max
    if workload.viewers > 0 && choices.chance(1, in: 2) {
      let viewer = ViewerID(UInt32(choices.below(UInt64(workload.viewers))))
      return emit(.excluded(viewer), at: now)
    }
    messages += 1
    let namespace = NamespaceID(UInt32(choices.below(UInt64(workload.namespaces))))
    emit(.message(namespace, MessageID(messages)), at: now)
  }
}
