// The lines under the title of a picture: the figures of the log, and the settings of its replay.

extension ReplayFigures {
  /// The figures in one line.
  package var summary: String {
    "\(records.grouped) records in \(duration.inWords) · \(opened.grouped) opened, "
      + "\(counted.grouped) counted · \(namespaces.grouped) namespace"
      + "\(namespaces == 1 ? "" : "s") · peak "
      + "\(peakMembers.grouped) members · \(notifications.grouped) notifications"
  }
}

extension ChartTimeline {
  /// The dates of its start and end; nil where no wall clock is known.
  package var datesInWords: String? {
    guard let wallStart else { return nil }
    let (start, end) = (wallStart / 1_000_000_000, (wallStart + length) / 1_000_000_000)
    let (first, last) = (HTTPDate(unixSeconds: start), HTTPDate(unixSeconds: end))
    return "\(String(decoding: first.bytes, as: UTF8.self)) to "
      + String(decoding: last.bytes, as: UTF8.self)
  }
}

extension Configuration {
  /// The options with values that differ from those of another configuration, with both values.
  package func differences(
    from other: Configuration
  ) -> [(name: String, value: String, other: String)] {
    ConfigurationOption.allCases.compactMap { option in
      let (value, former) = (option.value(in: self), option.value(in: other))
      return value == former ? nil : (option.rawValue, value, former)
    }
  }
}
