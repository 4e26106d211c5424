import Foundation
import Glibc
import MeterModel
import Testing

/// Files of captured runs that are damaged at the start, or that other programs change while the
/// daemon captures into them (§7).
@Suite struct `The file of a captured run` {
  private let folder: TemporaryFolder
  private let log: String

  init() throws {
    folder = try TemporaryFolder()
    log = "\(folder.path)/run.log"
  }

  /// The figures of a log that is whole.
  private func replay(_ path: String) throws -> [String: String] {
    let run = try ProgramRun("replay", path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.figures["verified"] == "yes", "\(run.output)")
    return run.figures
  }

  /// The number of streams in the log so far.
  private func opened() throws -> Int {
    Int(try ProgramRun("replay", log).figures["opened"] ?? "") ?? 0
  }

  /// Opens streams, and waits until the log has them.
  private func open(_ count: Int, of daemon: RunningDaemon) throws -> [EventStream] {
    let before = try opened()
    let streams = try (0..<count).map { _ in try EventStream("/ns", of: daemon) }
    try eventually("the streams in the log") { try opened() == before + count }
    return streams
  }

  /// Waits until the log has a new section after so many bytes; then opens streams, and waits until
  /// the log has them.
  private func open(
    _ count: Int, of daemon: RunningDaemon, beyond size: Int
  ) throws -> [EventStream] {
    try eventually("a new section") {
      var status = stat()
      return stat(log, &status) == 0 && status.st_size > size
    }
    return try open(count, of: daemon)
  }

  /// Waits for a line of the daemon about its capture, while streams come and go.
  private func awaitLine(_ words: String, of daemon: RunningDaemon) throws {
    let stream = try EventStream("/other", of: daemon)
    let line = try daemon.nextLine()
    #expect(line.hasPrefix("audience-meter: --capture: \(log): \(words)"), "\(line)")
    stream.client.close()
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test(arguments: [0, 5, 100, 300])
  func `a file that is truncated under the daemon goes on with a new section`(
    size: Int
  ) throws {
    let daemon = try RunningDaemon.start(["--capture", log])
    let streams = try open(20, of: daemon)
    try #require(try bytes(log).count > size)
    #expect(truncate(log, off_t(size)) == 0)
    try awaitLine("it was truncated to \(size) bytes; the log goes on with", of: daemon)
    let more = try open(5, of: daemon, beyond: size)
    try daemon.stop()
    #expect(daemon.laterLines.split(separator: "\n").count == 1, "\(daemon.laterLines)")
    // The snapshot at the section's beginning has the viewers who came before it.
    #expect(try replay(log)["verified"] == "yes")
    let figures = try ProgramRun("replay", log, "--json").output
    #expect(["25", "26"].contains { figures.contains("\"peak_members\":\($0)") }, "\(figures)")
    try RunningDaemon.serving("--capture", log) { _ = try open(1, of: $0) }
    withExtendedLifetime((streams, more)) {}
  }

  @Test func `a file that is truncated after the last event has a whole section all the same`()
    throws
  {
    let daemon = try RunningDaemon.start(["--capture", log])
    let streams = try open(3, of: daemon)
    #expect(truncate(log, 0) == 0)
    try daemon.stop()
    #expect(try replay(log)["verified"] == "yes")
    withExtendedLifetime(streams) {}
  }

  @Test(
    .enabled(
      if: ChildProgram.path(of: "logrotate") != nil, "needs logrotate in PATH or /usr/sbin"))
  func `logrotate copies and truncates the file, and each copy can be replayed`() throws {
    let configuration = try folder.write(
      "\(log) {\n  copytruncate\n  rotate 9\n  nocompress\n  start 1\n}\n", to: "logrotate.conf")
    #expect(chmod(configuration, 0o644) == 0)
    let daemon = try RunningDaemon.start(["--capture", log])
    var streams: [EventStream] = []
    for turn in 1...3 {
      streams += try open(10, of: daemon, beyond: 0)
      let rotation = try ChildProgram(
        "logrotate", ["--force", "--state", "\(folder.path)/state", configuration]
      ).awaitExit()
      #expect(rotation.status == 0, "\(rotation.standardError)")
      #expect(FileManager.default.fileExists(atPath: "\(log).\(turn)"))
      try awaitLine("it was truncated to 0 bytes", of: daemon)
    }
    streams += try open(1, of: daemon, beyond: 0)
    try daemon.stop()
    for path in [log, "\(log).1", "\(log).2", "\(log).3"] { _ = try replay(path) }
    #expect(try replay("\(log).3")["opened"] == "10")
  }

  @Test(arguments: ["mv FILE FILE.old", "mv FILE FILE.old; : >FILE", "rm FILE"])
  func `a file that is moved or removed is left, and the log goes on in a new one`(
    shell: String
  ) throws {
    let daemon = try RunningDaemon.start(["--capture", log])
    let streams = try open(20, of: daemon)
    let line = shell.replacingOccurrences(of: "FILE", with: log)
    #expect(try ChildProgram("/bin/sh", ["-c", line]).awaitExit().status == 0)
    try awaitLine("it was moved or removed; the log goes on with a new section", of: daemon)
    let more = try open(5, of: daemon, beyond: 0)
    try daemon.stop()
    // No event is missing: the old file has all up to the beginning of the new one.
    if shell.hasPrefix("mv") {
      let opened = try ["\(log).old", log].map { Int(try replay($0)["opened"] ?? "") ?? 0 }
      #expect(opened.reduce(0, +) == 26, "\(opened)")
    } else {
      _ = try replay(log)
    }
    withExtendedLifetime((streams, more)) {}
  }

  @Test func `a file that another one replaces is written on where that one is no log`() throws {
    let daemon = try RunningDaemon.start(["--capture", log])
    let streams = try open(3, of: daemon)
    #expect(rename(log, "\(log).old") == 0)
    _ = try folder.write("not a log", to: "run.log")
    try awaitLine("it was moved or removed; it holds something that is no", of: daemon)
    let more = try EventStream("/ns", of: daemon)
    try daemon.stop()
    #expect(daemon.laterLines.split(separator: "\n").count == 1, "\(daemon.laterLines)")
    #expect(try String(contentsOfFile: log, encoding: .utf8) == "not a log")
    #expect(try replay("\(log).old")["opened"] == "5")
    withExtendedLifetime((streams, more)) {}
  }

  @Test func `a file to which another program appends is put aside`() throws {
    let daemon = try RunningDaemon.start(["--capture", log])
    let streams = try open(3, of: daemon)
    let file = try #require(FileHandle(forWritingAtPath: log))
    file.seekToEndOfFile()
    file.write(Data("something else".utf8))
    try file.close()
    let changed = try bytes(log)
    try awaitLine("it was changed by another program; the log goes on", of: daemon)
    let more = try open(2, of: daemon, beyond: 0)
    try daemon.stop()
    #expect(try bytes("\(log).1") == changed)
    _ = try replay(log)
    withExtendedLifetime((streams, more)) {}
  }

  /// Opens streams with long names until a file is longer than that.
  private func grow(_ path: String, beyond size: Int, of daemon: RunningDaemon) throws {
    var turn = 0
    try eventually("a file of more than \(size) bytes") {
      let name = "n\(turn)-" + String(repeating: "x", count: 240)
      _ = try EventStream("/\(name)", of: daemon)
      turn += 1
      var status = stat()
      return stat(path, &status) == 0 && status.st_size > size
    }
  }

  @Test func `a file that is large enough is put aside only if it is the daemon's own`() throws {
    let first = try RunningDaemon.start(["--capture", log, "--capture-rotate", "64K"])
    let former = try open(1, of: first)
    #expect(rename(log, "\(log).old") == 0)
    // Another daemon captures into a file of this name now.
    let second = try RunningDaemon.start(["--capture", log])
    let latter = try open(2, of: second)
    try grow("\(log).old", beyond: 2 * 65_536, of: first)
    try awaitLine("it was moved or removed; another daemon captures into it; trying", of: first)
    #expect(!FileManager.default.fileExists(atPath: "\(log).1"))
    try second.stop()
    #expect(second.laterLines == "")
    #expect(try replay(log)["opened"] == "2")
    // The file is not in use any more.
    let size = try bytes(log).count
    try awaitLine("it was moved or removed; the log goes on with a new section", of: first)
    let last = try open(1, of: first, beyond: size)
    try first.stop()
    #expect(!FileManager.default.fileExists(atPath: "\(log).1"))
    for path in [log, "\(log).old"] { _ = try replay(path) }
    withExtendedLifetime((former, latter, last)) {}
  }

  @Test func `a file that cannot be put aside is gone on with`() throws {
    // With a further byte, the name would be too long.
    let log = "\(folder.path)/" + String(repeating: "l", count: 254)
    let daemon = try RunningDaemon.start(["--capture", log, "--capture-rotate", "64K"])
    try grow(log, beyond: 3 * 65_536, of: daemon)
    try daemon.stop()
    let words = "--capture: \(log): it is large enough to be put aside; File name too long; trying"
    #expect(daemon.laterLines.split(separator: "\n").count == 1, "\(daemon.laterLines)")
    #expect(daemon.laterLines.contains(words), "\(daemon.laterLines)")
    #expect(try bytes(log).count > 3 * 65_536)
    _ = try replay(log)
  }

  /// A log of a run that has ended.
  private func writeLog() throws -> [UInt8] {
    try RunningDaemon.serving("--capture", log) { _ = try open(20, of: $0) }
    return try bytes(log)
  }

  @Test func `a damaged log is put aside at the start under a name that no file has`() throws {
    let whole = try writeLog()
    var flipped = whole
    flipped[whole.count - 40] ^= 1
    let zeros = [UInt8](repeating: 0, count: 4096)
    for (number, damaged) in [flipped, zeros + whole, whole + zeros, zeros].enumerated() {
      _ = try folder.write(damaged, to: "run.log")
      let daemon = try RunningDaemon.start(["--capture", log])
      let aside = "\(log).\(number + 1)"
      let words = "audience-meter: --capture: \(log): it is damaged at byte "
      #expect(daemon.lines[0].hasPrefix(words), "\(daemon.lines)")
      #expect(daemon.lines[0].hasSuffix("; it is now \(aside)"), "\(daemon.lines)")
      _ = try open(1, of: daemon)
      try daemon.stop()
      #expect(try bytes(aside) == damaged)
      #expect(try replay(log)["opened"] == "1")
    }
  }

  @Test func `a large log is judged while the daemon serves, and put aside if it is damaged`()
    throws
  {
    let whole = try writeLog()
    let section = LogSection(configuration: Configuration())
    var encoder = LogEncoder(section: section, offset: UInt64(whole.count))
    encoder.name(NamespaceID(0), "ns".utf8.span)
    let text = [UInt8](repeating: 0x78, count: 60_000)
    for number in UInt64(1)...300 {
      let instant = Instant(nanoseconds: number)
      encoder.append(MessageID(number), to: NamespaceID(0), text: text.span, at: instant)
      encoder.endBlock(at: instant, digest: Digest())
    }
    encoder.end(at: .start + .seconds(1), digest: Digest())
    let large = whole + encoder.take()
    var damaged = large
    damaged[large.count - 100] ^= 1
    for (content, isDamaged) in [(large, false), (damaged, true)] {
      _ = try folder.write(content, to: "run.log")
      let daemon = try RunningDaemon.start(["--capture", log])
      #expect(daemon.lines[0].hasPrefix("audience-meter: audience on "), "\(daemon.lines)")
      if isDamaged {
        let line = try daemon.nextLine()
        #expect(line.contains("--capture: \(log): it is damaged at byte "), "\(line)")
        let streams = try open(3, of: daemon, beyond: 0)
        try daemon.stop()
        #expect(try bytes("\(log).1").starts(with: content))
        _ = try replay(log)
        withExtendedLifetime(streams) {}
      } else {
        try daemon.stop()
        #expect(daemon.laterLines == "")
        #expect(try bytes(log).starts(with: content))
        #expect(try bytes(log).count > content.count)
      }
    }
  }

  @Test func `a torn log is gone on with, wherever it was cut`() throws {
    let whole = try writeLog()
    for size in [1, 7, 8, 20, whole.count / 2, whole.count - 1] {
      _ = try folder.write(Array(whole.prefix(size)), to: "run.log")
      let daemon = try RunningDaemon.start(["--capture", log])
      #expect(daemon.lines[0].hasPrefix("audience-meter: audience on "), "\(daemon.lines)")
      let streams = try open(1, of: daemon)
      try daemon.stop()
      #expect(try bytes(log).starts(with: whole.prefix(size)))
      withExtendedLifetime(streams) {}
    }
  }

  @Test func `a file that is no log keeps the daemon from starting, and stays as it is`() throws {
    for content in ["not a log", "\0\0not a log", "0 open 1 ns\n1 end\n", "\u{2}\u{3}\u{4}"] {
      _ = try folder.write(content, to: "run.log")
      let run = try ProgramRun(arguments: ProgramRun.freePorts + ["--capture", log])
      #expect(run.status == 1 && run.errorLines == 1)
      let words = "audience-meter: --capture: \(log): it holds something that is no captured log"
      #expect(run.errors.hasPrefix(words), "\(run.errors)")
      #expect(try bytes(log) == Array(content.utf8))
    }
    #expect(!FileManager.default.fileExists(atPath: "\(log).1"))
  }
}
