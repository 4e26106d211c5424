// Canaries: meters with one wrong rule each, which the random logs must catch.

/// A rule that is wrong.
package enum MeterFault: String, CaseIterable, Sendable {
  /// Pending connections are counted at once.
  case countsPending

  /// A greeting does not include the pending newcomer.
  case greetsWithoutNewcomer

  /// Every notification is a nanosecond late.
  case notifiesLate

  /// Ratios are rounded to one decimal.
  case roundsRatio

  /// There is no notification after the max delay.
  case ignoresMaxDelay

  /// Deadlines fire at the next event, with its instant.
  case firesAtEvents

  /// Plain requests exclude no viewer.
  case ignoresExclusion

  /// A connection that its id's holder excluded is not refused.
  case admitsStopped

  /// Of the connections that were excluded for a viewer id, the first is remembered instead of the
  /// newest.
  case remembersFirst

  /// A connection that was excluded before the newest one is not refused.
  case admitsOlder

  /// What is remembered for a viewer id is forgotten when the last connection with the id leaves; a
  /// minute after that.
  case forgetsWithHolder, remembersTooLong

  /// A plain request does not end what is remembered for a viewer id.
  case remembersAfterRequest

  /// A viewer id may have many connections.
  case ignoresViewers

  /// A node's goodbye has no effect.
  case ignoresGoodbye

  /// A report of 0 has no effect, so the former count stays.
  case ignoresZero

  /// An external count of 0 has no effect.
  case ignoresExternalZero

  /// External counts are forgotten a nanosecond late; never.
  case keepsExternalLonger, keepsExternal

  /// A namespace may have 17 sources of external counts.
  case admitsSource17

  /// The limit of connections is one too high.
  case exceedsLimit

  /// A connection that is refused at a limit excludes the holder of its viewer id all the same.
  case excludesForRefused

  /// Empty namespaces are never retired (the first defect of ORIGINAL.md).
  case retiresNothing

  /// The peak is the present number of members.
  case forgetsPeak

  /// The instant of the peak is that of the last notification.
  case datesPeakByNotification

  /// The member seconds are those of the present members since the creation.
  case weighsPresentMembers

  /// A close is lost now and then, so that the count is too high (the fifth defect of ORIGINAL.md).
  case losesCloses
}

/// A reference meter with a fault: events, settings or effects are falsified.
package struct FaultyMeter: MeterProtocol {
  private let fault: MeterFault
  private var meter: ReferenceMeter
  private let isPending: Bool
  private var closes = 0
  private var chains = ExclusionChains()

  /// A meter with one fault.
  package init(configuration: Configuration, fault: MeterFault) {
    self.fault = fault
    isPending = configuration.incrementDelay > .zero
    meter = ReferenceMeter(configuration: fault.falsified(configuration))
    switch fault {
    case .forgetsWithHolder: meter.exclusionMemory = .zero
    case .remembersTooLong: meter.exclusionMemory = .seconds(60)
    case .remembersAfterRequest: meter.forgetsOnRequest = false
    case .ignoresExternalZero: meter.forgetsZeroCounts = false
    case .admitsSource17: meter.maximumSources = 17
    case .countsPending, .greetsWithoutNewcomer, .notifiesLate, .roundsRatio, .ignoresMaxDelay,
      .firesAtEvents, .ignoresExclusion, .admitsStopped, .remembersFirst, .admitsOlder,
      .ignoresViewers, .ignoresGoodbye, .ignoresZero, .exceedsLimit, .excludesForRefused,
      .retiresNothing, .forgetsPeak, .datesPeakByNotification, .weighsPresentMembers,
      .losesCloses, .keepsExternalLonger, .keepsExternal:
      break
    }
  }

  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    guard let event = falsified(event) else { return }
    if fault == .excludesForRefused, case .opened(_, _, let viewer, _) = event, viewer != .none,
      isRefusedAtLimit(event, at: instant)
    {
      run(at: instant, into: &effects) { $0.apply(.excluded(viewer), at: instant, into: &$1) }
    }
    let before = effects.effects.count
    run(at: instant, into: &effects) { $0.apply(event, at: instant, into: &$1) }
    for effect in effects.effects[before...] { chains.note(effect.action, after: event) }
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
    let falsehoods = truth.effects.map { falsified($0, at: instant) }
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
    case (.ignoresExclusion, .excluded), (.ignoresGoodbye, .bye): return nil
    case (.ignoresZero, .peer(_, _, members: 0, _)): return nil
    case (.admitsStopped, .opened(let connection, let namespace, let viewer, _)):
      return .opened(connection, namespace, viewer: viewer, after: .none)
    case (.remembersFirst, .opened(let connection, let namespace, let viewer, let after)):
      guard let first = chains[viewer].first, after.isNewer(than: first) else { return event }
      return .opened(connection, namespace, viewer: viewer, after: .none)
    case (.admitsOlder, .opened(let connection, let namespace, let viewer, let after)):
      guard let newest = chains[viewer].last, after != newest else { return event }
      return .opened(connection, namespace, viewer: viewer, after: .none)
    case (.ignoresViewers, .opened(let connection, let namespace, _, let after)):
      return .opened(connection, namespace, viewer: .none, after: after)
    case (.losesCloses, .closed):
      closes += 1
      return closes % 5 == 0 ? nil : event
    case (_, _): return event
    }
  }

  private func falsified(_ effect: Effect, at instant: Instant) -> Effect {
    switch (fault, effect.action) {
    case (.greetsWithoutNewcomer, .greet(let connection, let ordinal, let namespace, let count)):
      let told = isPending ? count - 1 : count
      return Effect(
        effect.instant, .greet(connection, ordinal: ordinal, namespace, count: told))
    case (.firesAtEvents, let action): return Effect(instant, action)
    case (_, _): return effect
    }
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
    case .greetsWithoutNewcomer, .firesAtEvents, .ignoresExclusion, .admitsStopped,
      .remembersFirst, .admitsOlder, .forgetsWithHolder, .remembersTooLong,
      .remembersAfterRequest, .ignoresViewers, .ignoresGoodbye, .ignoresZero,
      .excludesForRefused, .forgetsPeak, .datesPeakByNotification, .weighsPresentMembers,
      .losesCloses, .ignoresExternalZero, .admitsSource17:
      break
    }
    return wrong
  }
}

/// The connections that newcomers excluded for each viewer id, in their order.
private struct ExclusionChains {
  private var ordinals: [ConnectionID: ConnectionOrdinal] = [:]
  private var chains: [ViewerID: [ConnectionOrdinal]] = [:]

  subscript(viewer: ViewerID) -> [ConnectionOrdinal] { chains[viewer] ?? [] }

  /// Notes an effect of an event.
  mutating func note(_ effect: Effect.Action, after event: Event) {
    switch (effect, event) {
    case (.greet(let connection, let ordinal, _, _), _): ordinals[connection] = ordinal
    case (.end(let connection, .excluded), .opened(_, _, let viewer, _)):
      if let ordinal = ordinals[connection] { chains[viewer, default: []].append(ordinal) }
    case (.end(_, .excluded), .excluded(let viewer)): chains[viewer] = nil
    case (_, _): break
    }
  }
}
