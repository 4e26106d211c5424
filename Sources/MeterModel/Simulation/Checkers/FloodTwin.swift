// The law of the flood: connections that close before they are counted change no notification. A
// second meter that does not receive them must have the same notifications at the same instants.

/// The meter that receives only the connections that stay.
struct FloodTwin {
  private var meter: Meter
  private var effects = EffectBuffer()

  /// Connections with smaller numbers stay.
  private let residents: UInt32

  /// Nil if the law does not hold exactly: if no connection is ever pending, or if durations, which
  /// depend on the order of opening, are limited.
  init?(_ options: SimulationOptions, _ configuration: Configuration, _ workload: Workload) {
    guard options.profile == .flood, configuration.incrementDelay > .zero,
      configuration.maximumConnectionDuration == .zero,
      workload.maximumConnections < configuration.maximumConnections,
      workload.namespaces < configuration.maximumNamespaces
    else { return nil }
    meter = Meter(configuration: configuration)
    residents = workload.arrivals.first?.count ?? 0
  }

  /// Compares the notifications of a batch with those of the meter without the flood. Returns a
  /// description of the first difference; nil if there is none.
  mutating func violation(
    in told: ContiguousArray<Effect>, after records: ContiguousArray<LogRecord>, now: Instant
  ) -> String? {
    effects.removeAll()
    for record in records {
      switch record.event {
      case .opened(let connection, _, _, _, _), .closed(let connection), .cut(let connection):
        guard connection.number < residents else { continue }
      case .excluded, .message, .retained, .peer, .bye, .external, .restarted, .pinged, .left,
        .arrived, .moved, .transferred:
        break
      }
      meter.apply(record.event, at: record.instant, into: &effects)
    }
    meter.advance(to: now, into: &effects)
    let right = effects.effects.filter(\.isNotification)
    let actual = told.filter(\.isNotification)
    guard right != actual else { return nil }
    let place = zip(right, actual).prefix { $0 == $1 }.count
    let (one, other) = (right.dropFirst(place).first, actual.dropFirst(place).first)
    return "the flood changed a notification: \(String(describing: one)) became "
      + String(describing: other)
  }
}

extension Effect {
  fileprivate var isNotification: Bool {
    if case .notify = action { return true }
    return false
  }
}
