// Canaries: meters with one deliberately wrong rule each, that the random logs must catch. Simulations that
// let one live test nothing.

/// A rule to get wrong.
package enum MeterFault: String, CaseIterable, Sendable {
  /// Pending connections are counted at once.
  case countsPending

  /// A greeting leaves out the newcomer that is pending.
  case greetsWithoutNewcomer

  /// Everyone is told a nanosecond late.
  case tellsLate

  /// Ratios have one decimal.
  case roundsRatio

  /// Quiet streams stay silent.
  case staysSilent

  /// Deadlines fire when an event wakes the meter, at the event's instant.
  case firesWhenWoken

  /// The plain requests that should exclude a viewer do not.
  case excludesNobody

  /// A connection that comes back to exclude its successor is let in.
  case stopsNobody

  /// One viewer id may hold many connections.
  case forgetsViewers

  /// A node's goodbye goes unheard.
  case ignoresGoodbye

  /// A node that says 0 is not heard, so its former count stays.
  case ignoresZero

  /// One connection more than the limit is let in.
  case exceedsLimit

  /// Empty namespaces stay for ever (the original's first defect).
  case retiresNothing

  /// A count outlives its connections now and then (the original's fifth defect).
  case losesCloses
}

/// A reference with a fault around it: events, settings or effects are falsified on their way.
package struct FaultyMeter: MeterProtocol {
  private let fault: MeterFault
  private var meter: ReferenceMeter
  private let isPending: Bool
  private var closes = 0

  package init(configuration: Configuration, fault: MeterFault) {
    self.fault = fault
    isPending = configuration.incrementDelay > .zero
    meter = ReferenceMeter(configuration: fault.falsified(configuration))
  }

  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    guard let event = falsified(event) else { return }
    run(at: instant, into: &effects) { $0.apply(event, at: instant, into: &$1) }
  }

  package mutating func advance(to instant: Instant, into effects: inout EffectBuffer) {
    run(at: instant, into: &effects) { $0.advance(to: instant, into: &$1) }
  }

  /// Lets the meter through where its effects need no falsifying, so that their digest is right.
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
    meter.statistics(of: namespace)
  }

  /// The event as the faulty rule sees it; nil when it does not.
  private mutating func falsified(_ event: Event) -> Event? {
    switch (fault, event) {
    case (.excludesNobody, .excluded), (.ignoresGoodbye, .bye): return nil
    case (.ignoresZero, .peer(_, _, members: 0, _)): return nil
    case (.stopsNobody, .opened(let connection, let namespace, let viewer, _)):
      return .opened(connection, namespace, viewer: viewer, after: .none)
    case (.forgetsViewers, .opened(let connection, let namespace, _, let after)):
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
    case (.firesWhenWoken, let action): return Effect(instant, action)
    case (_, _): return effect
    }
  }
}

extension MeterFault {
  /// The settings as the faulty rule sees them.
  fileprivate func falsified(_ right: Configuration) -> Configuration {
    var wrong = right
    switch self {
    case .countsPending: wrong.incrementDelay = .zero
    case .tellsLate:
      wrong.notifyMinDelay = Duration(nanoseconds: right.notifyMinDelay.nanoseconds + 1)
    case .roundsRatio:
      let ratio = right.notifyDeltaRatio
      let tenths = ratio.numerator * 10 / ratio.denominator
      wrong.notifyDeltaRatio = Fraction(numerator: tenths, decimals: 1) ?? ratio
    case .staysSilent: wrong.notifyMaxDelay = .maximum
    case .exceedsLimit:
      if right.maximumConnections < .max { wrong.maximumConnections += 1 }
    case .retiresNothing: wrong.namespaceCleanDelay = .maximum
    case .greetsWithoutNewcomer, .firesWhenWoken, .excludesNobody, .stopsNobody,
      .forgetsViewers, .ignoresGoodbye, .ignoresZero, .losesCloses:
      break
    }
    return wrong
  }
}
