import MeterIO
import MeterModel

/// Draws a log, or compares its replay with one with other settings, or both. The log is read
/// twice: to find its length and its largest namespaces, and to record them.
func draw(_ file: borrowing InputFile, _ settings: ReplaySettings) -> ExitStatus {
  var progress = Progress(through: file, readings: 2)
  var census = AudienceCensus(limit: AudiencePicture.namespaces)
  // The namespaces of a comparison are the largest with the settings of the log.
  let ownChanges = settings.compares ? ConfigurationChanges() : settings.changes
  var first = Replay(detail: .instants, changes: ownChanges)
  var length = 0
  var status = play(file, settings.logPath, &progress) { piece, _ in
    length += piece.count
    first.take(piece) { census.note($0, of: $1) }
    return (first.figures.records, .success)
  }
  guard status == .success else { return status }
  do throws(InputFileError) {
    try file.rewind()
  } catch {
    progress.clear()
    let reason = "cannot be read a second time, as a picture needs: \(error.reason)"
    printError("\(settings.logPath): \(reason)")
    return .failure
  }
  progress.beginAgain()
  let clock = Clock()
  let plan = (census.largest, ChartTimeline(census.runs))
  var own = RecordedReplay(changes: ownChanges, plan)
  var given = settings.compares ? RecordedReplay(changes: settings.changes, plan) : nil
  status = play(file, settings.logPath, &progress) { piece, progress in
    // A daemon may still write the log. Bytes that were appended since the first reading are left
    // out.
    guard length > 0 || piece.isEmpty else { return (own.replay.figures.records, .success) }
    let piece = Array(piece.prefix(length))
    length -= piece.count
    var status = ExitStatus.success
    own.take(piece) {
      status = worse(status, reportTroubles($0, of: settings.logPath, &progress))
    }
    given?.take(piece) { _ in }
    return (own.replay.figures.records, status)
  }
  progress.clear()
  let elapsed = clock.now - .start
  if let given {
    let comparison = ReplayComparison(own: own, given: given)
    status = worse(status, writePicture(settings) { comparison.picture($0) })
    let text = settings.json ? comparison.json : comparison.text
    return worse(status, writeToStandardOutput(text))
  }
  status = worse(status, writePicture(settings) { own.picture($0) })
  let figures = own.replay.figures
  let text = settings.json ? figures.json : figures.text(elapsed: elapsed)
  return worse(status, writeToStandardOutput(text))
}

/// Writes the picture of the log, if one was asked for. `make` draws it with the name of the log.
private func writePicture(
  _ settings: ReplaySettings, _ make: (String) -> [UInt8]
) -> ExitStatus {
  guard let path = settings.svgPath else { return .success }
  let name = settings.logPath == "-" ? "standard input" : settings.logPath
  do throws(SystemError) {
    try OutputFile(path: path).write(make(name.split(separator: "/").last.map(String.init) ?? name))
    return .success
  } catch {
    printError("--svg \(path): \(error.description)")
    return .failure
  }
}

/// A replay and its recording.
struct RecordedReplay {
  private(set) var replay: Replay
  private(set) var recording: AudienceRecording

  /// The settings of the first section.
  private(set) var configuration: Configuration?

  init(
    changes: ConfigurationChanges, _ plan: (ContiguousArray<NamespacePeak>, ChartTimeline)
  ) {
    replay = Replay(detail: .instants, changes: changes)
    recording = AudienceRecording(of: plan.0, along: plan.1, columns: ChartMeasures.columns)
  }

  /// Replays the next bytes of the log, or its end if they are empty.
  mutating func take(_ piece: [UInt8], show: (Replay.Step) -> Void) {
    if piece.isEmpty { replay.finish() } else { replay.append(piece.span) }
    while let step = replay.next() {
      recording.note(step, of: replay)
      if configuration == nil, case .section(let section) = step {
        configuration = section.configuration
      }
      show(step)
    }
    if piece.isEmpty { recording.finish() }
  }

  /// The picture of the recording, with the name of the log.
  func picture(_ name: String) -> [UInt8] {
    var notes = [replay.figures.summary]
    if let dates = recording.timeline.datesInWords { notes.append(dates) }
    // The limit of connections depends on the machine of the daemon and is left out.
    let differences = (configuration ?? Configuration()).differences(from: Configuration())
      .filter { $0.name != ConfigurationOption.maximumConnections.rawValue }
    if !differences.isEmpty {
      notes.append(differences.map { "\($0.name) \($0.value)" }.joined(separator: " · "))
    }
    return AudiencePicture(title: "Audience of \(name)", notes: notes).draw(recording)
  }
}
