import MeterModel

/// The settings of `simulate`.
package struct SimulateSettings: Sendable {
  /// The profile of the crowd (`--profile`); nil for a flash crowd, or the swarm if seeds are
  /// tried.
  package var profile: SimulationProfile?

  /// The seed (`--seed`), or the first one to try; nil for 1, or a new one if seeds are tried.
  package var seed: UInt64?

  /// The number of connections (`--connections`); nil for that of the profile.
  package var connections: UInt32?

  /// The number of namespaces (`--namespaces`); nil for that of the profile.
  package var namespaces: UInt32?

  /// The duration of the simulation (`--duration`); nil for that of the profile.
  package var duration: Duration?

  /// Whether clusters are simulated instead of a crowd (`--nodes`).
  package var simulatesNodes = false

  /// The time for which seeds are tried (`--seconds`); nil for a single run.
  package var seconds: Duration?

  /// The path of the file for the log (`--log`).
  package var logPath: String?

  /// The path of the file for the picture (`--svg`).
  package var svgPath: String?

  /// Whether the figures are printed as one JSON object (`--json`).
  package var json = false

  /// The options that replace settings of the profile.
  package var changes = ConfigurationChanges()

  /// The options that the log depends on, as they were given, for the line that reproduces a run.
  package var reproduction: [String] = []

  package init() {}

  /// The options of the simulation of a seed.
  package func options(seed: UInt64) -> SimulationOptions {
    var options = SimulationOptions()
    options.profile = profile ?? (seconds == nil ? .flashCrowd : .swarm)
    options.seed = seed
    options.connections = connections
    options.namespaces = namespaces
    options.duration = duration
    let changes = changes
    options.adjust = { changes.apply(to: &$0) }
    return options
  }
}

extension OptionValue<SimulateSettings> {
  /// The name of a profile.
  static let profile = Self(
    syntax: ValueSyntax(
      placeholder: "NAME",
      accepted: "one of " + SimulationProfile.allCases.map(\.rawValue).joined(separator: ", ")),
    read: { settings, text in
      guard let profile = SimulationProfile(rawValue: text) else { return false }
      settings.profile = profile
      return true
    }, show: { _ in nil })

  /// A number of 64 bits.
  static let seed = Self(
    syntax: ValueSyntax(placeholder: "N", accepted: "a whole number below 2^64"),
    read: { settings, text in
      guard let seed = UInt64(digits: text.utf8.span) else { return false }
      settings.seed = seed
      return true
    }, show: { _ in nil })

  /// A number from 1 to `maximum`.
  static func size(_ property: Property<UInt32?>, maximum: UInt32) -> Self {
    Self(
      syntax: ValueSyntax(
        placeholder: "N", accepted: "a whole number from 1 to \(maximum)",
        range: "1 to \(maximum)"),
      read: { settings, text in
        guard let number = UInt64(digits: text.utf8.span), (1...UInt64(maximum)).contains(number)
        else { return false }
        settings[keyPath: property] = UInt32(number)
        return true
      }, show: { _ in nil })
  }

  /// A time from one second to a year.
  static func span(_ property: Property<Duration?>) -> Self {
    let year = Duration.seconds(31_536_000)
    return Self(
      syntax: ValueSyntax(
        placeholder: "S", accepted: "a time from 1 to 31536000 seconds (2, 5m, 1h)"),
      read: { settings, text in
        guard let time = Duration(decimal: text.utf8.span, atLeast: .seconds(1)), time <= year
        else { return false }
        settings[keyPath: property] = time
        return true
      }, show: { _ in nil })
  }

  /// The path of a file.
  static func file(_ property: Property<String?>) -> Self {
    Self(
      syntax: ValueSyntax(placeholder: "FILE", accepted: "the path of a file"),
      read: { settings, text in
        guard !text.isEmpty else { return false }
        settings[keyPath: property] = text
        return true
      }, show: { _ in nil })
  }
}
