// The model's options: one table for the command line and for the text form of the log, so that a value is
// read, checked and printed the same way in both.

/// A setting of the model under the name that users give it. The raw value is that name.
package enum ConfigurationOption: String, CaseIterable, Sendable {
  case maximumConnectionDuration = "max-conn-duration"
  case clusterNodeTimeout = "cluster-node-timeout"
  case notifyDeltaRatio = "notify-delta-ratio"
  case notifyMinDelay = "notify-min-delay"
  case notifyMaxDelay = "notify-max-delay"
  case incrementDelay = "increment-delay"
  case namespaceCleanDelay = "namespace-clean-delay"
  case maximumConnections = "max-connections"
  case maximumNamespaces = "max-namespaces"

  /// The option of a name given in bytes; nil when there is none.
  package init?(name: Span<UInt8>) {
    for option in Self.allCases where name.isEqual(to: option.rawValue) {
      self = option
      return
    }
    return nil
  }

  /// What the option takes, to be read after "takes".
  package var accepts: String {
    switch self {
    case .maximumConnectionDuration:
      "seconds (or 500ms, 5m, 1h) from 0, which disables it, to 73 years"
    case .notifyMaxDelay:
      "seconds (or 500ms, 5m, 1h) from 0.001 to 73 years"
    case .clusterNodeTimeout, .notifyMinDelay, .incrementDelay, .namespaceCleanDelay:
      "seconds (or 500ms, 5m, 1h) from 0 to 73 years"
    case .notifyDeltaRatio: "a decimal number from 0 to 1"
    case .maximumConnections, .maximumNamespaces: "a whole number from 1 to 4294967295"
    }
  }

  /// Reads a value into the configuration; false, and nothing changed, when it is malformed or out of
  /// range.
  package func set(_ value: Span<UInt8>, in configuration: inout Configuration) -> Bool {
    switch self {
    case .maximumConnectionDuration:
      Self.store(Duration(decimal: value), in: &configuration.maximumConnectionDuration)
    case .clusterNodeTimeout:
      Self.store(Duration(decimal: value), in: &configuration.clusterNodeTimeout)
    case .notifyDeltaRatio:
      Self.store(Fraction(decimal: value), in: &configuration.notifyDeltaRatio)
    case .notifyMinDelay:
      Self.store(Duration(decimal: value), in: &configuration.notifyMinDelay)
    case .notifyMaxDelay:
      Self.store(
        Duration(decimal: value, atLeast: .milliseconds(1)), in: &configuration.notifyMaxDelay)
    case .incrementDelay:
      Self.store(Duration(decimal: value), in: &configuration.incrementDelay)
    case .namespaceCleanDelay:
      Self.store(Duration(decimal: value), in: &configuration.namespaceCleanDelay)
    case .maximumConnections:
      Self.store(Self.limit(value), in: &configuration.maximumConnections)
    case .maximumNamespaces:
      Self.store(Self.limit(value), in: &configuration.maximumNamespaces)
    }
  }

  /// Reads a value given as text, as `set(_:in:)` for bytes does.
  package func set(_ value: String, in configuration: inout Configuration) -> Bool {
    set(Array(value.utf8).span, in: &configuration)
  }

  /// The configuration's value as `set` reads it: seconds, a decimal number, or a whole number.
  package func value(in configuration: Configuration) -> String {
    switch self {
    case .maximumConnectionDuration: configuration.maximumConnectionDuration.decimalSeconds
    case .clusterNodeTimeout: configuration.clusterNodeTimeout.decimalSeconds
    case .notifyDeltaRatio: configuration.notifyDeltaRatio.decimal
    case .notifyMinDelay: configuration.notifyMinDelay.decimalSeconds
    case .notifyMaxDelay: configuration.notifyMaxDelay.decimalSeconds
    case .incrementDelay: configuration.incrementDelay.decimalSeconds
    case .namespaceCleanDelay: configuration.namespaceCleanDelay.decimalSeconds
    case .maximumConnections: String(configuration.maximumConnections)
    case .maximumNamespaces: String(configuration.maximumNamespaces)
    }
  }

  private static func store<Value>(_ value: Value?, in setting: inout Value) -> Bool {
    guard let value else { return false }
    setting = value
    return true
  }

  private static func limit(_ value: Span<UInt8>) -> UInt32? {
    guard let number = UInt64(digits: value), number >= 1 else { return nil }
    return UInt32(exactly: number)
  }
}
