import Glibc
import Testing

/// Nodes with a shared secret (§6).
@Suite(.serialized) struct `A cluster's secret` {
  @Test func `nodes with a secret count only nodes with the same secret`() throws {
    let group = TestGroup()
    let folder = try TemporaryFolder()
    // The line end at the end of the file is no part of the secret.
    let right = ["--cluster-secret", try folder.write("open sesame\n", to: "right")]
    let same = ["--cluster-secret", try folder.write("open sesame", to: "same")]
    let wrong = ["--cluster-secret", try folder.write("open barley", to: "wrong")]
    let nodes = try [right, same, wrong, []].map { try RunningDaemon.node(group.options + $0) }
    let streams = try nodes.map { try EventStream("/ns", of: $0) }
    try streams[0].read(untilCount: 2)
    try nodes[1].awaitMembers("ns", 2)

    // The other two are alone. The node without a secret drops nothing.
    for index in [0, 1] {
      let other = try nodes[1 - index].cluster().id
      let report = try nodes[index].awaitCluster { $0.dropped.values.reduce(0, +) > 4 }
      #expect(report.nodes.map(\.id) == [other])
      #expect(try nodes[index].count("ns") == 2)
    }
    try nodes[2].awaitCluster { $0.dropped.values.reduce(0, +) > 4 }
    #expect(try nodes[2].count("ns") == 1)
    #expect(try nodes[2].cluster().nodes.isEmpty)
  }

  @Test func `nodes with a secret drop legacy datagrams and replayed ones`() throws {
    let group = TestGroup()
    let folder = try TemporaryFolder()
    let secret = ["--cluster-secret", try folder.write("open sesame", to: "secret")]
    let recorder = try GroupSocket(group)
    let first = try RunningDaemon.node(group.options + secret)
    let stream = try EventStream("/ns", of: first)
    let second = try RunningDaemon.node(group.options + secret)
    try second.awaitMembers("ns", 1)
    let recorded = try recorder.receive { $0.firstRange(of: Array("ns".utf8)) != nil }

    try recorder.send(
      LegacyDatagram.bytes(LegacyDatagram.session, [("ns", 3, 9)]), untilDroppedBy: second)
    #expect(try second.count("ns") == 1)

    try first.stop()
    try second.awaitMembers("ns", 0)
    // A copy of the newest round may count as a duplicate that the network made, which is ignored
    // too.
    for _ in 0..<10 { try recorder.send(recorded, untilDroppedBy: second) }
    #expect(try second.count("ns") == 0)
    #expect(stream.greeting.count == 1)

    // A node that starts later may accept a datagram younger than the timeout, and none after that.
    let third = try RunningDaemon.node(group.options + secret + forgetful)
    try recorder.send(recorded, untilDroppedBy: third)
    try third.awaitMembers("ns", 0)
    for _ in 0..<10 { try recorder.send(recorded, untilDroppedBy: third) }
    #expect(try third.count("ns") == 0)
  }

  @Test func `a node never shows its secret`() throws {
    let group = TestGroup()
    let folder = try TemporaryFolder()
    let secret = ["--cluster-secret", try folder.write("open sesame", to: "secret")]
    let node = try RunningDaemon.node(group.options + secret + ["--debug"])
    let text = try node.ask(node.statistics, request("GET /cluster")).body
    #expect(!text.contains("sesame"))
    try node.stop()
    #expect(!node.laterLines.isEmpty)
    #expect(!(node.lines.joined() + node.laterLines).contains("sesame"))
  }
}
