import Foundation
import MeterModel
import Testing
import audience_meter

/// `audience-meter replay` of several logs, and its figures of each namespace (§7).
@Suite struct ReplayLogsTests {
  private static let first = "option start 2026-06-01T18:00:00Z\n0 open 1 a\n4 open 2 =b\n5 end\n"
  private static let second = "0 open 1 a\n1 open 2 a\n3 end\n"

  @Test func `rotated logs are replayed as the run`() throws {
    let files = rotatedRun()
    let figures = try membersOfObject(try replay(files, "--json").output)
    #expect(figures["verified"] as? Bool == true && figures["sections"] as? Int == 2)
    #expect(figures["records"] as? Int == 3 && figures["duration_seconds"] as? Int == 20)
    #expect(figures["opened"] as? Int == 2 && figures["peak_members"] as? Int == 2)
    #expect(figures["begin_unix_time"] as? Int == 1_780_336_800)
    #expect(figures["end_unix_time"] as? Int == 1_780_336_820)
  }

  @Test func `the text of several logs replays to the same digest`() throws {
    let files = rotatedRun()
    let figures = try membersOfObject(try replay(files, "--json").output)
    let text = try replay(files, "--text")
    #expect(text.output.contains("\n10 end\nsection\noption start ") && text.status == 0)
    let again = try membersOfObject(try replay([Array(text.output.utf8)], "--json").output)
    #expect(again["digest"] as? String == figures["digest"] as? String)
    #expect(again["records"] as? Int == 3 && again["sections"] as? Int == 2)
  }

  @Test func `effects, series and explanations go through the logs in turn`() throws {
    let effects = try replay([Self.first, Self.second], "--effects")
    #expect(
      effects.output.hasPrefix(
        "0 greet 1 a 1\n4 greet 2 =b 1\n0 greet 1 a 1\n1 greet 2 a 2\n"))
    let series = try replay([Self.first, Self.second], "--csv", "-")
    #expect(series.output.contains("\n2,1,,a,2,0,"))
    let explained = try replay([Self.first, Self.second], "--explain", "a@2:1")
    #expect(explained.output.hasPrefix("a at 1 s of section 2\n"))
  }

  @Test func `a picture of several logs is drawn`() throws {
    let picture = try replay([Self.first, Self.second], "--svg", "-")
    #expect(picture.output.hasSuffix("</svg>\n") && picture.status == 0)
    #expect(picture.output.contains("0.log and 1 more"))
  }

  @Test func `a fault names its log, and the next log is replayed`() throws {
    let run = try replay(["0 nonsense\n", Self.second], "--json")
    #expect(run.errors.contains("/0.log: line 1: no event is called 'nonsense'"))
    #expect(run.status == 65)
    #expect(try membersOfObject(run.output)["records"] as? Int == 2)
  }

  @Test func `a log that is missing is an error before anything is printed`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(Self.first.utf8), to: "a.log")
    let run = try ProgramRun("replay", path, "/nowhere/b.log", "--effects")
    #expect(run.status == 1 && run.output == "")
    #expect(run.errors == "audience-meter: /nowhere/b.log: No such file or directory\n")
  }

  @Test func `--by-namespace prints a table`() throws {
    let run = try replay([Self.first, Self.second], "--by-namespace")
    #expect(
      run.output.contains(
        """
        notifications      1

        namespace  peak                    at  average  watch time  joins  counted
        (all)         2  2026-06-01T18:00:04Z    1.375        11 s      4        4
        a             2                 2:1 s    1.250        10 s      3        3
        =b            1  2026-06-01T18:00:04Z    1.000         1 s      1        1

        digest
        """), "\(run.output)")
  }

  @Test func `--by-namespace prints JSON, and writes CSV`() throws {
    let figures = try membersOfObject(
      try replay([Self.first, Self.second], "--by-namespace", "--json").output)
    let namespaces = try #require(figures["by_namespace"] as? [[String: Any]])
    #expect(namespaces.map { $0["namespace"] as? String } == ["a", "=b"])
    #expect(namespaces.map { $0["peak_members"] as? Int } == [2, 1])
    #expect(namespaces.map { $0["watch_seconds"] as? Double } == [10, 1])
    #expect(namespaces[0]["peak_unix_time"] is NSNull)
    #expect((figures["all_namespaces"] as? [String: Any])?["joins"] as? Int == 4)
    let run = try replay([Self.first, Self.second], "--by-namespace", "--csv", "-")
    #expect(
      run.output == """
        namespace,peak_members,peak_section,peak_seconds,peak_unix_time,average_members,\
        watch_seconds,joins,counted
        a,2,2,1,,1.250,10.000,3,3
        '=b,1,1,4,1780336804,1.000,1.000,1,1

        """)
  }

  @Test func `logs that are not in the order of time are named on one line`() throws {
    let files = rotatedRun()
    for options in [[], ["--text"], ["--csv", "-"], ["--svg", "-"], ["--effects"]] {
      let run = try replay([files[1], files[0]], options)
      #expect(run.status == 0 && run.errorLines == 1, "\(options) \(run.errors)")
      #expect(
        run.errors.contains("/1.log: it ends at 2026-06-01T18:00:10Z, before ")
          && run.errors.contains("/0.log, which was given before it; "), "\(run.errors)")
      #expect(try replay(files, options).errors == "", "\(options)")
    }
  }

  @Test func `a log is read from a pipe in each mode, also in those that read it twice`() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write(Array(Self.first.utf8), to: "a.log")
    let second = try folder.write(Array(Self.second.utf8), to: "b.log")
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    for options in [
      ["--json"], ["--text"], ["--effects"], ["--csv", "-"], ["--svg", "-"],
      ["--by-namespace", "--json"], ["--explain", "a@2:1"],
      ["--compare", "--notify-min-delay", "5", "--svg", "-"],
    ] {
      let words = options.joined(separator: " ")
      let expected = try ProgramRun(arguments: ["replay", first, second] + options)
      #expect(expected.status == 0, "\(words) \(expected.errors)")
      for line in [
        "cat \(second) >\(pipe) & exec \"$0\" replay \(first) \(pipe) \(words)",
        "cat \(second) | \"$0\" replay \(first) - \(words)",
        "exec \"$0\" replay \(first) - \(words) <\(second)",
      ] {
        let run = try ProgramRun(shell: line)
        #expect(run.status == 0 && run.errors == "", "\(line) \(run.errors)")
        #expect(run.output == expected.output, "\(line)")
      }
    }
  }

  /// The two files of a run of 20 s in which two viewers come, and one leaves after 12 s.
  private func rotatedRun() -> [[UInt8]] {
    let section = LogSection(
      configuration: Configuration(), wallStart: 1_780_336_800_000_000_000)
    var meter = Meter(configuration: section.configuration)
    var effects = EffectBuffer()
    var encoder = LogEncoder(section: section, offset: 0)
    encoder.name(NamespaceID(0), "football".utf8.span)
    func time(_ seconds: UInt64) -> Instant { .start + .seconds(seconds) }
    for connection in [UInt32(0), 1] {
      let event = Event.opened(
        ConnectionID(connection), NamespaceID(0), viewer: .none, after: .none, as: .viewer)
      meter.apply(event, at: time(UInt64(connection)), into: &effects)
      encoder.append(event, at: time(UInt64(connection)))
    }
    meter.advance(to: time(10), into: &effects)
    encoder.end(at: time(10), digest: effects.digest)
    let first = Array(encoder.take())
    encoder = LogEncoder(section: section, offset: 0)
    encoder.resume(
      from: meter.snapshot, names: OneNamespace(), messages: 0, digest: effects.digest)
    meter.apply(.closed(ConnectionID(0)), at: time(12), into: &effects)
    encoder.append(.closed(ConnectionID(0)), at: time(12))
    meter.advance(to: time(20), into: &effects)
    encoder.end(at: time(20), digest: effects.digest)
    return [first, Array(encoder.take())]
  }

  private func replay(_ logs: [String], _ options: String...) throws -> ProgramRun {
    try replay(logs.map { Array($0.utf8) }, options)
  }

  private func replay(_ logs: [[UInt8]], _ options: String...) throws -> ProgramRun {
    try replay(logs, options)
  }

  private func replay(_ logs: [[UInt8]], _ options: [String]) throws -> ProgramRun {
    let folder = try TemporaryFolder()
    let paths = try logs.indices.map { try folder.write(logs[$0], to: "\($0).log") }
    return try ProgramRun(arguments: ["replay"] + paths + options)
  }
}

/// The names of a log with one namespace.
struct OneNamespace: LogNames {
  func number(of connection: ConnectionID) -> UInt64 { UInt64(connection.number) }
  func name(of namespace: NamespaceID) -> [UInt8] { Array("football".utf8) }
  func name(of viewer: ViewerID) -> [UInt8] { [] }
  func name(of node: NodeID) -> [UInt8] { [] }
  func name(of source: SourceID) -> [UInt8] { [] }
  func name(of service: ServiceID) -> [UInt8] { [] }
  func reference(to connection: ConnectionKey) -> ConnectionReference {
    .ordinal(connection.ordinal)
  }
}
