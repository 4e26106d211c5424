import MeterModel

/// The values of the options of a replay.
extension OptionValue<ReplaySettings> {
  /// A namespace and a time.
  static func moment(_ property: Property<Moment?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "NAMESPACE@TIME",
        accepted: "a namespace and a time: football@4.5, football@2:4.5 in section 2, or"
          + " football@2026-06-01T18:00:00Z"),
      read: { text in Moment(text).map { .some($0) } }, show: { _ in nil })
  }

  /// A time in a log.
  static func logTime(_ property: Property<LogTime?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "TIME",
        accepted: "a time in a log: seconds (90, 2:90 in section 2) or 2026-06-01T18:00:00Z"),
      read: { text in LogTime(text).map { .some($0) } }, show: { _ in nil })
  }

  /// A time of at least a millisecond between two rows.
  static func step(_ property: Property<Duration?>) -> Self {
    let least = Duration.milliseconds(1)
    return Self(
      property,
      ValueSyntax(
        placeholder: "S",
        accepted:
          "a time from \(least.decimalSeconds) to \(Duration.maximum.decimalSeconds) seconds"
          + " (2, 0.5, 500ms, 5m, 1h)", range: "at least \(least.decimalSeconds)s"),
      read: { text in Duration(decimal: Array(text.utf8).span, atLeast: least).map { .some($0) } },
      show: { _ in nil })
  }

  /// Options of the meter in one value, with blanks between them, in the form of the command line
  /// or, without the hyphens, of a log in text.
  static func settings(_ property: Property<ConfigurationChanges?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "\"OPTIONS\"",
        accepted: "a list of options of the meter, as \"--notify-min-delay 5\""),
      read: { text in ConfigurationChanges(text).map { .some($0) } }, show: { _ in nil })
  }
}

extension ConfigurationChanges {
  /// Reads options of the meter with their values; nil if one is unknown or not accepted.
  init?(_ text: String) {
    self.init()
    var words = text.split { $0 == " " || $0 == "\t" }[...]
    while let word = words.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0].hasPrefix("--") ? parts[0].dropFirst(2) : parts[0]
      let value = parts.count == 2 ? parts[1] : words.popFirst()
      var configuration = Configuration()
      guard let option = ConfigurationOption(rawValue: String(name)), let value,
        option.set(String(value), in: &configuration)
      else { return nil }
      let accepted = String(value)
      append { _ = option.set(accepted, in: &$0) }
    }
  }
}
