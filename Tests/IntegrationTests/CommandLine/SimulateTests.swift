import MeterModel
import Testing

/// `audience-meter simulate` (§7).
@Suite struct SimulateTests {
  @Test(arguments: ["churn", "cluster", "swarm"])
  func `a simulation's log has the digest of the simulation when it is replayed`(
    profile: String
  ) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/simulation.log"
    let run = try ProgramRun(
      "simulate", "--profile", profile, "--connections", "50", "--namespaces", "5", "--seed", "9",
      "--log", path)
    #expect(run.status == 0, "\(run.errors)")
    let simulated = run.figures
    let replayed = try ProgramRun("replay", path).figures
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
        digests.insert(try #require(run.figures["digest"]))
      }
    }
    #expect(digests.count == 1)
  }

  @Test func `--json prints one object whose members have the names of a replay`() throws {
    let run = try ProgramRun("simulate", "--connections", "50", "--json")
    let object = try membersOfObject(run.output)
    #expect(
      Set(object.keys) == [
        "profile", "seed", "records", "duration_seconds", "namespaces", "opened", "counted",
        "peak_members", "notifications", "digest", "verified", "events_per_second", "milestones",
      ])
    #expect(object["profile"] as? String == "flash-crowd")
    #expect(object["seed"] as? Int == 1)
  }

  @Test func `--seconds tries seeds until the time is over`() throws {
    let run = try ProgramRun("simulate", "--seconds", "1", "--seed", "5")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("from 5 on\n"))
    #expect(run.output.contains("milestones"))
  }

  @Test func `a simulated cluster has the same digest in every process`() throws {
    var digests: Set<String> = []
    for hashing in ["", "SWIFT_DETERMINISTIC_HASHING=1 "] {
      let run = try ProgramRun(shell: "\(hashing) \"$0\" simulate --nodes --seed 17")
      #expect(run.status == 0, "\(run.errors)")
      let figures = run.figures
      #expect(figures["seed"] == "17" && figures["nodes"] != nil && figures["datagrams"] != nil)
      digests.insert(try #require(figures["digest"]))
      #expect(run.output.contains(" of \(NodeMilestone.allCases.count): askedAfterLoss, toldAll, "))
    }
    let cluster = SeedOutcome<NodesFigures>(nodes: 17)
    #expect(digests == [cluster.figures.digest.hexadecimal])
  }

  @Test func `--nodes with --json prints one object, for one seed and for many`() throws {
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

  @Test func `--nodes with --seconds tries seeds until the time is over`() throws {
    let run = try ProgramRun("simulate", "--nodes", "--seconds", "1", "--seed", "5")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("from 5 on\n"))
    #expect(run.output.contains(" of \(NodeMilestone.allCases.count)"))
  }

  @Test func `a log that cannot be written is an error with one line`() throws {
    let run = try ProgramRun("simulate", "--connections", "5", "--log", "/nowhere/a.log")
    #expect(run.errors == "audience-meter: /nowhere/a.log: No such file or directory\n")
    #expect(run.status == 1)
  }

  private func object(_ arguments: String...) throws -> [String: Any] {
    let run = try ProgramRun(arguments: ["simulate", "--json"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    return try membersOfObject(run.output)
  }
}
