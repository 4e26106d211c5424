import MeterIO
import MeterModel

/// Prints logs as one text, without their comments.
func printLog(_ files: inout LogFiles, _ settings: ReplaySettings) -> ExitStatus {
  var printer = LogPrinter(settings)
  while !files.isFinished {
    do throws(InputFileError) {
      let piece = try files.read()
      printer.take(piece, of: files.path)
      if piece.isEmpty, let line = files.noteEnd(at: printer.end) { printError(line) }
      guard printer.flush(isLast: files.isFinished) else { return .failure }
    } catch {
      printError("\(files.path): \(error.reason)")
      return .failure
    }
  }
  return printer.status
}

/// Turns logs into text.
private struct LogPrinter {
  private(set) var status = ExitStatus.success

  /// The time of the wall clock up to which the section is known; nil where it is unknown.
  private(set) var end: UTCTime?
  private var start: UTCTime?

  private var reader = LogPrinter.makeReader()
  private var transcript: LogTranscript

  init(_ settings: ReplaySettings) {
    transcript = LogTranscript { settings.changes.apply(to: &$0) }
  }

  private static func makeReader() -> LogReader {
    var reader = LogReader(key: randomKey())
    reader.maximumBatch = 1
    return reader
  }

  /// Takes the next bytes of a log, or its end if they are empty.
  mutating func take(_ piece: [UInt8], of path: String) {
    if piece.isEmpty { reader.finish() } else { reader.append(piece.span) }
    while let item = reader.next() {
      transcript.write(item, of: reader)
      switch item {
      case .section(let section):
        start = section.wallStart.map { UTCTime(unixNanoseconds: $0) }
        end = start
      case .checkpoint(let instant, _), .end(let instant, _): end = start?.time(at: instant)
      case .records, .snapshot: break
      case .gap(let gap): status = worse(status, report(.gap(gap), of: path))
      case .torn(let tear): status = worse(status, report(.torn(tear), of: path))
      case .damage(let damage): status = worse(status, report(.damage(damage), of: path))
      }
    }
    if piece.isEmpty { reader = Self.makeReader() }
  }

  /// Writes the text so far, if it is long enough or the last; false if that failed.
  mutating func flush(isLast: Bool) -> Bool {
    guard isLast || transcript.bytes.count > 65_536 else { return true }
    defer { transcript.bytes.removeAll(keepingCapacity: true) }
    return writeToStandardOutput(transcript.bytes) == .success
  }
}
