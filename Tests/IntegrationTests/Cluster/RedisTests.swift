import Glibc
import Testing

/// A Redis server as a carrier, and its failures (§6).
@Suite(.enabled(if: isRedisInstalled, "needs redis-server in PATH or /usr/sbin"), .serialized)
struct `Nodes behind a Redis server` {
  /// Two nodes with a viewer each, which know each other.
  private func pair(
    _ server: RedisServer, _ options: [String] = []
  ) throws -> (nodes: [RunningDaemon], streams: [EventStream]) {
    let nodes = try (0..<2).map { _ in
      try RunningDaemon.node(["--cluster-redis", server.url()] + forgetful + options)
    }
    let streams = try nodes.map { try EventStream("/ns", of: $0) }
    for stream in streams where stream.greeting.count != 2 { try stream.read(untilCount: 2) }
    return (nodes, streams)
  }

  @Test(arguments: [SIGTERM, SIGKILL])
  func `nodes count their own viewers while the Redis server is gone, and all when it is back`(
    signal: Int32
  ) throws {
    let server = try RedisServer()
    let (nodes, streams) = try pair(server)
    for _ in 0..<2 {
      try server.end(by: signal)
      for stream in streams { try stream.read(untilCount: 1) }
      for node in nodes {
        try node.awaitCluster { $0.carriers.first?.state != "up" }
        #expect(try node.count("ns") == 1)
      }
      try server.restart()
      let time = try measuring {
        for stream in streams { try stream.read(untilCount: 2) }
      }
      print("redis: truth \(time) s after the server's return (signal \(signal))")
      // A delay of at most 5 s, and a notify interval.
      #expect(time < Deadline.prompt)
    }
  }

  @Test func `nodes give up a Redis server that is stopped, and use it again when it goes on`()
    throws
  {
    let server = try RedisServer()
    let (nodes, streams) = try pair(server)
    server.program.signal(SIGSTOP)
    for stream in streams { try stream.read(untilCount: 1) }
    let dead = try measuring {
      try nodes[0].awaitCluster { $0.carriers.first?.state != "up" }
    }
    server.program.signal(SIGCONT)
    let time = try measuring { for stream in streams { try stream.read(untilCount: 2) } }
    print("redis: given up after \(dead) s; truth \(time) s after it went on")
    #expect(dead < 10 + Deadline.prompt)
    #expect(time < Deadline.prompt)
  }

  @Test func `nodes know each other again after a short stall of the Redis server`() throws {
    let server = try RedisServer()
    let (nodes, streams) = try pair(server)
    server.program.signal(SIGSTOP)
    for stream in streams { try stream.read(untilCount: 1) }
    server.program.signal(SIGCONT)
    let time = try measuring { for stream in streams { try stream.read(untilCount: 2) } }
    print("redis: truth \(time) s after a stall")
    #expect(time < Deadline.prompt)
    try nodes[0].awaitCluster { $0.nodes.count == 1 }
  }

  @Test func `a node waits for a connection to a Redis server that is full`() throws {
    let server = try RedisServer(maximumClients: 4)
    let (nodes, streams) = try pair(server)
    let late = try RunningDaemon.node(["--cluster-redis", server.url()])
    try late.awaitCluster { $0.carriers.first?.state.contains("max number of clients") ?? false }
    #expect(try late.count("ns") == 0)
    try nodes[1].stop()
    let time = try measuring { try late.awaitMembers("ns", 1) }
    print("redis: truth \(time) s after the server was full no more")
    try streams[0].read(untilCount: 1)
  }

  @Test func `nodes connect again when the Redis server closes their connections`() throws {
    let server = try RedisServer()
    let (nodes, streams) = try pair(server)
    for _ in 0..<3 {
      try server.command("CLIENT KILL TYPE pubsub")
      try server.command("CLIENT KILL TYPE normal")
    }
    let node = try RunningDaemon.node(["--cluster-redis", server.url()])
    let third = try EventStream("/ns", of: node)
    for stream in streams { try stream.read(untilCount: 3) }
    if third.greeting.count != 3 { try third.read(untilCount: 3) }
    for node in nodes { try node.awaitCluster { $0.nodes.count == 2 } }
  }

  @Test func `a node reports a wrong password, and never shows it`() throws {
    let server = try RedisServer()
    let wrong = "redis://:not-it@127.0.0.1:\(server.port)/meters"
    let node = try RunningDaemon.node(["--cluster-redis", wrong, "--debug"])
    let report = try node.awaitCluster { $0.carriers.first?.state.contains("WRONGPASS") ?? false }
    #expect(report.carriers.first?.address == "127.0.0.1:\(server.port), channel meters")
    let text = try node.ask(node.statistics, request("GET /cluster")).body
    #expect(!text.contains("not-it"))
    try node.stop()
    let log = node.lines.joined() + node.laterLines
    #expect(!log.contains("not-it"))
    #expect(log.contains("WRONGPASS"))
  }

  @Test func `a refusal of a Redis server stands until it accepts a datagram, and is logged once`()
    throws
  {
    let server = try RedisServer()
    try server.command("ACL SETUSER meter on >its-own allchannels +@all")
    let node = try RunningDaemon.node(
      ["--cluster-redis", "redis://meter:its-own@127.0.0.1:\(server.port)/meters"])
    let other = try RunningDaemon.node(["--cluster-redis", server.url()])
    let stream = try EventStream("/ns", of: node)
    try other.awaitMembers("ns", 1)
    try server.command("ACL SETUSER meter -publish")
    let begin = try node.awaitCluster { $0.carriers[0].state.contains("NOPERM") }.carriers[0]
    /// Waits for further datagrams that are refused, more than there are between two PINGs.
    func expectRefusal(_ count: Int) throws {
      let former = try node.cluster().carriers[0].unsent
      try node.awaitCluster { report in
        #expect(report.carriers[0].state != "up", "\(report)")
        return report.carriers[0].unsent >= former + count
      }
    }
    try expectRefusal(25)
    // New connections do not end it either.
    try server.command("CLIENT KILL USER meter")
    try node.awaitCluster { $0.carriers[0].state.contains("NOPERM") }
    try expectRefusal(5)
    #expect(try node.cluster().carriers[0].sent == begin.sent)
    try server.command("ACL SETUSER meter +publish")
    try node.awaitCluster { $0.carriers[0].state == "up" && $0.carriers[0].sent > begin.sent }
    try other.awaitMembers("ns", 1)
    try node.stop()
    let lines = node.laterLines.split(separator: "\n")
    #expect(lines.count { $0.contains("NOPERM") } == 1, "\(node.laterLines)")
    #expect(lines.last == "audience-meter: redis: works again", "\(node.laterLines)")
    withExtendedLifetime(stream) {}
  }

  @Test func `each datagram is counted as sent once the Redis server has it, and else as unsent`()
    throws
  {
    let server = try RedisServer()
    let node = try RunningDaemon.node(["--cluster-redis", server.url()])
    try node.awaitCluster { $0.carriers.first.map { $0.sent > 3 } ?? false }
    // What lies in a socket or a queue is sent by nobody yet.
    server.program.signal(SIGSTOP)
    let stopped = try node.cluster().carriers[0].sent
    try node.awaitCluster { $0.carriers[0].state != "up" }
    let given = try node.cluster().carriers[0]
    #expect(given.sent <= stopped + 1)
    #expect(given.unsent > 5)
    server.program.signal(SIGCONT)
    try node.awaitCluster { $0.carriers[0].state == "up" && $0.carriers[0].sent > given.sent }
  }

  @Test func `a node logs in as a user with a password of its own`() throws {
    let server = try RedisServer()
    try server.command("ACL SETUSER meter on >its-own allchannels +@all")
    let url = "redis://meter:its-own@127.0.0.1:\(server.port)/meters"
    let node = try RunningDaemon.node(["--cluster-redis", url])
    let other = try RunningDaemon.node(["--cluster-redis", server.url()])
    let stream = try EventStream("/ns", of: node)
    try other.awaitMembers("ns", 1)
    #expect(stream.greeting.count == 1)
  }

  @Test func `a node logs in with a password from a file, with and without a user`() throws {
    let server = try RedisServer()
    try server.command("ACL SETUSER meter on >its-own allchannels +@all")
    let folder = try TemporaryFolder()
    let nodes = try [
      ("", server.password + "\n"), ("meter@", "its-own\r\n"),
    ].map { user, text in
      try RunningDaemon.node([
        "--cluster-redis", "redis://\(user)127.0.0.1:\(server.port)/meters",
        "--cluster-redis-password", try folder.write(text, to: "password-\(user)"),
      ])
    }
    let stream = try EventStream("/ns", of: nodes[0])
    try nodes[1].awaitMembers("ns", 1)
    #expect(stream.greeting.count == 1)
    for node in nodes {
      let text = try node.ask(node.statistics, request("GET /cluster")).body
      #expect(!text.contains("its-own") && !text.contains(server.password))
    }
  }

  @Test func `two channels of one Redis server are two clusters`() throws {
    let server = try RedisServer()
    let one = try RunningDaemon.node(["--cluster-redis", server.url("one")])
    let other = try RunningDaemon.node(["--cluster-redis", server.url("other")])
    let sameAsOne = try RunningDaemon.node(["--cluster-redis", server.url("one")])
    let stream = try EventStream("/ns", of: one)
    try sameAsOne.awaitMembers("ns", 1)
    #expect(try other.count("ns") == 0)
    #expect(try other.cluster().nodes.isEmpty)
    #expect(stream.greeting.count == 1)
  }

  @Test func `messages of the Redis server that are no datagrams are dropped`() throws {
    let server = try RedisServer()
    let (nodes, streams) = try pair(server)
    try server.command("PUBLISH meters nonsense")
    try server.command("PUBLISH meters \"\"")
    try server.command("PUBLISH meters \"\(String(repeating: "x", count: 60_000))\"")
    for node in nodes {
      try node.awaitCluster { $0.dropped.values.reduce(0, +) == 3 }
    }
    let late = try EventStream("/ns", of: nodes[0])
    for stream in streams { try stream.read(untilCount: 3) }
    #expect(late.greeting.count == 3)
  }

  @Test func `nodes start before the Redis server, their only carrier`() throws {
    let port = TestPorts.next()
    let url = "redis://:p%2Fss%3Aw%25rd@localhost:\(port)/meters"
    let nodes = try (0..<2).map { _ in try RunningDaemon.node(["--cluster-redis", url]) }
    let streams = try nodes.map { try EventStream("/ns", of: $0) }
    #expect(streams.allSatisfy { $0.greeting.count == 1 })
    let server = try RedisServer(port: port)
    for stream in streams { try stream.read(untilCount: 2) }
    withExtendedLifetime(server) {}
  }
}
