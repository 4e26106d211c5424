import MeterIO
import MeterModel

/// Prints the counts that the viewers of a namespace had been sent by a time, and the reasons.
func explain(_ files: inout LogFiles, _ settings: ReplaySettings) -> ExitStatus {
  guard let moment = settings.moment else { return .usage }
  var explainer = Explainer(moment, in: settings.span)
  let (_, status) = replayChanges(&files, settings.changes) { explainer.note($0, of: $1) }
  guard let explanation = explainer.explanation else {
    if status == .success { printError("--explain: \(settings.logName) has no \(moment.absence)") }
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
    case .instant(let instant, let section):
      "section \(section.map { "\($0) " } ?? "")with second \(instant.decimalSeconds)"
    case .wall(let time): "section with a wall clock that begins before \(time.text)"
    }
  }
}

/// Prints the fault of the log that is being read, if the step is one, and returns the exit status
/// for it.
func reportTroubles(_ step: Replay.Step, _ progress: inout Progress) -> ExitStatus {
  switch step {
  case .section, .read, .applied, .restored, .end: return .success
  case .gap, .difference, .torn, .damage:
    progress.clear()
    return report(step, of: progress.path)
  }
}

extension Replay {
  /// Replays the next bytes of a log, or its end if they are empty, and shows each step.
  mutating func take(_ piece: [UInt8], show: (Step, borrowing Replay) -> Void) {
    if piece.isEmpty { finish() } else { append(piece.span) }
    while let step = next() { show(step, self) }
  }
}
