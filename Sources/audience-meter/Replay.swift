import Glibc
import MeterIO
import MeterModel

/// Replays a log in its text form: prints its effects, the log itself, or the figures of the run.
func runReplay(_ settings: ReplaySettings) -> ExitStatus {
  let file: InputFile
  do throws(InputFileError) {
    file = try InputFile(path: settings.logPath)
  } catch {
    complain("\(settings.logPath): \(error.reason)")
    return .failure
  }
  return settings.text ? printLog(file, settings) : replay(file, settings)
}

/// Prints the log as it is read: comments and spacing gone, options in front.
private func printLog(_ file: borrowing InputFile, _ settings: ReplaySettings) -> ExitStatus {
  var reader = TextLogReader()
  var writer = LogTextWriter()
  var hasOptions = false
  let status = forEachLine(of: file, settings) { line throws(TextLogError) in
    let statement = try reader.read(line)
    if case .nothing = statement { return .success }
    if case .option = statement { return .success }
    if !hasOptions {
      hasOptions = true
      writer.write(configuration(of: reader, settings))
    }
    switch statement {
    case .nothing, .option: break
    case .event(let instant, let event): writer.write(event, at: instant)
    case .end(let instant): writer.writeEnd(at: instant)
    }
    return flush(&writer)
  }
  if !hasOptions { writer.write(configuration(of: reader, settings)) }
  return worse(status, flush(&writer, all: true))
}

/// Feeds the log to a meter.
private func replay(_ file: borrowing InputFile, _ settings: ReplaySettings) -> ExitStatus {
  let changes = settings.changes
  var replay = TextReplay { configuration in
    var configuration = configuration
    changes.apply(to: &configuration)
    return Meter(configuration: configuration)
  }
  let started = ContinuousClock.now
  var status = forEachLine(of: file, settings) { line throws(TextLogError) in
    try replay.read(line)
    if settings.effects { return flush(&replay.writer) }
    replay.writer.bytes.removeAll(keepingCapacity: true)
    return .success
  }
  if status == .failure { return status }
  replay.finish()
  if settings.effects {
    status = worse(status, flush(&replay.writer, all: true))
  } else {
    let figures = figures(of: replay, seconds: started.duration(to: .now))
    status = worse(status, writeToStandardOutput(figures))
  }
  return status
}

/// The figures of a run, a line each.
private func figures(of replay: TextReplay<Meter>, seconds: Swift.Duration) -> String {
  let (whole, attoseconds) = seconds.components
  let elapsed = max(1e-9, Double(whole) + Double(attoseconds) / 1e18)
  let rate = UInt64(Double(replay.events) / elapsed)
  return """
    records            \(replay.events)
    duration           \(replay.reader.latest.decimalSeconds) s
    namespaces         \(replay.meter?.createdNamespaces ?? 0)
    opened             \(replay.greetings)
    counted            \(replay.meter?.countedConnections ?? 0)
    peak members       \(replay.meter?.peakMembers ?? 0)
    notifications      \(replay.notifications)
    digest             \(hexadecimal(replay.digest.value))
    events per second  \(rate)

    """
}

private func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

private func configuration(
  of reader: TextLogReader, _ settings: ReplaySettings
) -> Configuration {
  var configuration = reader.configuration
  settings.changes.apply(to: &configuration)
  return configuration
}

/// Reads a file line by line; what stands before a malformed line has been taken by then.
private func forEachLine(
  of file: borrowing InputFile, _ settings: ReplaySettings,
  _ take: ([UInt8]) throws(TextLogError) -> ExitStatus
) -> ExitStatus {
  var lines = LineSplitter()
  do {
    while true {
      let piece = try file.read()
      if piece.isEmpty { break }
      lines.append(piece.span)
      while let line = lines.next() {
        let status = try take(line)
        if status != .success { return status }
      }
    }
    if let line = lines.rest() { return try take(line) }
    return .success
  } catch let error as TextLogError {
    complain("\(settings.logPath): line \(error.line): \(error.reason)")
    return .dataError
  } catch let error as InputFileError {
    complain("\(settings.logPath): \(error.reason)")
    return .failure
  } catch {
    fatalError("\(error)")
  }
}

/// Writes what has been gathered, when there is enough of it, or `all`.
private func flush(_ writer: inout LogTextWriter, all: Bool = false) -> ExitStatus {
  guard all || writer.bytes.count > 65_536 else { return .success }
  let status = writeToStandardOutput(writer.bytes)
  writer.bytes.removeAll(keepingCapacity: true)
  return status
}

private func worse(_ first: ExitStatus, _ second: ExitStatus) -> ExitStatus {
  first == .success ? second : first
}
