import MeterIO
import MeterModel

/// Draws a log, or compares two replays of it, or both. For a picture the log is read twice: to
/// find its length and its largest namespaces, and to record them.
func draw(_ files: inout LogFiles, _ settings: ReplaySettings) -> ExitStatus {
  let (ownChanges, givenChanges) = settings.comparedChanges
  let isDrawn = settings.svgPath != nil
  var progress = Progress(through: files, readings: isDrawn ? 2 : 1)
  var plan: AudienceCensus?
  if isDrawn {
    // The namespaces of a comparison are the largest with the first of the settings.
    var census = AudienceCensus(limit: AudiencePicture.namespaces, in: settings.span)
    guard readFirst(&files, ownChanges, &census, &progress) else { return .failure }
    plan = census
  }
  let clock = Clock()
  let compares = settings.compares
  var own = RecordedReplay(changes: ownChanges, plan, in: settings.span, isCompared: compares)
  var given =
    compares
    ? RecordedReplay(changes: givenChanges, plan, in: settings.span, isCompared: true) : nil
  var status = play(&files, &progress) { piece, progress in
    var status = ExitStatus.success
    own.take(piece) { status = worse(status, reportTroubles($0, &progress)) }
    given?.take(piece) { _ in }
    return (own.replay.figures, status)
  }
  own.finish()
  given?.finish()
  progress.clear()
  if let fault = settings.fault(of: own.recording.follower) {
    printError(fault)
    return worse(status, .failure)
  }
  let elapsed = clock.now - .start
  let text: String
  if let given {
    let comparison = ReplayComparison(first: own, second: given, settings)
    status = worse(status, writePicture(settings) { comparison.picture($0) })
    text = settings.json ? comparison.json : comparison.text
  } else {
    status = worse(status, writePicture(settings) { own.picture($0) })
    let figures = own.replay.figures
    text = settings.json ? figures.json : figures.text(elapsed: elapsed)
  }
  // Standard output has the picture only.
  if settings.svgPath == standardStream { return status }
  return worse(status, writeToStandardOutput(text))
}

/// Reads the logs for a census, and rewinds them. Returns false if that failed, which was printed.
private func readFirst(
  _ files: inout LogFiles, _ changes: ConfigurationChanges, _ census: inout AudienceCensus,
  _ progress: inout Progress
) -> Bool {
  var replay = Replay(silentWith: changes)
  let status = play(&files, &progress) { piece, _ in
    replay.take(piece) { census.note($0, of: $1) }
    return (replay.figures, .success)
  }
  guard status == .success else { return false }
  do throws(InputFileError) {
    try files.rewind()
  } catch {
    progress.clear()
    let reason = "cannot be read a second time, as a picture needs: \(error.reason)"
    printError("\(files.path): \(reason)")
    return false
  }
  progress.beginAgain()
  return true
}

/// Writes the picture of the log, if one was asked for. `make` draws it with the name of the log.
private func writePicture(
  _ settings: ReplaySettings, _ make: (String) -> [UInt8]
) -> ExitStatus {
  guard let path = settings.svgPath else { return .success }
  let name = settings.logName
  do throws(SystemError) {
    try OutputFile(path: path).write(make(name.split(separator: "/").last.map(String.init) ?? name))
    return .success
  } catch {
    printError("--svg \(path): \(error.description)")
    return .failure
  }
}

extension Replay {
  /// A replay with these changes and without notifications, which change no count: a census needs
  /// only counts, and a quiet time of years costs it nothing.
  init(silentWith changes: ConfigurationChanges) {
    self.init(detail: .changes, key: randomKey()) { configuration in
      changes.apply(to: &configuration)
      configuration.notifyMinDelay = .maximum
      configuration.notifyMaxDelay = .maximum
    }
  }
}

/// A replay and its recording.
struct RecordedReplay {
  private(set) var replay: Replay
  private(set) var recording: AudienceRecording

  /// The settings of the first section.
  private(set) var configuration: Configuration?

  /// A replay with a recording of the namespaces of a census; nil for one without curves. Only a
  /// comparison has deviations.
  init(
    changes: ConfigurationChanges, _ census: AudienceCensus?, in span: LogSpan = LogSpan(),
    isCompared: Bool = false
  ) {
    replay = Replay(detail: .changes, changes: changes)
    recording =
      census.map {
        AudienceRecording(
          of: $0.largest, along: ChartTimeline($0.runs), columns: ChartMeasures.columns, in: span,
          measuresDeviation: isCompared)
      } ?? AudienceRecording(of: span)
  }

  /// Replays the next bytes of a log, or its end if they are empty.
  mutating func take(_ piece: [UInt8], show: (Replay.Step) -> Void) {
    if piece.isEmpty { replay.finish() } else { replay.append(piece.span) }
    while let step = replay.next() {
      recording.note(step, of: replay)
      if configuration == nil, case .section(let section) = step {
        configuration = section.configuration
      }
      show(step)
    }
  }

  /// Ends the recording, after the last log.
  mutating func finish() {
    recording.finish()
  }

  /// The picture of the recording, with the name of the log.
  func picture(_ name: String) -> [UInt8] {
    // The limit of connections depends on the machine of the daemon and is left out.
    let differences = (configuration ?? Configuration()).differences(from: Configuration())
      .filter { $0.name != ConfigurationOption.maximumConnections.rawValue }
    var notes = [replay.figures.summary] + recording.placeInWords
    if !differences.isEmpty {
      notes.append(differences.map { "\($0.name) \($0.value)" }.joined(separator: " · "))
    }
    return AudiencePicture(title: "Audience of \(name)", notes: notes).draw(recording)
  }
}
