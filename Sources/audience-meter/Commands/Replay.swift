import Glibc
import MeterIO
import MeterModel

/// Replays logs, one after the other: prints their effects, the logs themselves, an explanation, or
/// the figures of the run.
func runReplay(_ settings: ReplaySettings) -> ExitStatus {
  var failedPath = ""
  do throws(InputFileError) {
    var files = try LogFiles.open(
      settings.logPaths, twice: settings.svgPath != nil, failedPath: &failedPath)
    if settings.text { return printLog(&files, settings) }
    if settings.listsNamespaces { return listNamespaces(&files, settings) }
    if settings.moment != nil { return explain(&files, settings) }
    if settings.compares || settings.svgPath != nil { return draw(&files, settings) }
    guard let path = settings.csvPath else { return replay(&files, settings, series: nil) }
    do throws(SystemError) {
      return replay(&files, settings, series: SeriesFile(try OutputFile(path: path), path))
    } catch {
      printError("--csv \(path): \(error.description)")
      return .failure
    }
  } catch {
    printError("\(failedPath): \(error.reason)")
    return .failure
  }
}

/// Replays the logs with a meter, and prints its effects or its figures.
private func replay(
  _ files: inout LogFiles, _ settings: ReplaySettings, series: consuming SeriesFile?
) -> ExitStatus {
  var output = ReplayOutput(settings, series: series)
  var progress = Progress(through: files, printsMuch: settings.effects)
  let clock = Clock()
  while !files.isFinished {
    let piece: [UInt8]
    do throws(InputFileError) {
      piece = try files.read()
    } catch {
      progress.clear()
      printError("\(files.path): \(error.reason)")
      return .failure
    }
    progress.path = files.path
    let isWritten = output.take(piece, &progress)
    let figures = output.replay.figures
    progress.note(bytes: piece.count, records: figures.records)
    if piece.isEmpty, let line = files.noteEnd(at: figures.ends) {
      progress.clear()
      printError(line)
    }
    guard isWritten else {
      progress.clear()
      return .failure
    }
  }
  progress.clear()
  guard output.finish() else { return .failure }
  if !settings.effects, settings.csvPath != standardStream {
    let figures = output.replay.figures
    let elapsed = clock.now - .start
    let text =
      settings.json ? figures.json : figures.text(elapsed: elapsed, meter: output.meterTime)
    output.status = worse(output.status, writeToStandardOutput(text))
  }
  return output.status
}

/// A replay, and its output that was not written yet.
private struct ReplayOutput: ~Copyable {
  /// The replay.
  private(set) var replay: Replay

  /// The exit status so far.
  var status = ExitStatus.success

  /// The time that the meter took; nil where reading and the meter cannot be measured separately.
  private(set) var meterTime: Duration?

  private let settings: ReplaySettings
  private let clock = Clock()

  private var effects = LogTextWriter()
  private var series: AudienceSeries?
  private let file: SeriesFile?

  init(_ settings: ReplaySettings, series file: consuming SeriesFile?) {
    self.settings = settings
    var detail: Replay.Detail = settings.effects ? .records : .batches
    if file != nil {
      series = AudienceSeries(of: settings.span, every: settings.step)
      detail = .changes
    }
    self.file = file
    replay = Replay(detail: detail, changes: settings.changes)
  }

  /// Replays the next bytes of a log, or its end if they are empty. False if the output could not
  /// be written.
  mutating func take(_ piece: [UInt8], _ progress: inout Progress) -> Bool {
    if piece.isEmpty { replay.finish() } else { replay.append(piece.span) }
    let isMeasured = series == nil && !settings.effects
    var start = clock.now
    while let step = replay.next() {
      switch step {
      case .read: meterTime = meterTime ?? .zero
      case .applied where isMeasured:
        let spent = clock.now - start
        meterTime = meterTime.map { Duration(nanoseconds: $0.nanoseconds + spent.nanoseconds) }
      case .section, .applied, .gap, .restored, .difference, .end, .torn, .damage: break
      }
      note(step, &progress)
      // A quiet time of a log can have many rows.
      guard flush(isLast: false) else { return false }
      if isMeasured { start = clock.now }
    }
    return true
  }

  /// Writes the rest of the output, after the last log. False if that failed.
  mutating func finish() -> Bool {
    if let fault = series.flatMap({ settings.fault(of: $0.follower) }) {
      printError(fault)
      status = worse(status, .failure)
    }
    return flush(isLast: true)
  }

  private mutating func note(_ step: Replay.Step, _ progress: inout Progress) {
    series?.note(step, of: replay)
    switch step {
    case .applied, .restored:
      guard settings.effects else { return }
      for effect in replay.effects {
        effects.write(effect, names: replay.reader, text: replay.text(of: effect))
      }
    case .section, .read, .end: break
    case .gap, .difference, .torn, .damage:
      progress.clear()
      status = worse(status, report(step, of: progress.path))
    }
  }

  /// Writes the output so far, if it is long enough or the last; false if that failed.
  private mutating func flush(isLast: Bool) -> Bool {
    let rows = series?.bytes.count ?? 0
    if rows > 65_536 || isLast && rows > 0 {
      guard file?.write(Array(series?.bytes ?? [])) != false else { return false }
      series?.bytes.removeAll(keepingCapacity: true)
    }
    guard isLast || effects.bytes.count > 65_536 else { return true }
    defer { effects.bytes.removeAll(keepingCapacity: true) }
    return effects.bytes.isEmpty || writeToStandardOutput(effects.bytes) == .success
  }
}

extension Replay {
  /// A replay with the settings of the log and these changes.
  init(detail: Detail, changes: ConfigurationChanges) {
    let key = randomKey()
    if changes.isEmpty {
      self.init(detail: detail, key: key)
    } else {
      self.init(detail: detail, key: key) { changes.apply(to: &$0) }
    }
  }
}

/// A file of comma-separated values.
private struct SeriesFile: ~Copyable {
  private let file: OutputFile
  private let path: String

  init(_ file: consuming OutputFile, _ path: String) {
    self.file = file
    self.path = path
  }

  /// Writes all of the bytes. If that fails, it prints the reason and returns false.
  func write(_ bytes: [UInt8]) -> Bool {
    do throws(SystemError) {
      try file.write(bytes)
      return true
    } catch {
      // The reader of standard output has seen enough (`| head`).
      if error.code != EPIPE { printError("--csv \(path): \(error.description)") }
      return false
    }
  }
}

/// A random key for the tables of the names of a log, which strangers may have chosen.
func randomKey() -> HashKey {
  HashKey(UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
}

/// Prints a fault of a log on standard error, and returns the exit status for it.
func report(_ step: Replay.Step, of path: String) -> ExitStatus {
  switch step {
  case .gap(let gap):
    printError(
      "\(path): \(gap.records) records are missing from \(gap.since.decimalSeconds) s on")
    return .success
  case .torn(let tear):
    printError(
      "\(path): the section stops at byte \(tear.offset) without an end"
        + (tear.bytes == 0 ? "" : ", in a block that was never finished (\(tear.bytes) bytes)"))
    return .success
  case .difference(let instant):
    printError(
      "\(path): by \(instant.decimalSeconds) s the effects are not those that the log remembers")
    return .difference
  case .damage(let damage):
    printError("\(path): \(damage.place): \(damage.reason)")
    return .dataError
  case .section, .read, .applied, .restored, .end:
    return .success
  }
}

/// The first of two statuses, or the second if the first is success.
func worse(_ first: ExitStatus, _ second: ExitStatus) -> ExitStatus {
  first == .success ? second : first
}
