import MeterIO
import MeterModel

/// Prints the log as text, without its comments.
func printLog(_ file: borrowing InputFile, _ settings: ReplaySettings) -> ExitStatus {
  var printer = LogPrinter(settings)
  while true {
    do throws(InputFileError) {
      let piece = try file.read()
      printer.take(piece)
      guard printer.flush(isLast: piece.isEmpty) else { return .failure }
      if piece.isEmpty { return printer.status }
    } catch {
      printError("\(settings.logPath): \(error.reason)")
      return .failure
    }
  }
}

/// Turns a log into text.
private struct LogPrinter {
  private(set) var status = ExitStatus.success

  private let settings: ReplaySettings
  private var reader = LogReader(key: randomKey())
  private var transcript: LogTranscript

  init(_ settings: ReplaySettings) {
    self.settings = settings
    transcript = LogTranscript { settings.changes.apply(to: &$0) }
    reader.maximumBatch = 1
  }

  mutating func take(_ piece: [UInt8]) {
    if piece.isEmpty { reader.finish() } else { reader.append(piece.span) }
    while let item = reader.next() {
      transcript.write(item, of: reader)
      switch item {
      case .section, .records, .checkpoint, .snapshot, .end: break
      case .gap(let gap): status = worse(status, report(.gap(gap), of: settings.logPath))
      case .torn(let tear): status = worse(status, report(.torn(tear), of: settings.logPath))
      case .damage(let damage):
        status = worse(status, report(.damage(damage), of: settings.logPath))
      }
    }
  }

  /// Writes the text so far, if it is long enough or the last; false if that failed.
  mutating func flush(isLast: Bool) -> Bool {
    guard isLast || transcript.bytes.count > 65_536 else { return true }
    defer { transcript.bytes.removeAll(keepingCapacity: true) }
    return writeToStandardOutput(transcript.bytes) == .success
  }
}
