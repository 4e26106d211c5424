import Foundation
import Glibc
import Testing

/// Runs that were captured, and replayed by the same program (§7).
@Suite struct `A captured run` {
  private let folder: TemporaryFolder
  private let log: String

  init() throws {
    folder = try TemporaryFolder()
    log = "\(folder.path)/run.log"
  }

  /// A few viewers come and go; one stays.
  private func crowd(_ daemon: RunningDaemon) throws {
    let stays = try EventStream("/football/me", of: daemon)
    for _ in 0..<20 {
      let other = try EventStream("/football", of: daemon)
      let former = try EventStream("/tennis/them", of: daemon)
      _ = try EventStream("/tennis/them", of: daemon)
      _ = try daemon.ask(daemon.messages, request("GET /football/score/1-0"))
      other.client.close()
      former.client.close()
    }
    try daemon.awaitMembers("football", 1)
    stays.client.close()
    try daemon.awaitMembers("football", 0)
  }

  /// The figures of a log, by name.
  private func figures(_ log: String) throws -> [String: String] {
    let run = try ProgramRun("replay", log)
    #expect(run.status == 0, "\(run.errors)")
    return run.figures
  }

  @Test func `a captured run is verified by its replay, whose text is the same log`() throws {
    try RunningDaemon.serving("--capture", log, "--enable-uuid") { try crowd($0) }
    let figures = try self.figures(log)
    #expect(figures["verified"] == "yes")
    #expect(figures["opened"] == "61")
    // The viewer with the other id is counted anew where its close came before its next open.
    #expect(figures["counted"].flatMap { Int($0) }.map { (22...41).contains($0) } == true)
    #expect(figures["namespaces"] == "2")
    let text = try ProgramRun("replay", log, "--text").output
    #expect(text.contains(" open 1 football viewer="))
    #expect(!text.contains("viewer=me"))
    #expect(text.contains(" message football score=1-0"))
    let written = try folder.write(text, to: "text")
    #expect(
      try ProgramRun("replay", written, "--effects").output
        == ProgramRun("replay", log, "--effects").output)
    #expect(try self.figures(written)["digest"] == figures["digest"])
  }

  @Test func `a captured run keeps viewer ids as they are with --capture-viewer-ids`() throws {
    try RunningDaemon.serving(
      "--capture", log, "--enable-uuid", "--capture-viewer-ids"
    ) { try crowd($0) }
    #expect(try ProgramRun("replay", log, "--text").output.contains(" viewer=me\n"))
  }

  @Test func `a captured run loses at most its last second to a kill, and is continued`() throws {
    let daemon = try RunningDaemon.start(["--capture", log, "--enable-uuid"])
    try crowd(daemon)
    let late = try EventStream("/late", of: daemon)
    // A block is written at the latest a second after its first record.
    try eventually("the last stream in the log") { try self.figures(log)["opened"] == "62" }
    late.client.close()
    daemon.kill()
    try RunningDaemon.serving("--capture", log, "--enable-uuid") { try crowd($0) }
    let figures = try self.figures(log)
    #expect(figures["verified"] == "yes")
    #expect(figures["opened"] == "123")
  }

  @Test func `a captured run is divided by size into files that can be replayed alone`() throws {
    try RunningDaemon.serving(
      "--capture", log, "--capture-rotate", "64K", "--enable-uuid", "--namespace-clean-delay", "0"
    ) { daemon in
      let stays = try EventStream("/football/me", of: daemon)
      var turn = 0
      try eventually("a third file") {
        // Namespaces with long names.
        let name = "n\(turn)-" + String(repeating: "x", count: 240)
        _ = try EventStream("/\(name)", of: daemon)
        turn += 1
        return FileManager.default.fileExists(atPath: "\(log).2")
      }
      stays.client.close()
      try daemon.awaitMembers("football", 0)
    }
    for part in ["\(log).1", "\(log).2", log] {
      #expect(try self.figures(part)["verified"] == "yes", "\(part)")
    }
  }

  @Test func `a capture that cannot be written keeps the daemon from starting`() throws {
    let text = try folder.write("not a log", to: "text")
    for (path, reason) in [
      ("/nowhere/log", "No such file"), (folder.path, "directory"), (text, "no captured log"),
      ("/dev/full", "No space"),
    ] {
      let run = try ProgramRun(arguments: ProgramRun.freePorts + ["--capture", path])
      #expect(run.status == 1)
      #expect(run.errors.hasPrefix("audience-meter: --capture: \(path): "))
      #expect(run.errors.contains(reason), "\(run.errors)")
      #expect(run.errorLines == 1)
    }
    #expect(try String(contentsOfFile: text, encoding: .utf8) == "not a log")
    try RunningDaemon.serving("--capture", log) { _ in
      let second = try ProgramRun(arguments: ProgramRun.freePorts + ["--capture", log])
      #expect(second.status == 1)
      #expect(second.errors.contains("another daemon captures into it"))
    }
  }

  @Test func `a daemon goes on when the disk of its capture is full`() throws {
    // A limit on the size of files stands for a disk that is full.
    let shell = "ulimit -f 1; exec \"$0\" \"$@\""
    let daemon = try RunningDaemon.start(["--capture", log, "--enable-uuid"], shell: shell)
    for turn in 0..<200 { _ = try EventStream("/\(turn)", of: daemon) }
    #expect(try daemon.ask(daemon.audience, request("GET /1")).status == 200)
    try daemon.stop()
    let run = try ProgramRun("replay", log)
    #expect(run.status == 0)
    #expect(run.errors.contains(log))
  }
}
