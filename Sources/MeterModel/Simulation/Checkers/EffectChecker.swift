// Judges effects by what they say alone, and knows no meter: who was greeted and not ended or closed is
// open, and everything else that a meter says must agree with that. It would catch an error that the meter
// and the reference share.

/// Follows the effects of one log and complains about the first that cannot be.
struct EffectChecker {
  private let configuration: Configuration
  private var open: [Viewing] = []
  private var namespaces: [NamespaceID: Audience] = [:]
  private var latest = Instant.start

  /// Whether any node ever said anything, in which case only lower bounds of counts are known.
  private var isAlone = true

  private struct Viewing {
    let connection: ConnectionID
    let namespace: NamespaceID
    let opened: Instant
  }

  private struct Audience {
    var open = 0
    var toldAt: Instant
    /// When the latest connection left.
    var left: Instant?
  }

  init(_ configuration: Configuration) {
    self.configuration = configuration
  }

  /// What is wrong with the effects, which follow the record, or follow from time alone.
  mutating func complaint(
    about effects: ContiguousArray<Effect>, after record: LogRecord?
  ) -> String? {
    if let record { note(record) }
    for effect in effects {
      guard latest <= effect.instant else { return "an effect comes before the one before it" }
      latest = effect.instant
      if let wrong = complaint(about: effect) {
        return "\(effect.instant.decimalSeconds) \(effect.action): \(wrong)"
      }
    }
    return nil
  }

  private mutating func note(_ record: LogRecord) {
    latest = max(latest, record.instant)
    switch record.event {
    case .closed(let connection): leave(connection, at: record.instant)
    case .peer: isAlone = false
    case .opened, .excluded, .message, .bye: break
    }
  }

  private mutating func complaint(about effect: Effect) -> String? {
    switch effect.action {
    case .greet(let connection, _, let namespace, let count):
      return greet(connection, in: namespace, count, at: effect.instant)
    case .notify(let namespace, let count):
      return notify(namespace, count, at: effect.instant)
    case .message(let namespace, _):
      return namespaces[namespace]?.open ?? 0 > 0 ? nil : "nobody is open there"
    case .end(let connection, let reason):
      guard let viewing = viewing(of: connection) else { return "it is not open" }
      leave(connection, at: effect.instant)
      guard reason == .expired else { return nil }
      return expire(openedAt: viewing.opened, at: effect.instant)
    case .retire(let namespace):
      return retire(namespace, at: effect.instant)
    case .refuse(let connection, let reason):
      let isUnlimited =
        configuration.maximumConnections == .max && configuration.maximumNamespaces >= 1000
      if reason == .full && isUnlimited { return "no limit was set" }
      return viewing(of: connection) == nil ? nil : "it is open"
    case .reject(.open(let connection)):
      return viewing(of: connection) != nil ? nil : "it is not open"
    case .reject(.close(let connection)):
      return viewing(of: connection) == nil ? nil : "it is open"
    case .reject(.peerPastLimit), .reject(.peerOutOfRange):
      return nil
    }
  }

  private mutating func greet(
    _ connection: ConnectionID, in namespace: NamespaceID, _ count: UInt64, at instant: Instant
  ) -> String? {
    guard viewing(of: connection) == nil else { return "it is open" }
    open.append(Viewing(connection: connection, namespace: namespace, opened: instant))
    var audience = namespaces[namespace] ?? Audience(toldAt: instant)
    if audience.open == 0 { audience.toldAt = instant }
    audience.open += 1
    namespaces[namespace] = audience
    guard open.count <= configuration.maximumConnections else { return "too many are open" }
    guard namespaces.count <= configuration.maximumNamespaces else {
      return "there are too many namespaces"
    }
    let isPending: UInt64 = configuration.incrementDelay > .zero ? 1 : 0
    return complaint(about: count, counted(in: namespace, at: instant) + isPending)
  }

  private mutating func notify(
    _ namespace: NamespaceID, _ count: UInt64, at instant: Instant
  ) -> String? {
    guard let audience = namespaces[namespace], audience.open > 0 else {
      return "nobody is open there"
    }
    guard count > 0 else { return "zero is never told" }
    let least = min(configuration.notifyMinDelay, configuration.notifyMaxDelay)
    guard instant - audience.toldAt >= least else { return "the delay has not passed" }
    namespaces[namespace]?.toldAt = instant
    return complaint(about: count, counted(in: namespace, at: instant))
  }

  private func complaint(about count: UInt64, _ counted: UInt64) -> String? {
    if isAlone && count != counted { return "\(counted) are open and counted" }
    if count < counted { return "at least \(counted) are open and counted" }
    return count < 1 << 63 ? nil : "no count is as large"
  }

  private func viewing(of connection: ConnectionID) -> Viewing? {
    open.first { $0.connection == connection }
  }

  /// How many open connections are old enough to be counted: the size of a set.
  private func counted(in namespace: NamespaceID, at instant: Instant) -> UInt64 {
    var count: UInt64 = 0
    for viewing in open where viewing.namespace == namespace {
      if viewing.opened + configuration.incrementDelay <= instant { count += 1 }
    }
    return count
  }

  private func expire(openedAt opened: Instant, at instant: Instant) -> String? {
    let maximum = configuration.maximumConnectionDuration
    guard maximum > .zero else { return "the duration has no limit" }
    let age = instant - opened
    guard age <= maximum else { return "it lasted too long" }
    let least = maximum.nanoseconds - maximum.nanoseconds / 5
    return age.nanoseconds >= least ? nil : "it ended too early"
  }

  private mutating func retire(_ namespace: NamespaceID, at instant: Instant) -> String? {
    guard let audience = namespaces.removeValue(forKey: namespace) else {
      return isAlone ? "it does not exist" : nil
    }
    guard audience.open == 0 else { return "somebody is open there" }
    guard let left = audience.left else { return "nobody ever left it" }
    return instant - left >= configuration.namespaceCleanDelay ? nil : "it was too early"
  }

  private mutating func leave(_ connection: ConnectionID, at instant: Instant) {
    guard let viewing = viewing(of: connection) else { return }
    open.removeAll { $0.connection == connection }
    namespaces[viewing.namespace]?.open -= 1
    namespaces[viewing.namespace]?.left = instant
  }
}
