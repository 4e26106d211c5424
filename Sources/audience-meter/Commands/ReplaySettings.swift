import MeterModel

/// What the command line asks of a replay.
package struct ReplaySettings: Sendable {
  /// The file to replay, as its operand says it.
  package var logPath = ""

  /// Print each effect as text, and nothing else (`--effects`).
  package var effects = false

  /// Print the log itself as text, and nothing else (`--text`).
  package var text = false

  /// Print the figures as one JSON object (`--json`).
  package var json = false

  /// Where to write a row for each change of an audience (`--csv`).
  package var csvPath: String?

  /// Where to draw the audience over time (`--svg`).
  package var svgPath: String?

  /// Play the log under its own settings and under the given ones, side by side (`--compare`).
  package var compares = false

  /// Explain what a namespace was told at a time, and nothing else (`--explain`).
  package var moment: Moment?

  /// What replaces the log's own settings.
  package var changes = ConfigurationChanges()

  package init() {}
}

/// Options of the model that were given to a replay ("what if?"), to be applied to the configuration of
/// each section of the log: what was not given stays the log's own.
package struct ConfigurationChanges: Sendable {
  private var changes: [@Sendable (inout Configuration) -> Void] = []

  package init() {}

  /// Whether the log is replayed as it was recorded, so that its checkpoints hold.
  package var isEmpty: Bool { changes.isEmpty }

  /// Adds a change, which wins over those before it.
  package mutating func append(_ change: @escaping @Sendable (inout Configuration) -> Void) {
    changes.append(change)
  }

  /// Replaces in `configuration` what was given.
  package func apply(to configuration: inout Configuration) {
    for change in changes { change(&configuration) }
  }
}
