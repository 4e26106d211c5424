// Canaries: meters with one wrong rule each, which the random logs must catch. Some faults are in
// the events, the settings or the effects, and the others are in the reference meter.

/// A reference meter with a fault: events, settings or effects are falsified.
package struct FaultyMeter: MeterProtocol {
  private let fault: MeterFault
  private var meter: ReferenceMeter
  private var closes = 0

  /// What was remembered of viewer ids, and those that a plain request excluded since.
  private var memories: [ViewerID: ConnectionOrdinal] = [:]
  private var requested: Set<ViewerID> = []

  /// The stream that opened after each, in its place or not.
  private var successors: [ConnectionOrdinal: ConnectionKey] = [:]

  /// A meter with one fault.
  package init(configuration: Configuration, fault: MeterFault) {
    self.fault = fault
    meter = ReferenceMeter(configuration: fault.falsified(configuration), fault: fault)
  }

  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    guard let event = falsified(event) else { return }
    if fault == .excludesForRefused, case .opened(_, _, let viewer, _, _) = event, viewer != .none,
      isRefusedAtLimit(event, at: instant)
    {
      run(at: instant, into: &effects) { $0.apply(.excluded(viewer), at: instant, into: &$1) }
    }
    run(at: instant, into: &effects) { $0.apply(event, at: instant, into: &$1) }
    if fault == .servesTwice { noteSuccessor(event) }
    if fault == .remembersTooLong || fault == .remembersAfterRequest {
      restoreMemories(after: event)
    }
  }

  package mutating func advance(to instant: Instant, into effects: inout EffectBuffer) {
    run(at: instant, into: &effects) { $0.advance(to: instant, into: &$1) }
  }

  private func isRefusedAtLimit(_ event: Event, at instant: Instant) -> Bool {
    var ahead = meter
    var effects = EffectBuffer()
    ahead.apply(event, at: instant, into: &effects)
    return effects.effects.contains { effect in
      if case .refuse(_, .full) = effect.action { true } else { false }
    }
  }

  /// Lets the meter write its effects directly if none is to be falsified, so that their digest is
  /// right.
  private mutating func run(
    at instant: Instant, into effects: inout EffectBuffer,
    _ body: (inout ReferenceMeter, inout EffectBuffer) -> Void
  ) {
    var ahead = meter
    var truth = EffectBuffer()
    body(&ahead, &truth)
    var falsehoods = truth.effects.map { falsified($0, at: instant) }
    if fault == .sendsBeforeGreeting, let greeting = falsehoods.firstIndex(where: \.isGreeting),
      let end = falsehoods.lastIndex(where: \.isOfKept)
    {
      falsehoods.insert(falsehoods.remove(at: greeting), at: end)
    }
    if falsehoods.elementsEqual(truth.effects) {
      body(&meter, &effects)
    } else {
      meter = ahead
      for effect in falsehoods { effects.append(effect.action, at: effect.instant) }
    }
  }

  package var nextDeadline: Instant? { meter.nextDeadline }

  package func statistics(of namespace: NamespaceID) -> NamespaceStatistics? {
    meter.statistics(of: namespace).map { falsified($0) }
  }

  private func falsified(_ right: NamespaceStatistics) -> NamespaceStatistics {
    let age = (meter.now - right.created).nanoseconds / 1_000_000_000
    let weighed = right.members.multipliedReportingOverflow(by: age)
    return NamespaceStatistics(
      created: right.created, members: right.members, connections: right.connections,
      modified: right.modified, peak: fault == .forgetsPeak ? right.members : right.peak,
      peakAt: fault == .datesPeakByNotification ? right.modified ?? right.peakAt : right.peakAt,
      memberSeconds: fault == .weighsPresentMembers && !weighed.overflow
        ? weighed.partialValue : right.memberSeconds)
  }

  /// The falsified event; nil if it is dropped.
  private mutating func falsified(_ event: Event) -> Event? {
    switch (fault, event) {
    case (.ignoresExclusion, .excluded), (.ignoresGoodbye, .bye), (.ignoresLeave, .left),
      (.ignoresCut, .cut), (.ignoresRestart, .restarted), (.ignoresTransfer, .transferred):
      return nil
    case (.ignoresZero, .peer(_, _, members: 0, _)): return nil
    case (.ignoresViewers, .opened(let connection, let namespace, _, let after, let kind)):
      return .opened(connection, namespace, viewer: .none, after: after, as: kind)
    case (.countsObservers, .opened(let connection, let namespace, _, _, .observer)):
      return .opened(connection, namespace, viewer: .none, after: .none, as: .viewer)
    case (.servesTwice, .opened(let connection, let namespace, let viewer, var after, let kind)):
      while let next = successors[after.ordinal] { after = next }
      return .opened(connection, namespace, viewer: viewer, after: after, as: kind)
    case (.losesCloses, .closed):
      closes += 1
      return closes % 5 == 0 ? nil : event
    case (_, _): return event
    }
  }

  private func falsified(_ effect: Effect, at instant: Instant) -> Effect {
    fault == .firesAtEvents ? Effect(instant, effect.action) : effect
  }
}

extension MeterFault {
  /// The falsified settings.
  fileprivate func falsified(_ right: Configuration) -> Configuration {
    var wrong = right
    switch self {
    case .countsPending: wrong.incrementDelay = .zero
    case .notifiesLate:
      wrong.notifyMinDelay = Duration(nanoseconds: right.notifyMinDelay.nanoseconds + 1)
    case .roundsRatio:
      let ratio = right.notifyDeltaRatio
      let tenths = ratio.numerator * 10 / ratio.denominator
      wrong.notifyDeltaRatio = Fraction(numerator: tenths, decimals: 1) ?? ratio
    case .ignoresMaxDelay: wrong.notifyMaxDelay = .maximum
    case .exceedsLimit:
      if right.maximumConnections < .max { wrong.maximumConnections += 1 }
    case .retiresNothing: wrong.namespaceCleanDelay = .maximum
    case .keepsExternal: wrong.externalTimeout = .maximum
    case .keepsExternalLonger:
      wrong.externalTimeout = Duration(nanoseconds: right.externalTimeout.nanoseconds + 1)
    case .endsPingsLate:
      wrong.pingTimeout = Duration(nanoseconds: right.pingTimeout.nanoseconds + 1)
    case .exceedsPingLimit:
      if right.maximumPings < .max { wrong.maximumPings += 1 }
    case _: break
    }
    return wrong
  }
}

extension FaultyMeter {
  /// Notes the stream of an open as the one that came after another.
  private mutating func noteSuccessor(_ event: Event) {
    guard case .opened(let connection, _, _, let after, .viewer) = event, after.ordinal != .none,
      meter.place(of: ConnectionKey(connection, meter.latestOrdinal)) != nil
    else { return }
    successors[after.ordinal] = ConnectionKey(connection, meter.latestOrdinal)
  }

  /// Gives viewers with a viewer id back what was remembered of a former viewer with the id.
  private mutating func restoreMemories(after event: Event) {
    var there: Set<ViewerID> = []
    for namespace in meter.namespaces.indices {
      for index in meter.namespaces[namespace].viewers.indices {
        let viewer = meter.namespaces[namespace].viewers[index]
        there.insert(viewer.id)
        if viewer.remembered == .none, let memory = memories[viewer.id] {
          meter.namespaces[namespace].viewers[index].remembered = memory
        } else if viewer.remembered != .none {
          memories[viewer.id] = viewer.remembered
        }
      }
    }
    if case .excluded(let viewer) = event {
      if fault == .remembersTooLong { memories[viewer] = nil } else { requested.insert(viewer) }
    }
    requested.subtract(there)
    if fault == .remembersAfterRequest {
      memories = memories.filter { there.contains($0.key) || requested.contains($0.key) }
    }
  }
}

extension ReferenceMeter {
  /// Ends every ping, as only a canary does at a restart.
  mutating func endAllPings() {
    for index in namespaces.indices {
      for viewer in namespaces[index].viewers.indices {
        namespaces[index].viewers[viewer].ping = nil
      }
      removeViewersWhoAreGone(index)
    }
  }
}

extension Effect {
  fileprivate var isGreeting: Bool {
    if case .greet = action { true } else { false }
  }

  fileprivate var isOfKept: Bool {
    if case .send = action { true } else { false }
  }
}
