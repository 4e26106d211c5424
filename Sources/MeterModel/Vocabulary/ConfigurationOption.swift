// The options of the model, in one table for the command line and for the text form of the log.
// Both read, check and print a value in the same way.

/// An option of the model. The raw value is its name on the command line.
package enum ConfigurationOption: String, CaseIterable, Sendable {
  case maximumConnectionDuration = "max-conn-duration"
  case clusterNodeTimeout = "cluster-node-timeout"
  case externalTimeout = "external-timeout"
  case notifyDeltaRatio = "notify-delta-ratio"
  case notifyMinDelay = "notify-min-delay"
  case notifyMaxDelay = "notify-max-delay"
  case incrementDelay = "increment-delay"
  case decrementDelay = "decrement-delay"
  case restartDelay = "restart-delay"
  case viewerIDs = "viewer-ids"
  case pingTimeout = "ping-timeout"
  case maximumPings = "max-pings"
  case namespaceCleanDelay = "namespace-clean-delay"
  case maximumConnections = "max-connections"
  case maximumNamespaces = "max-namespaces"

  /// The option with a name given in bytes; nil if there is none.
  package init?(name: Span<UInt8>) {
    for option in Self.allCases where name.isEqual(to: option.rawValue) {
      self = option
      return
    }
    return nil
  }

  /// The kind of an option's value, with its lower or upper bound.
  package enum Kind: Equatable, Sendable {
    case delay(atLeast: Duration)
    case ratio
    case limit(most: UInt32)
    case mode
  }

  /// The kind of the option's value.
  package var kind: Kind {
    switch self {
    case .maximumConnectionDuration, .clusterNodeTimeout, .notifyMinDelay, .incrementDelay,
      .decrementDelay, .restartDelay, .namespaceCleanDelay:
      .delay(atLeast: .zero)
    case .externalTimeout, .pingTimeout: .delay(atLeast: .seconds(1))
    case .notifyMaxDelay: .delay(atLeast: .milliseconds(1))
    case .notifyDeltaRatio: .ratio
    case .viewerIDs: .mode
    case .maximumConnections, .maximumPings: .limit(most: .max)
    case .maximumNamespaces: .limit(most: 16_777_216)
    }
  }

  /// A description of the values that the option accepts, to follow "takes" or "is not".
  package var accepts: String {
    switch kind {
    case .delay(let least):
      "a time from \(least.decimalSeconds) to \(Duration.maximum.decimalSeconds) seconds"
        + " (2, 0.5, 500ms, 5m, 1h)"
    case .ratio: "a number from 0 to 1"
    case .limit(let most): "a whole number from 1 to \(most)"
    case .mode: "one of off, exclusive, shared"
    }
  }

  /// Reads a value into the configuration. Returns false and changes nothing if the value is
  /// malformed or out of range.
  package func set(_ value: Span<UInt8>, in configuration: inout Configuration) -> Bool {
    switch self {
    case .maximumConnectionDuration:
      store(delay(value), in: &configuration.maximumConnectionDuration)
    case .clusterNodeTimeout:
      store(delay(value), in: &configuration.clusterNodeTimeout)
    case .externalTimeout:
      store(delay(value), in: &configuration.externalTimeout)
    case .notifyDeltaRatio:
      store(Fraction(decimal: value), in: &configuration.notifyDeltaRatio)
    case .notifyMinDelay:
      store(delay(value), in: &configuration.notifyMinDelay)
    case .notifyMaxDelay:
      store(delay(value), in: &configuration.notifyMaxDelay)
    case .incrementDelay:
      store(delay(value), in: &configuration.incrementDelay)
    case .decrementDelay:
      store(delay(value), in: &configuration.decrementDelay)
    case .restartDelay:
      store(delay(value), in: &configuration.restartDelay)
    case .viewerIDs:
      store(ViewerIDMode(name: value), in: &configuration.viewerIDs)
    case .pingTimeout:
      store(delay(value), in: &configuration.pingTimeout)
    case .maximumPings:
      store(limit(value), in: &configuration.maximumPings)
    case .namespaceCleanDelay:
      store(delay(value), in: &configuration.namespaceCleanDelay)
    case .maximumConnections:
      store(limit(value), in: &configuration.maximumConnections)
    case .maximumNamespaces:
      store(limit(value), in: &configuration.maximumNamespaces)
    }
  }

  /// Reads a value given as text, as `set(_:in:)` does for bytes.
  package func set(_ value: String, in configuration: inout Configuration) -> Bool {
    set(Array(value.utf8).span, in: &configuration)
  }

  /// The configuration's value in the form that `set` reads: seconds, a decimal number, or a whole
  /// number.
  package func value(in configuration: Configuration) -> String {
    switch self {
    case .maximumConnectionDuration: configuration.maximumConnectionDuration.decimalSeconds
    case .clusterNodeTimeout: configuration.clusterNodeTimeout.decimalSeconds
    case .externalTimeout: configuration.externalTimeout.decimalSeconds
    case .notifyDeltaRatio: configuration.notifyDeltaRatio.decimal
    case .notifyMinDelay: configuration.notifyMinDelay.decimalSeconds
    case .notifyMaxDelay: configuration.notifyMaxDelay.decimalSeconds
    case .incrementDelay: configuration.incrementDelay.decimalSeconds
    case .decrementDelay: configuration.decrementDelay.decimalSeconds
    case .restartDelay: configuration.restartDelay.decimalSeconds
    case .viewerIDs: configuration.viewerIDs.name
    case .pingTimeout: configuration.pingTimeout.decimalSeconds
    case .maximumPings: String(configuration.maximumPings)
    case .namespaceCleanDelay: configuration.namespaceCleanDelay.decimalSeconds
    case .maximumConnections: String(configuration.maximumConnections)
    case .maximumNamespaces: String(configuration.maximumNamespaces)
    }
  }

  private func store<Value>(_ value: Value?, in setting: inout Value) -> Bool {
    guard let value else { return false }
    setting = value
    return true
  }

  private func delay(_ value: Span<UInt8>) -> Duration? {
    guard case .delay(let least) = kind else { return nil }
    return Duration(decimal: value, atLeast: least)
  }

  private func limit(_ value: Span<UInt8>) -> UInt32? {
    guard case .limit(let most) = kind, let number = UInt64(digits: value),
      (1...UInt64(most)).contains(number)
    else { return nil }
    return UInt32(number)
  }
}
