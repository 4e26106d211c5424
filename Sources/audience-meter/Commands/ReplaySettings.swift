import MeterModel

/// The settings of `replay`.
package struct ReplaySettings: Sendable {
  /// The paths of the logs (the operands), in their order.
  package var logPaths: [String] = []

  /// Whether only the effects are printed, as text (`--effects`).
  package var effects = false

  /// Whether only the log is printed, as text (`--text`).
  package var text = false

  /// Whether the figures are printed as one JSON object (`--json`).
  package var json = false

  /// Whether the figures of each namespace are printed too (`--by-namespace`).
  package var listsNamespaces = false

  /// The path of the file for the audiences over time (`--csv`); `-` for standard output.
  package var csvPath: String?

  /// The time between two rows of that file (`--step`); nil for a row at each change.
  package var step: Duration?

  /// The part of the log that is looked into (`--from`, `--to`).
  package var span = LogSpan()

  /// The path of the file for the picture of the audience over time (`--svg`); `-` for standard
  /// output.
  package var svgPath: String?

  /// Whether two replays are compared (`--compare`): one with the settings of the log and one with
  /// the given settings, or those with `first` and `second`.
  package var compares = false

  /// The settings of the first of two replays that are compared (`--a`); nil for those of the log.
  package var first: ConfigurationChanges?

  /// The settings of the second one (`--b`); nil for those of the log.
  package var second: ConfigurationChanges?

  /// The moment to explain (`--explain`). If it is set, nothing else is printed.
  package var moment: Moment?

  /// The options that replace settings of the log.
  package var changes = ConfigurationChanges()

  package init() {}

  /// The changes of the two replays that are compared. Without a comparison there is only the
  /// first.
  package var comparedChanges: (first: ConfigurationChanges, second: ConfigurationChanges) {
    guard compares else { return (changes, changes) }
    guard first == nil, second == nil else {
      return (first ?? ConfigurationChanges(), second ?? ConfigurationChanges())
    }
    return (ConfigurationChanges(), changes)
  }

  /// The logs in messages and titles: `run.log`, or `run.log.1 and 2 more`.
  package var logName: String {
    let first = logPaths.first ?? ""
    let name = first == standardStream ? "standard input" : first
    return logPaths.count > 1 ? "\(name) and \(logPaths.count - 1) more" : name
  }

  /// Why a replay found nothing in the span, or could not tell what is in it; nil if it did.
  func fault(of follower: SpanFollower) -> String? {
    if let section = follower.sectionWithoutClock {
      return "\(logName): section \(section) has no wall clock, so --from and --to must be seconds"
    }
    if follower.entered == 0, !span.isWhole {
      return "\(logName): nothing of it is between --from and --to"
    }
    return nil
  }
}

/// The path that stands for standard input or output.
let standardStream = "-"

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
