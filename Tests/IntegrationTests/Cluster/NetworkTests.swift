import Glibc
import Testing

/// Nodes in networks of their own, whose cables are cut and restored (§6).
@Suite(
  .enabled(if: whyNoNetworks == nil, "\(whyNoNetworks ?? "")"), .serialized)
struct `Nodes in networks that fail` {
  /// Three nodes with a viewer each, which know each other.
  private struct Trio {
    let networks: SwitchedNetworks
    let nodes: [RunningDaemon]
    let streams: [EventStream]

    init(_ networks: SwitchedNetworks, _ options: (Int) throws -> [String]) throws {
      self.networks = networks
      nodes = try (0..<3).map {
        try RunningDaemon.node(try options($0) + forgetful, in: networks.nodes[$0])
      }
      streams = try nodes.map { try EventStream("/ns", of: $0) }
      for stream in streams where stream.greeting.count != 3 {
        try stream.read(untilCount: 3)
      }
    }

    /// Cuts off the first node in some way, restores it, and prints the seconds after which each
    /// node showed the right counts.
    func endure(
      _ what: String, cut: () throws -> Void, restore: () throws -> Void
    ) throws {
      try cut()
      let forgotten = try measuring {
        for stream in streams.dropFirst() { try stream.read(untilCount: 2) }
        try streams[0].read(untilCount: 1)
      }
      for (node, count) in zip(nodes, [1, 2, 2]) { try node.awaitMembers("ns", count) }
      try restore()
      let known = try measuring {
        for stream in streams { try stream.read(untilCount: 3) }
      }
      print("\(what): forgotten after \(forgotten) s, truth \(known) s after the end of the cut")
      #expect(known < Deadline.prompt)
    }

    /// Cuts the cable of the first node twice, and then takes its interface down.
    func endureCuts(_ carrier: String) throws {
      for _ in 0..<2 { try endureCutCable(carrier) }
      try endure(
        "\(carrier), interface down", cut: { try networks.setInterface(of: 0, up: false) },
        restore: { try networks.setInterface(of: 0, up: true) })
    }

    func endureCutCable(_ carrier: String) throws {
      try endure(
        "\(carrier), cable", cut: { try networks.setCable(of: 0, up: false) },
        restore: { try networks.setCable(of: 0, up: true) })
    }
  }

  private static let ipv4 = ["--cluster-addr", "239.255.21.1:314", "--cluster-interface", "eth0"]

  @Test(arguments: [
    ipv4, ["--cluster-addr", "[ff05::21:1]:314", "--cluster-interface", "eth0"],
    ["--cluster-addr", "[ff02::21:1%eth0]:314"],
  ])
  func `nodes of one group know each other again when the network is restored`(
    options: [String]
  ) throws {
    let trio = try Trio(try SwitchedNetworks(3)) { _ in options }
    let networks = trio.networks
    let group = options[1]
    try trio.endureCuts(group)
    try trio.endure(
      "\(group), interface made anew",
      cut: { try networks.setCable(of: 0, up: false) },
      restore: { try networks.replaceInterface(of: 0) })
    for node in trio.nodes {
      #expect(try node.cluster().carriers.first?.state == "up")
      try node.stop()
    }
  }

  @Test func `nodes choose their interface by its address, or by the routes`() throws {
    let networks = try SwitchedNetworks(3)
    try ip("-n \(networks.nodes[2].name) route add 224.0.0.0/4 dev eth0")
    let trio = try Trio(networks) { index in
      let group = ["--cluster-addr", "239.255.21.2:314"]
      return index == 2 ? group : group + ["--cluster-interface", networks.address(of: index)]
    }
    try trio.nodes[0].awaitCluster {
      $0.nodes.map(\.address).sorted() == ["10.77.0.2:314", "10.77.0.3:314"]
    }
    let ipv6 = try Trio(networks) { index in
      ["--cluster-addr", "[ff05::21:2]:315", "--cluster-interface", "fd77::\(index + 1)"]
    }
    try ipv6.nodes[0].awaitCluster { $0.nodes.map(\.carrier) == ["multicast", "multicast"] }
  }

  @Test func `nodes that are peers know each other again when the network is restored`() throws {
    let networks = try SwitchedNetworks(3)
    let trio = try Trio(networks) { index in
      let others = [0, 1, 2].filter { $0 != index }
      // One by IPv4, the other by IPv6, and one of its own port.
      let peers = ["10.77.0.\(others[0] + 1):3140", "[fd77::\(others[1] + 1)]:3140"]
      return ["--cluster-peers", peers.joined(separator: ",")]
    }
    try trio.endureCuts("unicast")
  }

  /// A cut lasts as long as the nodes need to forget: about 1 s. TCP sends again after pauses that
  /// double, so after a short cut it goes on within about the same time.
  @Test(.enabled(if: isRedisInstalled, "needs redis-server in PATH or /usr/sbin"))
  func `nodes behind a Redis server know each other again when the network is restored`() throws {
    let networks = try SwitchedNetworks(4)
    let server = try RedisServer(in: networks.nodes[3], at: networks.address(of: 3))
    let trio = try Trio(networks) { _ in ["--cluster-redis", server.url()] }
    for _ in 0..<2 { try trio.endureCutCable("redis") }
    // Until the nodes give the connections up.
    try networks.setCable(of: 3, up: false)
    let cut = try measuring {
      for node in trio.nodes {
        try node.awaitCluster { $0.carriers.first?.state != "up" }
      }
    }
    #expect(cut < 10 + Deadline.prompt)
    try networks.setCable(of: 3, up: true)
    let known = try measuring {
      for node in trio.nodes { try node.awaitMembers("ns", 3) }
    }
    print(
      "redis, cable of the server: given up after \(cut) s, truth \(known) s after the cut"
    )
    #expect(known < Deadline.prompt)
  }

  @Test func `a node finds a peer that moved by its name`() throws {
    let networks = try SwitchedNetworks(3)
    try networks.nodes[0].setHosts("127.0.0.1 localhost\n")
    let options = ["--cluster-peers", "other.test:3140"] + forgetful
    let seeker = try RunningDaemon.node(options, in: networks.nodes[0])
    let stream = try EventStream("/ns", of: seeker)
    // No machine has that name yet.
    let early = try seeker.awaitCluster { ($0.carriers.first?.unsent ?? 0) > 0 }
    #expect(early.carriers.first?.state == "0 of 1 peers resolved")
    #expect(early.carriers.first?.sent == 0)
    for place in [1, 2, 1] {
      try networks.nodes[0].setHosts("\(networks.address(of: place)) other.test\n")
      let other = try RunningDaemon.node(
        ["--cluster-peers", "\(networks.address(of: 0)):3140"], in: networks.nodes[place])
      let viewer = try EventStream("/ns", of: other)
      let time = try measuring {
        if viewer.greeting.count != 2 { try viewer.read(untilCount: 2) }
      }
      print("unicast: a peer that moved was found after \(time) s")
      #expect(time < Deadline.prompt)
      try stream.read(untilCount: 2)
      try networks.nodes[0].setHosts("127.0.0.1 localhost\n")
      other.kill()
      try stream.read(untilCount: 1)
    }
    try seeker.stop()
    // The daemon logs a line when the name is lost, and none for each further attempt.
    let lines = seeker.laterLines.split(separator: "\n").filter { $0.contains("other.test") }
    #expect((1...4).contains(lines.count), "\(seeker.laterLines)")
  }

  @Test func `a node finds a second address of a name while the first one answers`() throws {
    let networks = try SwitchedNetworks(3)
    let first = "\(networks.address(of: 1)) other.test\n"
    try networks.nodes[0].setHosts(first)
    let seeker = try RunningDaemon.node(
      ["--cluster-peers", "other.test:3140"], in: networks.nodes[0])
    let answers = try RunningDaemon.node(
      ["--cluster-peers", "\(networks.address(of: 0)):3140"], in: networks.nodes[1])
    let stream = try EventStream("/ns", of: seeker)
    try answers.awaitMembers("ns", 1)
    // The second machine sends nothing to the seeker.
    let second = try RunningDaemon.node(
      ["--cluster-peers", "\(networks.address(of: 1)):3140"], in: networks.nodes[2])
    try networks.nodes[0].setHosts("\(first)\(networks.address(of: 2)) other.test\n")
    let time = try measuring {
      try second.awaitCluster {
        $0.nodes.map(\.address).contains("\(networks.address(of: 0)):3140")
      }
    }
    print("unicast: a second address was found after \(time) s")
    #expect(time < 10 + Deadline.prompt)
    try second.awaitMembers("ns", 1)
    try seeker.awaitCluster { $0.nodes.count == 2 }
    withExtendedLifetime(stream) {}
  }

  @Test func `nodes of two networks are two clusters`() throws {
    let networks = try [SwitchedNetworks(1), SwitchedNetworks(1)]
    let nodes = try networks.map { try RunningDaemon.node(Self.ipv4, in: $0.nodes[0]) }
    let streams = try nodes.map { try EventStream("/ns", of: $0) }
    for node in nodes {
      try node.awaitCluster { ($0.carriers.first?.sent ?? 0) > 10 }
      #expect(try node.count("ns") == 1)
      #expect(try node.cluster().nodes.isEmpty)
    }
    #expect(streams.allSatisfy { $0.greeting.count == 1 })
    // A release build removes the networks after their last use.
    withExtendedLifetime(networks) {}
  }
}
