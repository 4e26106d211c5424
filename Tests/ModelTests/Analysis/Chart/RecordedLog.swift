import MeterModel

/// A log that was read twice, for a picture.
struct RecordedLog {
  let census: AudienceCensus
  let recording: AudienceRecording

  /// The recording of at most `limit` namespaces of a log in text.
  init(
    _ log: String, limit: Int = 10, columns: Int = 10,
    whatIf adjust: (@Sendable (inout Configuration) -> Void)? = nil
  ) {
    var census = AudienceCensus(limit: limit)
    Self.play(Array(log.utf8), adjust, detail: .changes) { census.note($0, of: $1) }
    var recording = AudienceRecording(
      of: census.largest, along: ChartTimeline(census.runs), columns: columns)
    Self.play(Array(log.utf8), adjust, detail: .changes) { recording.note($0, of: $1) }
    recording.finish()
    self.census = census
    self.recording = recording
  }

  static func play(
    _ log: [UInt8], _ adjust: (@Sendable (inout Configuration) -> Void)?,
    detail: Replay.Detail = .instants, show: (Replay.Step, borrowing Replay) -> Void
  ) {
    var replay = adjust.map { Replay(detail: detail, whatIf: $0) } ?? Replay(detail: detail)
    replay.append(log.span)
    while let step = replay.next() { show(step, replay) }
    replay.finish()
    while let step = replay.next() { show(step, replay) }
  }
}

extension ChartCurve {
  /// The columns as text: `3` where the value is steady, `1-9` where it is not, `.` where it is
  /// absent.
  var text: String {
    columns.map { column in
      guard column.isPresent else { return "." }
      return column.minimum == column.maximum
        ? "\(column.minimum)" : "\(column.minimum)-\(column.maximum)"
    }.joined(separator: " ")
  }
}
