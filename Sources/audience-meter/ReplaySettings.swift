import MeterModel

/// What the command line asks of a replay.
package struct ReplaySettings: Sendable {
  /// The file to replay, as its operand says it.
  package var logPath = ""

  /// Print each effect as text, and nothing else (`--effects`).
  package var effects = false

  /// Print the log itself as text, and nothing else (`--text`).
  package var text = false

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
