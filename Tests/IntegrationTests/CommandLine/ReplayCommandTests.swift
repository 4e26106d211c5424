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
        "records            4", "duration           5 s", "namespaces         2",
        "opened             2", "counted            1", "peak members       1",
        "notifications      1",
      ])
    #expect(lines.count == 10)
    #expect(lines.dropLast().last == "verified           nothing to compare")
    #expect(run.errors == "" && run.status == 0)
  }

  @Test func `--json prints the figures as JSON`() throws {
    let run = try replay(Self.log, "--json")
    let figures = try membersOfObject(run.output)
    #expect(
      Set(figures.keys) == [
        "records", "duration_seconds", "namespaces", "opened", "counted", "peak_members",
        "notifications", "digest", "verified",
      ])
    #expect(figures["records"] as? Int == 4 && figures["duration_seconds"] as? Int == 5)
    #expect(figures["verified"] is NSNull)
    #expect((figures["digest"] as? String)?.count == 16)
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

  @Test func `--csv writes a row for each change of members or pending viewers`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/series.csv"
    let run = try replay(Self.log, "--csv", path)
    #expect(run.status == 0)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == """
        seconds,namespace,members,pending
        0,football,0,1
        0.5,"foot,ball",0,1
        0.9,"foot,ball",0,0
        1,football,1,0

        """)
    #expect(try replay(Self.log, "--csv", "/nowhere/a.csv").status == 1)
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
        ConnectionID(connection), NamespaceID(0), viewer: .none, after: .none)
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
