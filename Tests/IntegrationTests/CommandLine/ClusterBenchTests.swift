import Foundation
import MeterModel
import Testing

/// `bench --mode cluster`: its numbers of bytes and datagrams are exact on every machine.
@Suite struct ClusterBenchTests {
  @Test func `a small cluster sends exactly the bytes of its counts`() throws {
    // The numbers of datagrams, and the counts, are below 128 and take one byte each.
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

  @Test func `under a secret each datagram has a code of authentication`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a secret\n", to: "secret")
    let run = try object("--namespaces", "4", "--prefix", "n-", "--cluster-secret", path)
    let secret = ClusterSecret(Array("a secret".utf8).span)
    #expect(run["bytes"] as? Int == (try bytes(of: 4, members: 2, secret: secret)))
    #expect(run["secret"] as? Bool == true)
  }

  @Test func `counts that do not change are sent in turn, the others in eight rounds`() throws {
    // With a timeout of 30 s and an interval of 2 s, each count is sent every sixth interval.
    let quiet = ["--namespaces", "600", "--cluster-node-timeout", "30"]
    #expect(try object(quiet + ["--changed", "0"])["heard_counts"] as? Int == 100)
    let some = try object(quiet + ["--changed", "0.05", "--rounds", "7"])
    #expect(some["changing"] as? Int == 30)
    #expect(some["heard_counts"] as? Int == 8 * 30 + (600 - 8 * 30) / 6)
    // Each count changes in every second interval.
    let half = try object(quiet + ["--changed", "0.5", "--rounds", "7"])
    #expect(half["heard_counts"] as? Int == 600)
    #expect(try object("--namespaces", "600", "--changed", "0")["heard_counts"] as? Int == 600)
  }

  @Test func `the summary has a line for each figure`() throws {
    let run = try ProgramRun("bench", "--mode", "cluster", "--namespaces", "300")
    #expect(run.status == 0, "\(run.errors)")
    let names = run.output.split(separator: "\n").compactMap {
      $0.hasPrefix(" ") ? nil : String($0.prefix(12)).split(separator: " ").joined(separator: " ")
    }
    #expect(names == ["cluster", "per node", "send", "hear", "core", "at once"])
    #expect(run.output.contains("2 nodes with the same 300 namespaces, 300 of which change"))
    #expect(run.output.contains("told every 2 s, forgotten after 5 s"))
    #expect(run.output.contains("hear        3 datagrams with 300 counts"))
  }

  @Test func `a secret that cannot be read is an error with one line`() throws {
    let run = try ProgramRun("bench", "--mode", "cluster", "--cluster-secret", "/nowhere/a")
    #expect(run.errors.hasPrefix("audience-meter: --cluster-secret: /nowhere/a: "))
    #expect(run.status == 1 && run.output.isEmpty && run.errorLines == 1)
  }

  /// The length of the only datagram of a round, which has the counts of so many namespaces.
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
    #expect(run.status == 0, "\(run.errors)")
    return try membersOfObject(run.output)
  }
}
