import MeterModel

/// The settings of `replay`.
package struct ReplaySettings: Sendable {
  /// The path of the log (the operand).
  package var logPath = ""

  /// Whether only the effects are printed, as text (`--effects`).
  package var effects = false

  /// Whether only the log is printed, as text (`--text`).
  package var text = false

  /// Whether the figures are printed as one JSON object (`--json`).
  package var json = false

  /// The path of the file for a row for each change of an audience (`--csv`).
  package var csvPath: String?

  /// The path of the file for the picture of the audience over time (`--svg`).
  package var svgPath: String?

  /// Whether a replay with the settings of the log is compared with one with the given settings
  /// (`--compare`).
  package var compares = false

  /// The moment to explain (`--explain`). If it is set, nothing else is printed.
  package var moment: Moment?

  /// The options that replace settings of the log.
  package var changes = ConfigurationChanges()

  package init() {}
}

/// Options of the meter on the command line of a replay. They replace settings of each section of
/// the log; the other settings remain.
package struct ConfigurationChanges: Sendable {
  private var changes: [@Sendable (inout Configuration) -> Void] = []

  package init() {}

  /// Whether no option was given, so that the checkpoints of the log can be compared.
  package var isEmpty: Bool { changes.isEmpty }

  /// Adds a change, which is made after those before.
  package mutating func append(_ change: @escaping @Sendable (inout Configuration) -> Void) {
    changes.append(change)
  }

  /// Makes all changes in a configuration.
  package func apply(to configuration: inout Configuration) {
    for change in changes { change(&configuration) }
  }
}
