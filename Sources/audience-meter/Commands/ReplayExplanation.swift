import MeterIO
import MeterModel

/// Prints the counts that the viewers of a namespace had been sent by a time, and the reasons.
func explain(_ file: borrowing InputFile, _ settings: ReplaySettings) -> ExitStatus {
  guard let moment = settings.moment else { return .usage }
  var explainer = Explainer(moment, in: settings.span)
  var progress = Progress(through: file)
  var replay = Replay(detail: .changes, changes: settings.changes)
  let status = play(file, settings.logPath, &progress) { piece, progress in
    var status = ExitStatus.success
    replay.take(piece) { step, replay in
      explainer.note(step, of: replay)
      status = worse(status, reportTroubles(step, of: settings.logPath, &progress))
    }
    return (replay.figures.records, status)
  }
  progress.clear()
  guard let explanation = explainer.explanation else {
    if status == .success { printError("--explain: \(settings.logPath) has no \(moment.absence)") }
    return worse(status, .failure)
  }
  if let fault = settings.fault(of: explainer.follower) {
    printError(fault)
    return worse(status, .failure)
  }
  let text = explanation.text(namespace: moment.namespace, sections: explainer.sections)
  return worse(status, writeToStandardOutput(text))
}

extension Moment {
  /// What a log lacks that does not have the moment.
  fileprivate var absence: String {
    switch time {
    case .instant(_, let section): "section \(section.map(String.init) ?? "")"
    case .wall(let time): "section with a wall clock that begins before \(time.text)"
    }
  }
}

/// Reads a log from beginning to end. `take` is called with each piece, and at last with an empty
/// one; it returns the number of records that were replayed so far and a status.
func play(
  _ file: borrowing InputFile, _ path: String, _ progress: inout Progress,
  take: ([UInt8], inout Progress) -> (records: UInt64, status: ExitStatus)
) -> ExitStatus {
  var status = ExitStatus.success
  while true {
    do throws(InputFileError) {
      let piece = try file.read()
      let result = take(piece, &progress)
      status = worse(status, result.status)
      progress.note(bytes: piece.count, records: result.records)
      if piece.isEmpty { return status }
    } catch {
      progress.clear()
      printError("\(path): \(error.reason)")
      return .failure
    }
  }
}

/// Prints the fault of a log, if the step is one, and returns the exit status for it.
func reportTroubles(
  _ step: Replay.Step, of path: String, _ progress: inout Progress
) -> ExitStatus {
  switch step {
  case .section, .read, .applied, .restored, .end: return .success
  case .gap, .difference, .torn, .damage:
    progress.clear()
    return report(step, of: path)
  }
}

extension Replay {
  /// Replays the next bytes of a log, or its end if they are empty, and shows each step.
  mutating func take(_ piece: [UInt8], show: (Step, borrowing Replay) -> Void) {
    if piece.isEmpty { finish() } else { append(piece.span) }
    while let step = next() { show(step, self) }
  }
}
