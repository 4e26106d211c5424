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

extension Duration {
  /// The duration for people, with an error of at most a hundredth: `12.5 s`, `90 min 5 s`, `3 d 4
  /// h`.
  package var inWords: String {
    let seconds = nanoseconds / 1_000_000_000
    switch seconds {
    case 0..<100:
      return Duration(nanoseconds: nanoseconds / 1_000_000 * 1_000_000).decimalSeconds + " s"
    case ..<6000: return Self.pair(seconds, 60, "min", "s")
    case ..<360_000: return Self.pair(seconds / 60, 60, "h", "min")
    default: return Self.pair(seconds / 3600, 24, "d", "h")
    }
  }

  private static func pair(
    _ number: UInt64, _ size: UInt64, _ large: String, _ small: String
  ) -> String {
    let rest = number % size
    return "\(number / size) \(large)" + (rest == 0 ? "" : " \(rest) \(small)")
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
