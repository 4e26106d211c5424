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

extension AudienceRecording {
  /// The dates of the picture and the span that it shows, a line each; none where they are unknown
  /// and the whole log is shown.
  package var placeInWords: [String] {
    var lines = timeline.datesInWords.map { [$0] } ?? []
    let span = follower.span
    if !span.isWhole {
      let from = span.from.map { "from \($0.inWords)" }
      let to = span.to.map { "to \($0.inWords)" }
      lines.append("The part " + [from, to].compactMap(\.self).joined(separator: " "))
    }
    return lines
  }
}

extension LogTime {
  /// `60 s`, `60 s of section 2` or `2026-06-01T18:00:00Z`.
  fileprivate var inWords: String {
    switch self {
    case .instant(let instant, let section):
      "\(instant.decimalSeconds) s" + (section.map { " of section \($0)" } ?? "")
    case .wall(let time): time.text
    }
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
