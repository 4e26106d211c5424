import Foundation
import MeterModel
import Testing
import audience_meter

/// `audience-meter replay` (§7).
@Suite struct ReplayCommandTests {
  private static let log = """
    option increment-delay 1
    0    open 1 football
    0.5  open 2 foot,ball
    0.9  close 2
    2    message football 1-0
    5    end
    """

  @Test func `a replay prints a line for each figure`() throws {
    let run = try replay(Self.log)
    let lines = run.output.split(separator: "\n")
    #expect(
      lines.dropLast(3) == [
        "records            4", "duration           5 s",
        "namespaces         2  (creations: one that retired and comes again counts again)",
        "opened             2", "counted            1", "peak members       1",
        "notifications      1",
      ])
    #expect(lines.count == 10)
    #expect(lines.dropLast().last == "verified           nothing to compare")
    #expect(run.output.contains("\n\ndigest             "))
    #expect(run.errors == "" && run.status == 0)
  }

  @Test func `--json prints the figures as JSON`() throws {
    let run = try replay(Self.log, "--json")
    let figures = try membersOfObject(run.output)
    #expect(
      Set(figures.keys) == [
        "records", "duration_seconds", "namespaces", "opened", "counted", "peak_members",
        "notifications", "sections", "begin_unix_time", "end_unix_time", "digest", "verified",
      ])
    #expect(figures["records"] as? Int == 4 && figures["duration_seconds"] as? Int == 5)
    #expect(figures["verified"] is NSNull && figures["begin_unix_time"] is NSNull)
    #expect((figures["digest"] as? String)?.count == 16)
  }

  @Test func `a log with a wall clock has its beginning and its end`() throws {
    let log = "option start 2026-06-01T18:00:00Z\n" + Self.log
    let figures = try membersOfObject(try replay(log, "--json").output)
    #expect(figures["begin_unix_time"] as? Int == 1_780_336_800)
    #expect(figures["end_unix_time"] as? Int == 1_780_336_805)
    let text = try replay(log).output
    #expect(text.contains("\nbegins             2026-06-01T18:00:00Z\n"))
    #expect(text.contains("\nends               2026-06-01T18:00:05Z\nnamespaces"))
  }

  @Test func `--text of a log that continues from a snapshot replays to the same figures`() throws {
    let bytes = rotated()
    let text = try replay(bytes: bytes, "--text")
    #expect(text.errors == "" && text.status == 0)
    #expect(text.output.contains("\nstate meter at=10 "))
    let figures = try membersOfObject(try replay(bytes: bytes, "--json").output)
    let again = try membersOfObject(try replay(text.output, "--json").output)
    #expect(figures["digest"] as? String == again["digest"] as? String)
    for name in ["records", "opened", "counted", "peak_members", "notifications", "namespaces"] {
      #expect(figures[name] as? Int == again[name] as? Int, "\(name)")
    }
    #expect(figures["peak_members"] as? Int == 2 && figures["verified"] as? Bool == true)
    #expect(try replay(text.output, "--text").output == text.output)
    let cut = String(text.output.prefix { $0 != "\n" }) + "\nstate end 1\n"
    let refused = try replay(cut)
    #expect(refused.status == 65 && refused.errors.contains("line 2: a state begins with"))
  }

  /// The second file of a run in which two viewers are there and one leaves.
  private func rotated() -> [UInt8] {
    var meter = Meter(configuration: Configuration())
    var effects = EffectBuffer()
    for connection in [UInt32(0), 1] {
      let event = Event.opened(
        ConnectionID(connection), NamespaceID(0), viewer: .none, after: .none, as: .viewer)
      meter.apply(event, at: .start, into: &effects)
    }
    let start = Instant.start + .seconds(10)
    meter.advance(to: start, into: &effects)
    var encoder = LogEncoder(
      section: LogSection(configuration: Configuration(), wallStart: 1), offset: 0)
    encoder.resume(
      from: meter.snapshot, names: OneNamespace(), messages: 0, digest: effects.digest)
    encoder.append(.closed(ConnectionID(0)), at: start)
    meter.apply(.closed(ConnectionID(0)), at: start, into: &effects)
    meter.advance(to: start + .seconds(10), into: &effects)
    encoder.end(at: start + .seconds(10), digest: effects.digest)
    return Array(encoder.take())
  }

  @Test func `--effects prints the effects and nothing else`() throws {
    let run = try replay(Self.log, "--effects")
    #expect(
      run.output == """
        0 greet 1 football 1
        0.5 greet 2 foot,ball 1
        2 notify football 1
        2 message football 1-0

        """)
  }

  @Test func `--text prints the log, with the options that the command line changes`() throws {
    let run = try replay(Self.log, "--text", "--cluster-node-timeout=7")
    #expect(
      run.output == """
        option cluster-node-timeout 7
        option increment-delay 1
        0 open 1 football
        0.5 open 2 foot,ball
        0.9 close 2
        2 message football 1-0
        5 end

        """)
  }

  private static let rows = """
    section,seconds,unix_time,namespace,members,pending,told
    1,0,,football,0,1,0
    1,0.5,,"foot,ball",0,1,0
    1,0.9,,"foot,ball",0,0,
    1,1,,football,1,0,0
    1,2,,football,1,0,1
    1,5,,football,1,0,1
    1,5,,"foot,ball",0,0,

    """

  @Test func `--csv writes a row for each change and each end`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/series.csv"
    let run = try replay(Self.log, "--csv", path)
    #expect(run.status == 0 && run.output.hasPrefix("records "))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.rows)
    #expect(try replay(Self.log, "--csv", "/nowhere/a.csv").status == 1)
  }

  @Test func `--csv - writes the rows to standard output, and nothing else`() throws {
    let run = try replay(Self.log, "--csv", "-")
    #expect(run.output == Self.rows)
    #expect(run.status == 0 && run.errors == "")
  }

  @Test func `--step writes a row at each step`() throws {
    let run = try replay(Self.log, "--csv", "-", "--step", "4")
    #expect(
      run.output.split(separator: "\n").dropFirst() == [
        "1,0,,football,0,1,0", "1,4,,football,1,0,1", "1,4,,\"foot,ball\",0,0,",
        "1,5,,football,1,0,1", "1,5,,\"foot,ball\",0,0,",
      ])
  }

  @Test func `--from and --to select a part of the log`() throws {
    let run = try replay(Self.log, "--csv", "-", "--from", "1.5", "--to", "1:4")
    #expect(
      run.output.split(separator: "\n").dropFirst() == [
        "1,1.5,,football,1,0,0", "1,2,,football,1,0,1", "1,4,,football,1,0,1",
        "1,4,,\"foot,ball\",0,0,",
      ])
    let late = try replay(Self.log, "--csv", "-", "--from", "6")
    #expect(late.status == 1)
    #expect(late.errors.hasSuffix(": nothing of it is between --from and --to\n"))
    let wall = try replay(Self.log, "--csv", "-", "--to", "2026-06-01T18:00:00Z")
    #expect(wall.status == 1)
    #expect(wall.errors.contains(": section 1 has no wall clock, so --from and --to must be"))
  }

  @Test func `a malformed log is replayed up to the error, which is named`() throws {
    let run = try replay("0 open 1 a\n1 nonsense\n2 open 2 a", "--effects")
    #expect(run.output == "0 greet 1 a 1\n")
    #expect(run.errors.contains("line 2: no event is called 'nonsense'"))
    #expect(run.status == 65)
  }

  @Test func `a missing log is an error`() throws {
    let run = try ProgramRun("replay", "/nowhere/a.log")
    #expect(run.status == 1)
    #expect(run.errors == "audience-meter: /nowhere/a.log: No such file or directory\n")
  }

  @Test func `a captured log is verified, unless an option changes it`() throws {
    let run = try replay(bytes: captured())
    #expect(run.output.contains("verified           yes"))
    #expect(run.errors == "" && run.status == 0)
    let again = try replay(bytes: captured(), "--notify-min-delay=0", "--json")
    #expect(again.output.hasSuffix("\"verified\":null}\n"))
    #expect(again.status == 0)
  }

  @Test func `the sections of a log are replayed in turn`() throws {
    let first = captured()
    let run = try replay(bytes: first + captured(offset: UInt64(first.count)), "--json")
    #expect(run.output.hasPrefix("{\"records\":4,\"duration_seconds\":20,\"namespaces\":2,"))
    #expect(run.output.hasSuffix("\"verified\":true}\n"))
  }

  @Test func `an incomplete last block is reported, and is no error`() throws {
    let bytes = captured()
    let run = try replay(bytes: Array(bytes.dropLast()), "--json")
    #expect(run.errors.contains("the section stops at byte"))
    #expect(run.errorLines == 1)
    #expect(run.output.hasPrefix("{\"records\":2,"))
    #expect(run.status == 0)
  }

  @Test func `damage is an error that names its place`() throws {
    var bytes = captured()
    bytes[90] ^= 1
    let run = try replay(bytes: bytes)
    #expect(run.errors.contains(": byte "))
    #expect(run.status == 65)
  }

  @Test func `a checkpoint that differs has an exit status of its own`() throws {
    let run = try replay(bytes: captured(digest: Digest(resuming: 1)))
    #expect(run.output.contains("verified           no"))
    #expect(run.errors.contains("by 10 s the effects are not those that the log remembers"))
    #expect(run.status == 71)
  }

  /// A log of two records that ends after 10 s.
  private func captured(offset: UInt64 = 0, digest: Digest? = nil) -> [UInt8] {
    var meter = Meter(configuration: Configuration())
    var effects = EffectBuffer()
    var encoder = LogEncoder(
      section: LogSection(configuration: Configuration(), wallStart: 1), offset: offset)
    encoder.name(NamespaceID(0), "football".utf8.span)
    for connection in [UInt32(0), 1] {
      let event = Event.opened(
        ConnectionID(connection), NamespaceID(0), viewer: .none, after: .none, as: .viewer)
      let instant = Instant.start + .seconds(UInt64(connection))
      meter.apply(event, at: instant, into: &effects)
      encoder.append(event, at: instant)
    }
    let end = Instant.start + .seconds(10)
    meter.advance(to: end, into: &effects)
    encoder.end(at: end, digest: digest ?? effects.digest)
    return Array(encoder.take())
  }

  private func replay(_ log: String, _ options: String...) throws -> ProgramRun {
    try replay(bytes: Array(log.utf8), options)
  }

  private func replay(bytes: [UInt8], _ options: String...) throws -> ProgramRun {
    try replay(bytes: bytes, options)
  }

  private func replay(bytes: [UInt8], _ options: [String]) throws -> ProgramRun {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "a.log")
    return try ProgramRun(arguments: ["replay", path] + options)
  }
}
