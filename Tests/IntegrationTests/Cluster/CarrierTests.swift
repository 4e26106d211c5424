import Glibc
import Testing

/// The carrier of the datagrams between the nodes of a test.
enum TestCarrier: String, CaseIterable, CustomTestStringConvertible {
  case multicast, unicast, redis

  static let installed = allCases.filter { $0 != .redis || isRedisInstalled }

  var testDescription: String { rawValue }

  /// The options of each node, and the server that must last as long as the nodes do.
  func options(for count: Int) throws -> (options: [[String]], server: RedisServer?) {
    switch self {
    case .multicast:
      return (Array(repeating: TestGroup().options, count: count), nil)
    case .unicast:
      return (peerOptions(count), nil)
    case .redis:
      let server = try RedisServer()
      return (Array(repeating: ["--cluster-redis", server.url()], count: count), server)
    }
  }
}

/// Nodes on one machine, over each carrier (§6).
@Suite(.serialized) struct `Nodes that share their counts` {
  @Test(arguments: TestCarrier.installed)
  func `nodes show one total, and the namespaces of each other`(carrier: TestCarrier) throws {
    let (options, server) = try carrier.options(for: 2)
    let nodes = try options.map { try RunningDaemon.node($0) }
    let first = try EventStream("/ns", of: nodes[0])
    let second = try EventStream("/ns", of: nodes[1])
    if second.greeting.count == 1 { try second.read(untilCount: 2) }
    try first.read(untilCount: 2)
    try nodes[0].awaitMembers("ns", 2)
    let other = try EventStream("/other", of: nodes[1])
    try nodes[0].awaitMembers("other", 1)
    other.client.close()
    try nodes[0].awaitMembers("other", 0)
    for (node, peer) in [(nodes[0], nodes[1]), (nodes[1], nodes[0])] {
      let id = try peer.cluster().id
      let report = try node.awaitCluster { $0.nodes.map(\.id) == [id] }
      #expect(report.nodes.first?.carrier == carrier.rawValue)
      #expect(report.carriers.map(\.carrier) == [carrier.rawValue])
      #expect(report.dropped.values.allSatisfy { $0 == 0 })
    }
    for node in nodes { try node.stop() }
    withExtendedLifetime(server) {}
  }

  @Test(arguments: TestCarrier.installed)
  func
    `a node is forgotten at once after a goodbye, and in time after a kill or a stop`(
      carrier: TestCarrier
    ) throws
  {
    let (options, server) = try carrier.options(for: 4)
    let timeout = ["--cluster-node-timeout", "3s"]
    let nodes = try options.prefix(3).map { try RunningDaemon.node($0 + timeout) }
    let streams = try nodes.map { try EventStream("/ns", of: $0) }
    for stream in streams where stream.greeting.count != 3 { try stream.read(untilCount: 3) }

    // A node with a timeout of ten minutes, which does not forget another by itself in this test.
    let longTimeout = try RunningDaemon.node(options[3] + ["--cluster-node-timeout", "10m"])
    try longTimeout.awaitMembers("ns", 3)
    let goodbye = try measuring {
      nodes[2].signal(SIGTERM)
      try longTimeout.awaitMembers("ns", 2)
    }
    #expect(try nodes[2].awaitEnd() == 0)
    try streams[0].read(untilCount: 2)

    nodes[1].signal(SIGSTOP)
    let stopped = try measuring { try streams[0].read(untilCount: 1) }
    nodes[1].resume()
    let continued = try measuring { try streams[0].read(untilCount: 2) }

    nodes[1].kill()
    let killed = try measuring { try streams[0].read(untilCount: 1) }
    for time in [stopped, killed] { #expect((1...Deadline.prompt).contains(time), "\(time)") }
    print(
      "\(carrier): truth after a goodbye \(goodbye) s, a stop \(stopped) s, going on"
        + " \(continued) s, a kill \(killed) s (timeout 3 s)")
    withExtendedLifetime(server) {}
  }

  @Test(arguments: TestCarrier.installed)
  func `no viewer is counted twice when a node is restarted`(carrier: TestCarrier) throws {
    let (options, server) = try carrier.options(for: 2)
    let stays = try RunningDaemon.node(options[0])
    let witness = try EventStream("/ns", of: stays)
    for _ in 0..<3 {
      let restarts = try RunningDaemon.node(options[1])
      let viewers = try (0..<4).map { _ in try EventStream("/ns", of: restarts) }
      let counts = try witness.read(untilCount: 5).compactMap(\.count)
      #expect(counts.allSatisfy { $0 <= 5 }, "\(counts)")
      try restarts.stop()
      try witness.read(untilCount: 1)
      withExtendedLifetime(viewers) {}
    }
    withExtendedLifetime(server) {}
  }

  @Test(arguments: TestCarrier.installed)
  func `a message reaches every stream once, whichever node it was sent to`(
    carrier: TestCarrier
  ) throws {
    let (options, server) = try carrier.options(for: 2)
    let nodes = try options.map { try RunningDaemon.node($0) }
    let streams = try nodes.map { try EventStream("/ns", of: $0) }
    for stream in streams where stream.greeting.count != 2 { try stream.read(untilCount: 2) }
    // One of several datagrams, and some that share one.
    let long = String(repeating: "lång ", count: 2700)
    let texts = ["1-0", long, "", "2-0", "a\nb"]
    for (index, text) in texts.enumerated() {
      #expect(try nodes[index % 2].sendMessage(text, to: "ns") == #"{"connections":1}"#)
      for stream in streams {
        let event = try stream.next()
        #expect(event.data == "s=\(text)")
      }
    }
    #expect(try nodes[0].sendMessage("last", to: "ns") == #"{"connections":1}"#)
    for stream in streams { #expect(try stream.next().data == "s=last") }
    withExtendedLifetime(server) {}
  }

  @Test(arguments: TestCarrier.installed)
  func `a viewer id has one stream in a cluster, and an excluded one that comes back is stopped`(
    carrier: TestCarrier
  ) throws {
    let (options, server) = try carrier.options(for: 3)
    let nodes = try options.map { try RunningDaemon.node($0 + ["--enable-uuid"]) }
    let former = try EventStream("/ns/me", of: nodes[0])
    for node in nodes { try node.awaitMembers("ns", 1) }
    let newcomer = try EventStream("/ns/me", of: nodes[1])
    #expect(try former.client.readToEnd().hasSuffix("retry: -1\n\n"))
    for node in nodes { try node.awaitMembers("ns", 1) }

    // An EventSource that comes back to any of the nodes is stopped.
    let fields = ["Accept: text/event-stream", "Last-Event-ID: \(former.greeting.id ?? "")"]
    for node in nodes {
      try eventually("a 204") {
        try node.ask(node.audience, request("GET /ns/me", fields)).status == 204
      }
    }
    for node in nodes { try node.awaitMembers("ns", 1) }

    // So is each of two when a third has excluded the second.
    let last = try EventStream("/ns/me", of: nodes[2])
    #expect(try newcomer.client.readToEnd().hasSuffix("retry: -1\n\n"))
    for node in nodes { try node.awaitMembers("ns", 1) }
    for stream in [former, newcomer] {
      let fields = ["Accept: text/event-stream", "Last-Event-ID: \(stream.greeting.id ?? "")"]
      for node in nodes {
        try eventually("a 204") {
          try node.ask(node.audience, request("GET /ns/me", fields)).status == 204
        }
      }
    }
    for node in nodes { try node.awaitMembers("ns", 1) }

    // A plain request at another node excludes the holder.
    #expect(try nodes[0].ask(nodes[0].audience, request("GET /ns/me")).status == 200)
    #expect(try last.client.readToEnd().hasSuffix("retry: -1\n\n"))
    for node in nodes { try node.awaitMembers("ns", 0) }
    withExtendedLifetime(server) {}
  }
}

/// Nodes with several carriers, and the part of the cluster in a log (§6, §7).
@Suite(.serialized) struct `Nodes with several carriers` {
  @Test(.enabled(if: isRedisInstalled, "needs redis-server in PATH or /usr/sbin"))
  func `nodes with three carriers receive everything once, and need only one that works`() throws {
    let group = TestGroup()
    let peers = peerOptions(2)
    let server = try RedisServer()
    let nodes = try peers.map {
      try RunningDaemon.node($0 + group.options + ["--cluster-redis", server.url()])
    }
    let streams = try nodes.map { try EventStream("/ns", of: $0) }
    for stream in streams where stream.greeting.count != 2 { try stream.read(untilCount: 2) }
    for text in ["1-0", "2-0"] {
      try nodes[0].sendMessage(text, to: "ns")
      for stream in streams { #expect(try stream.next().data == "s=\(text)") }
    }
    try server.end()
    try nodes[1].awaitCluster { $0.carriers.last?.state != "up" }
    let third = try EventStream("/ns", of: nodes[1])
    for stream in streams { #expect(try stream.next().count == 3) }
    try server.restart()
    try nodes[1].awaitCluster { $0.carriers.map(\.state) == ["up", "up", "up"] }
    third.client.close()
    for stream in streams { #expect(try stream.next().count == 2) }
    for node in nodes {
      let report = try node.cluster()
      #expect(report.carriers.map(\.carrier) == ["multicast", "unicast", "redis"])
      #expect(report.dropped.isEmpty, "\(report.dropped)")
    }
  }

  @Test func `the capture of a node has the counts of the other nodes`() throws {
    let folder = try TemporaryFolder()
    let log = "\(folder.path)/log"
    let group = TestGroup()
    let other = try RunningDaemon.node(group.options + ["--enable-uuid"])
    let viewers = try (0..<3).map { try EventStream("/ns/viewer\($0)", of: other) }
    let captured = try RunningDaemon.node(group.options + ["--enable-uuid", "--capture", log])
    let stream = try EventStream("/ns/mine", of: captured)
    if stream.greeting.count != 4 { try stream.read(untilCount: 4) }
    try other.sendMessage("1-0", to: "ns")
    #expect(try stream.next().data == "s=1-0")
    let takes = try EventStream("/ns/mine", of: other)
    #expect(try stream.client.readToEnd().hasSuffix("retry: -1\n\n"))
    try captured.awaitMembers("ns", 4)
    try other.stop()
    try captured.awaitMembers("ns", 0)
    try captured.stop()

    let effects = try ProgramRun("replay", log, "--effects")
    #expect(effects.status == 0)
    // The other node may be heard before the stream opens, or after it.
    let showsFour = ["notify ns 4\n", "greet 1 ns 4\n"].contains { effects.output.contains($0) }
    #expect(showsFour, "\(effects.output)")
    for words in ["message ns s=1-0", "excluded", "greet"] {
      #expect(effects.output.contains(words), "\(words)")
    }
    let figures = try ProgramRun("replay", log, "--json")
    #expect(figures.output.contains(#""verified":true"#))
    #expect(try ProgramRun("replay", log, "--text").output.contains("bye "))
    withExtendedLifetime((viewers, takes)) {}
  }
}
