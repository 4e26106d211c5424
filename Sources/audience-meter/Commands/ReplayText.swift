import MeterIO
import MeterModel

/// Prints the log as text, without its comments. A snapshot, records that are missing and the
/// beginning of another section have no text form and are printed as comments.
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
  private var writer = LogTextWriter()
  private var sections = 0

  init(_ settings: ReplaySettings) {
    self.settings = settings
    reader.maximumBatch = 1
  }

  mutating func take(_ piece: [UInt8]) {
    if piece.isEmpty { reader.finish() } else { reader.append(piece.span) }
    while let item = reader.next() { write(item) }
  }

  private mutating func write(_ item: LogItem) {
    switch item {
    case .section(let section):
      sections += 1
      if sections > 1 { writer.write(comment: "section \(sections)") }
      var configuration = section.configuration
      settings.changes.apply(to: &configuration)
      writer.write(configuration)
    case .records:
      for record in reader.records {
        writer.write(reader.textEvent(record.event), at: record.instant)
      }
    case .checkpoint: break
    case .gap(let gap):
      writer.write(comment: "\(gap.records) records are missing")
      status = worse(status, report(.gap(gap), of: settings.logPath))
    case .snapshot(let snapshot, _):
      let open = snapshot.connections.count { $0.phase != .dismissed }
      writer.write(
        comment: "at \(snapshot.now.decimalSeconds), \(open) connections are open in "
          + "\(snapshot.namespaces.count) namespaces")
    case .end(let instant, _): writer.writeEnd(at: instant)
    case .torn(let tear): status = worse(status, report(.torn(tear), of: settings.logPath))
    case .damage(let damage):
      status = worse(status, report(.damage(damage), of: settings.logPath))
    }
  }

  /// Writes the text so far, if it is long enough or the last; false if that failed.
  mutating func flush(isLast: Bool) -> Bool {
    guard isLast || writer.bytes.count > 65_536 else { return true }
    defer { writer.bytes.removeAll(keepingCapacity: true) }
    return writeToStandardOutput(writer.bytes) == .success
  }
}
