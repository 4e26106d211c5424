import Foundation
import MeterModel
import Testing

/// `bench --mode cluster`: what crosses is exact, whatever it costs.
@Suite struct ClusterBenchTests {
  @Test func `a small cluster sends the bytes that its counts make`() throws {
    // The numbers of datagrams are below 128 and take one byte, the counts too.
    let run = try object("--nodes", "3", "--namespaces", "4", "--prefix", "n-", "--rounds", "3")
    let expected = try bytes(of: 4, members: 2, secret: nil)
    #expect(run["datagrams"] as? Int == 1)
    #expect(run["bytes"] as? Int == expected)
    #expect(run["bytes_per_namespace"] as? Double == Double(expected * 100 / 4) / 100)
    #expect(run["heard_datagrams"] as? Int == 2 && run["heard_counts"] as? Int == 8)
    #expect(run["nodes"] as? Int == 3 && run["namespaces"] as? Int == 4)
    #expect(run["changing"] as? Int == 4 && run["rounds"] as? Int == 3)
    #expect(run["secret"] as? Bool == false && run["mode"] as? String == "cluster")
    #expect(run["notify_interval_seconds"] as? Int == 2 && run["node_timeout_seconds"] as? Int == 5)
  }

  @Test func `under a secret each datagram has its code, and costs more`() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("cluster-secret-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "a secret\n".write(toFile: path, atomically: true, encoding: .utf8)
    let run = try object("--namespaces", "4", "--prefix", "n-", "--cluster-secret", path)
    let secret = ClusterSecret(Array("a secret".utf8).span)
    #expect(run["bytes"] as? Int == (try bytes(of: 4, members: 2, secret: secret)))
    #expect(run["secret"] as? Bool == true)
  }

  @Test func `what does not change is told in turn, and what changes at once`() throws {
    // With a timeout of 30 s and an interval of 2 s, each count is told every sixth interval.
    let quiet = ["--namespaces", "600", "--cluster-node-timeout", "30"]
    #expect(try object(quiet + ["--changed", "0"])["heard_counts"] as? Int == 100)
    let half = try object(quiet + ["--changed", "0.5", "--rounds", "7"])
    #expect(half["changing"] as? Int == 300)
    #expect(half["heard_counts"] as? Int == 300 + 50)
    #expect(try object("--namespaces", "600", "--changed", "0")["heard_counts"] as? Int == 600)
  }

  @Test func `a summary for people has every figure`() throws {
    let run = try ProgramRun("bench", "--mode", "cluster", "--namespaces", "300")
    #expect(run.status == 0, "\(run.complaint)")
    let names = run.output.split(separator: "\n").compactMap {
      $0.hasPrefix(" ") ? nil : String($0.prefix(12)).split(separator: " ").joined(separator: " ")
    }
    #expect(names == ["cluster", "per node", "send", "hear", "core", "at once"])
    #expect(run.output.contains("2 nodes with the same 300 namespaces, 300 of which change"))
    #expect(run.output.contains("told every 2 s, forgotten after 5 s"))
    #expect(run.output.contains("hear        3 datagrams with 300 counts"))
  }

  @Test(arguments: [
    (["--cluster-secret", "/nowhere/a"], "--cluster-secret: /nowhere/a: "),
    (
      ["--cluster-notify-interval", "5"],
      "--cluster-notify-interval: 5s is not less than the --cluster-node-timeout of 5s"
    ),
  ])
  func `what cannot be is a failure with a line`(arguments: [String], message: String) throws {
    let run = try ProgramRun(arguments: ["bench", "--mode", "cluster"] + arguments)
    #expect(run.complaint.hasPrefix("audience-meter: \(message)"), "\(run.complaint)")
    #expect(run.status == 1 && run.output.isEmpty)
  }

  /// How long a round's only datagram is, when it tells of so many namespaces.
  private func bytes(of namespaces: Int, members: UInt64, secret: ClusterSecret?) throws -> Int {
    var encoder = DatagramEncoder(session: SessionID(randomBits: 1, 2), secret: secret)
    encoder.begin(sequence: 20, round: 20, wall: 1_795_350_754_000)
    for number in 0..<namespaces {
      let isIn = encoder.append(
        count: Array("n-\(number)".utf8).span, members: members, connections: 5)
      try #require(isIn)
    }
    return encoder.length
  }

  private func object(_ arguments: String...) throws -> [String: Any] {
    try object(arguments)
  }

  private func object(_ arguments: [String]) throws -> [String: Any] {
    let run = try ProgramRun(arguments: ["bench", "--mode", "cluster", "--json"] + arguments)
    #expect(run.status == 0, "\(run.complaint)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(object as? [String: Any])
  }
}
