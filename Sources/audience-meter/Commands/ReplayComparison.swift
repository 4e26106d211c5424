import MeterModel

/// A replay with the settings of the log beside one with other settings.
struct ReplayComparison {
  /// The replay with the settings of the log.
  let own: RecordedReplay

  /// The replay with the settings of the command line.
  let given: RecordedReplay

  /// The settings of the first section that differ.
  private var differences: [(name: String, value: String, other: String)] {
    (given.configuration ?? Configuration())
      .differences(from: own.configuration ?? Configuration())
  }

  /// The figures of both, a line each, in two columns.
  var text: String {
    let settings = differences.map { ($0.name, $0.other, $0.value) }
    let rows =
      [("", "log", "given")] + settings
      + zip(own.rows, given.rows).map { ($0.name, $0.value, $1.value) }
    let widths = rows.reduce((0, 0, 0)) {
      (max($0.0, $1.0.count), max($0.1, $1.1.count), max($0.2, $1.2.count))
    }
    let lines = rows.map { name, first, second in
      name + blanks(widths.0 - name.count + 2 + widths.1 - first.count) + first
        + blanks(2 + widths.2 - second.count) + second + "\n"
    }
    let note =
      settings.isEmpty ? "The given settings are the log's own: nothing can differ.\n" : ""
    return lines.joined() + note
  }

  /// The figures of both as one JSON object, on one line.
  var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("log")
    own.write(to: &writer)
    writer.name("given")
    given.write(to: &writer)
    writer.endObject()
    return writer.text + "\n"
  }

  /// The picture of both.
  func picture(_ name: String) -> [UInt8] {
    let ownLabel = differences.map { "\($0.name) \($0.other)" }.joined(separator: ", ")
    let givenLabel = differences.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    var notes = [
      own.replay.figures.summary,
      "The log's settings (\(ownLabel)): \(own.summary)",
      "Given settings (\(givenLabel)): \(given.summary)",
    ]
    if let dates = own.recording.timeline.datesInWords { notes.insert(dates, at: 1) }
    // The legend has space for one setting. The notes have all.
    let isOne = differences.count == 1
    return AudiencePicture(title: "\(name) under two settings", notes: notes).draw(
      own.recording, labelled: isOne ? ownLabel : "", beside: given.recording,
      labelled: isOne ? givenLabel : "")
  }

  private func blanks(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }
}

extension RecordedReplay {
  private var deviation: Deviation { recording.deviation }

  /// The figures that are compared, with their names.
  fileprivate var rows: [(name: String, value: String)] {
    let figures = replay.figures
    return [
      ("opened", figures.opened.grouped), ("counted", figures.counted.grouped),
      ("peak members", figures.peakMembers.grouped),
      ("notifications", figures.notifications.grouped),
      ("frames sent", recording.frames.grouped),
      ("largest deviation", deviation.largest.grouped),
      ("mean deviation", deviation.mean), ("mean deviation, relative", deviation.meanPercent),
    ]
  }

  /// The notifications and the deviation, in one line.
  fileprivate var summary: String {
    "\(replay.figures.notifications.grouped) notifications in \(recording.frames.grouped) frames;"
      + " off by at most \(deviation.largest.grouped), on average \(deviation.mean)"
      + " (\(deviation.meanPercent))"
  }

  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    replay.figures.writeMembers(to: &writer)
    writer.member("frames", recording.frames)
    writer.member("largest_deviation", deviation.largest)
    writer.member("mean_deviation", decimal: decimal(deviation.meanInThousandths, 1000))
    writer.member("mean_deviation_percent", decimal: decimal(deviation.meanInBasisPoints, 100))
    writer.endObject()
  }
}

extension Deviation {
  fileprivate var mean: String { decimal(meanInThousandths, 1000) }
  fileprivate var meanPercent: String { "\(decimal(meanInBasisPoints, 100)) %" }
}

/// `parts` / `denominator` as a decimal number. Precondition: the denominator is a power of ten.
private func decimal(_ parts: UInt64, _ denominator: UInt64) -> String {
  "\(parts / denominator).\("\(denominator + parts % denominator)".dropFirst())"
}
