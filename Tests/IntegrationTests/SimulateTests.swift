import Foundation
import MeterModel
import Testing
import audience_meter

/// The simulator on the command line: its options, and what the built program makes of them (SPEC §7).
@Suite struct SimulateTests {
  @Test func `without options a flash crowd is simulated, and with seconds a swarm`() throws {
    let plain = try simulate().options(seed: 1)
    #expect(plain.profile == .flashCrowd)
    #expect(plain.connections == nil && plain.namespaces == nil && plain.duration == nil)
    #expect(try simulate("--seconds", "5m").options(seed: 1).profile == .swarm)
    #expect(try simulate("--seconds", "5", "--profile=herd").options(seed: 1).profile == .herd)
  }

  @Test func `each option sets its property`() throws {
    let settings = try simulate(
      "--profile", "long-tail", "--connections", "7", "--namespaces", "3", "--duration", "1h",
      "--seed", "18446744073709551615", "--log", "a.log", "--json", "--increment-delay", "5")
    let options = settings.options(seed: 2)
    #expect(options.profile == .longTail)
    #expect(options.connections == 7 && options.namespaces == 3)
    #expect(options.duration == .seconds(3600))
    #expect(options.configuration.incrementDelay == .seconds(5))
    #expect(settings.seed == .max && settings.logPath == "a.log" && settings.json)
    #expect(
      settings.reproduction == [
        "--connections 7", "--namespaces 3", "--duration 1h", "--increment-delay 5",
      ])
  }

  @Test(arguments: [
    (["--profile", "crowd"], "--profile: 'crowd' is not one of flash-crowd, flood, churn"),
    (["--connections", "0"], "--connections: '0' is not a whole number from 1 to 100000000"),
    (["--connections", "100000001"], "--connections: '100000001' is not a whole number from 1"),
    (["--namespaces", "16777217"], "--namespaces: '16777217' is not a whole number from 1"),
    (["--duration", "0.5"], "--duration: '0.5' is not a time from 1 to 31536000 seconds"),
    (["--duration", "8761h"], "--duration: '8761h' is not a time from 1 to 31536000 seconds"),
    (["--seed", "-1"], "--seed: '-1' is not a whole number below 2^64"),
    (["--seed", "18446744073709551616"], "--seed: '18446744073709551616' is not a whole"),
    (["--seconds", "0"], "--seconds: '0' is not a time from 1 to"),
    (["--log", ""], "--log: '' is not the path of a file"),
    (["--seconds", "1", "--log", "a"], "--seconds and --log exclude each other"),
    (["--nodes", "--profile", "herd"], "--profile does not go with --nodes"),
    (["--connections", "5", "--nodes"], "--connections does not go with --nodes"),
    (["--nodes", "--namespaces", "5"], "--namespaces does not go with --nodes"),
    (["--nodes", "--duration", "5"], "--duration does not go with --nodes"),
    (["--nodes", "--log", "a"], "--log does not go with --nodes"),
    (["--nodes", "--svg", "a"], "--svg does not go with --nodes"),
    (["--nodes", "--increment-delay", "5"], "--increment-delay does not go with --nodes"),
    (["--nodes=5"], "--nodes takes no value"),
    (["a.log"], "'a.log' is one argument too many"),
    (["--port", "80"], "unknown option '--port'"),
  ])
  func `what makes no sense is refused`(arguments: [String], complaint: String) {
    let error = #expect(throws: UsageError.self) {
      try parse(arguments: ["simulate"] + arguments) { _ in nil }
    }
    #expect(error?.message.hasPrefix(complaint) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: ["churn", "cluster", "swarm"])
  func `a simulation's log has the digest of the simulation when it is replayed`(
    profile: String
  ) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("simulate-\(profile)-\(UUID()).log").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try ProgramRun(
      "simulate", "--profile", profile, "--connections", "50", "--namespaces", "5", "--seed", "9",
      "--log", path)
    #expect(run.status == 0, "\(run.complaint)")
    let simulated = figures(of: run.output)
    let replayed = figures(of: try ProgramRun("replay", path).output)
    for name in ["records", "opened", "counted", "notifications", "digest", "namespaces"] {
      let figure = simulated[name]?.replacing(",", with: "")
      #expect(figure == replayed[name] && figure != nil, "\(name)")
    }
  }

  @Test(arguments: ["flash-crowd", "cluster", "swarm"])
  func `a seed has the same digest in every process, whatever its hash seed`(
    profile: String
  ) throws {
    let arguments = "simulate --profile \(profile) --connections 50 --namespaces 5 --seed 4"
    var digests: Set<String> = []
    for hashing in ["", "SWIFT_DETERMINISTIC_HASHING=1 "] {
      for _ in 0..<2 {
        let run = try ProgramRun(shell: "\(hashing) \"$0\" \(arguments)")
        digests.insert(try #require(figures(of: run.output)["digest"]))
      }
    }
    #expect(digests.count == 1)
  }

  @Test func `a run is one JSON object with the names of a replay's`() throws {
    let run = try ProgramRun("simulate", "--connections", "50", "--json")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "profile", "seed", "records", "duration_seconds", "namespaces", "opened", "counted",
        "peak_members", "notifications", "digest", "verified", "events_per_second", "milestones",
      ])
    #expect(object["profile"] as? String == "flash-crowd")
    #expect(object["seed"] as? Int == 1)
  }

  @Test func `a soak tries seeds until its time is over`() throws {
    let run = try ProgramRun("simulate", "--seconds", "1", "--seed", "5")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(run.output.contains("from 5 on\n"))
    #expect(run.output.contains("milestones"))
  }

  @Test func `a cluster has the same digest in every process, and lists its milestones`() throws {
    var digests: Set<String> = []
    for hashing in ["", "SWIFT_DETERMINISTIC_HASHING=1 "] {
      let run = try ProgramRun(shell: "\(hashing) \"$0\" simulate --nodes --seed 17")
      #expect(run.status == 0, "\(run.complaint)")
      let figures = figures(of: run.output)
      #expect(figures["seed"] == "17" && figures["nodes"] != nil && figures["datagrams"] != nil)
      digests.insert(try #require(figures["digest"]))
      #expect(run.output.contains(" of \(NodeMilestone.allCases.count): askedAfterLoss, toldAll, "))
    }
    let cluster = SeedOutcome<NodesFigures>(nodes: 17)
    #expect(digests == [cluster.figures.digest.hexadecimal])
  }

  @Test func `a cluster is one JSON object, and so are those of many seeds`() throws {
    let one = try object("--nodes", "--seed", "17")
    #expect(
      Set(one.keys) == [
        "seed", "nodes", "duration_seconds", "datagrams", "milestones", "digest", "verified",
      ])
    #expect(one["seed"] as? Int == 17 && one["verified"] as? Bool == true)
    let many = try object("--nodes", "--seed", "5", "--seconds", "1")
    #expect(
      Set(many.keys) == ["seed", "seeds", "nodes", "duration_seconds", "datagrams", "milestones"])
    #expect(many["seed"] as? Int == 5 && (many["seeds"] as? Int ?? 0) >= 1)
    #expect((many["milestones"] as? [String])?.contains("toldAll") == true)
  }

  @Test func `a soak of clusters tries seeds until its time is over`() throws {
    let run = try ProgramRun("simulate", "--nodes", "--seconds", "1", "--seed", "5")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(run.output.contains("from 5 on\n"))
    #expect(run.output.contains(" of \(NodeMilestone.allCases.count)"))
  }

  @Test func `a cluster that is wrong is told with the line that shows it and what is left of it`()
    throws
  {
    // A small cluster whose nodes deliver a message as often as it comes.
    let outcome = SeedOutcome<NodesFigures>(nodes: 6, fault: .repeatsMessages)
    let failure = try #require(outcome.failure)
    let lines = nodesFinding(failure, seed: outcome.seed)
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("wrong: at "))
    #expect(lines[1] == "to see it again: audience-meter simulate --nodes --seed \(outcome.seed)")
    #expect(
      lines[2].hasPrefix("the smallest plan that shows it (\(failure.records) steps):\nnodes "))
    #expect(lines[2].contains(" publish(node: "))
    #expect(lines[2].split(separator: "\n").count == 1 + 3 + failure.records)
    // No seed is taken after one that failed.
    var soak = SoakState<NodesFigures>(firstSeed: 7)
    #expect(soak.takeSeed() == 7 && soak.takeSeed() == 8)
    soak.add(outcome)
    #expect(soak.takeSeed() == nil && soak.failed?.seed == outcome.seed && soak.seeds == 1)
  }

  @Test func `a log that cannot be kept is a failure with a line`() throws {
    let run = try ProgramRun("simulate", "--connections", "5", "--log", "/nowhere/a.log")
    #expect(run.complaint == "audience-meter: /nowhere/a.log: No such file or directory\n")
    #expect(run.status == 1)
  }

  private func object(_ arguments: String...) throws -> [String: Any] {
    let run = try ProgramRun(arguments: ["simulate", "--json"] + arguments)
    #expect(run.status == 0, "\(run.complaint)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(object as? [String: Any])
  }

  private func simulate(_ arguments: String...) throws -> SimulateSettings {
    let invocation = try parse(arguments: ["simulate"] + arguments) { _ in nil }
    guard case .simulate(let settings) = invocation else { throw Unexpected() }
    return settings
  }

  /// The figures of a report, by their names.
  private func figures(of report: String) -> [String: String] {
    var figures: [String: String] = [:]
    for line in report.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 2 { figures[String(words[0])] = String(words[1]) }
    }
    return figures
  }

  private struct Unexpected: Error {}
}
