import MeterModel

/// Two replays of a log with different settings.
struct ReplayComparison {
  /// The first replay: with the settings of the log, or those of `--a`.
  let first: RecordedReplay

  /// The second replay: with the given settings.
  let second: RecordedReplay

  /// The names of the two in the output.
  private let names: (first: String, second: String)
  private let settings: ReplaySettings

  init(first: RecordedReplay, second: RecordedReplay, _ settings: ReplaySettings) {
    (self.first, self.second, self.settings) = (first, second, settings)
    names =
      settings.first == nil && settings.second == nil ? ("log", "given") : ("a", "b")
  }

  /// The settings of the first section that differ.
  private var differences: [(name: String, first: String, second: String)] {
    (second.configuration ?? Configuration())
      .differences(from: first.configuration ?? Configuration())
      .map { ($0.name, $0.other, $0.value) }
  }

  /// The figures of both, a line each, in two columns.
  var text: String {
    let rows =
      [("", names.first, names.second)] + differences
      + zip(first.rows(settings), second.rows(settings)).map { ($0.name, $0.value, $1.value) }
    let widths = rows.reduce((0, 0, 0)) {
      (max($0.0, $1.0.count), max($0.1, $1.1.count), max($0.2, $1.2.count))
    }
    let lines = rows.map { name, first, second in
      name + blanks(widths.0 - name.count + 2 + widths.1 - first.count) + first
        + blanks(2 + widths.2 - second.count) + second + "\n"
    }
    let note = differences.isEmpty ? "The settings are the same: nothing can differ.\n" : ""
    return lines.joined() + note
  }

  /// The figures of both as one JSON object, on one line.
  var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name(names.first)
    first.write(to: &writer, settings)
    writer.name(names.second)
    second.write(to: &writer, settings)
    writer.endObject()
    return writer.text + "\n"
  }

  /// The picture of both.
  func picture(_ name: String) -> [UInt8] {
    let firstLabel = differences.map { "\($0.name) \($0.first)" }.joined(separator: ", ")
    let secondLabel = differences.map { "\($0.name) \($0.second)" }.joined(separator: ", ")
    let isOfLog = names.first == "log"
    let titles =
      isOfLog
      ? ("The log's settings", "Given settings") : ("Settings a", "Settings b")
    let notes =
      [first.replay.figures.summary] + first.recording.placeInWords + [
        "\(titles.0) (\(firstLabel)): \(first.summary)",
        "\(titles.1) (\(secondLabel)): \(second.summary)",
      ]
    // The legend has space for one setting. The notes have all.
    let isOne = differences.count == 1
    return AudiencePicture(title: "\(name) under two settings", notes: notes).draw(
      ComparedRecording(
        first.recording, name: isOfLog ? "the log's settings" : "settings a",
        note: isOne ? firstLabel : ""),
      beside: ComparedRecording(
        second.recording, name: isOfLog ? "given settings" : "settings b",
        note: isOne ? secondLabel : ""))
  }

  private func blanks(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }
}

extension RecordedReplay {
  /// The largest number of members: that of the run for a whole log, which may have begun before
  /// it.
  private func peak(_ settings: ReplaySettings) -> UInt64 {
    settings.span.isWhole ? replay.figures.peakMembers : recording.figures.peakMembers
  }

  /// The figures that are compared, with their names.
  fileprivate func rows(_ settings: ReplaySettings) -> [(name: String, value: String)] {
    let figures = recording.figures
    return [
      ("opened", figures.opened.grouped), ("counted", figures.counted.grouped),
      ("peak members", peak(settings).grouped),
      ("notifications", figures.notifications.grouped), ("frames sent", figures.frames.grouped),
    ] + recording.fromAudience.rows("off the audience")
      + recording.fromMembers.rows("off the members")
  }

  /// The notifications and the deviation, in one line.
  fileprivate var summary: String {
    let (figures, deviation) = (recording.figures, recording.fromAudience)
    return "\(figures.notifications.grouped) notifications in \(figures.frames.grouped) frames;"
      + " off the audience by \(deviation.mean) on average (\(deviation.meanPercent)), at most"
      + " \(deviation.worst.grouped)"
  }

  fileprivate func write(to writer: inout JSONWriter, _ settings: ReplaySettings) {
    writer.beginObject()
    if settings.span.isWhole {
      replay.figures.writeMembers(to: &writer)
    } else {
      writer.member("opened", recording.figures.opened)
      writer.member("counted", recording.figures.counted)
      writer.member("peak_members", peak(settings))
      writer.member("notifications", recording.figures.notifications)
    }
    writer.member("frames", recording.figures.frames)
    writer.name("off_audience")
    recording.fromAudience.write(to: &writer)
    writer.name("off_members")
    recording.fromMembers.write(to: &writer)
    writer.endObject()
  }
}

extension Deviation {
  fileprivate var mean: String { decimal(meanInThousandths, 1000) }
  fileprivate var meanPercent: String { "\(decimal(meanInBasisPoints, 100)) %" }

  /// The figures, with names that begin with `name`.
  fileprivate func rows(_ name: String) -> [(name: String, value: String)] {
    [
      ("\(name), mean", mean), ("\(name), mean, relative", meanPercent),
      ("\(name), p50", median.grouped), ("\(name), p99", percentile99.grouped),
      ("\(name), worst", worst.grouped),
      ("\(name), beyond ratio", "\(decimal(beyondRatioInBasisPoints, 100)) %"),
    ]
  }

  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("mean", decimal: mean)
    writer.member("mean_percent", decimal: decimal(meanInBasisPoints, 100))
    writer.member("p50", median)
    writer.member("p99", percentile99)
    writer.member("worst", worst)
    writer.member("beyond_ratio_percent", decimal: decimal(beyondRatioInBasisPoints, 100))
    writer.endObject()
  }
}

/// `parts` / `denominator` as a decimal number. Precondition: the denominator is a power of ten.
func decimal(_ parts: UInt64, _ denominator: UInt64) -> String {
  "\(parts / denominator).\("\(denominator + parts % denominator)".dropFirst())"
}
