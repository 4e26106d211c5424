import CLinux
import Glibc
import Testing

/// A multicast group and other members of it than nodes of this program (§6).
@Suite(.serialized) struct `A multicast group` {
  @Test func `two groups on one port are two clusters`() throws {
    let group = TestGroup()
    let twin = ["--cluster-addr", "239.254.7.7:\(group.port)", "--cluster-interface", "lo"]
    let one = try RunningDaemon.node(group.options)
    let other = try RunningDaemon.node(twin)
    let sameAsOne = try RunningDaemon.node(group.options)
    let stream = try EventStream("/ns", of: one)
    try sameAsOne.awaitMembers("ns", 1)
    #expect(try other.count("ns") == 0)
    #expect(try other.cluster().nodes.isEmpty)
    #expect(stream.greeting.count == 1)
  }

  @Test func `the counts of legacy nodes are in the total`() throws {
    let group = TestGroup()
    let socket = try GroupSocket(group)
    let node = try RunningDaemon.node(group.options + forgetful)
    let stream = try EventStream("/ns", of: node)
    let bytes = LegacyDatagram.bytes(LegacyDatagram.session, [("ns", 3, 9), ("theirs", 2, 2)])
    for _ in 0..<3 {
      let legacy = try RepeatedDatagram(socket, bytes)
      try stream.read(untilCount: 4)
      try node.awaitMembers("theirs", 2)
      try eventually("9 connections at the legacy node") {
        try node.figures()["ns"]?.connections == 10
      }
      try node.awaitCluster { report in
        report.nodes.contains {
          $0.id == LegacyDatagram.session && $0.members == 5
            && $0.address == "127.0.0.1:\(group.port)"
        }
      }
      // It sends nothing more, and is forgotten.
      legacy.end()
      try stream.read(untilCount: 1)
    }
  }

  @Test func `a node sends what legacy nodes read: sid, vals, and keys that they ignore`() throws {
    let group = TestGroup()
    let listener = try GroupSocket(group)
    let node = try RunningDaemon.node(group.options + forgetful)
    let stream = try EventStream("/ns", of: node)
    let id = try node.cluster().id
    let beginning: [UInt8] =
      [0xA3] + Array("sid".utf8) + [0xDA, 0, 36] + Array(id.utf8) + [0xA4] + Array("vals".utf8)
      + [0x93, 0xA2] + Array("ns".utf8) + [1, 1]
    let datagram = try listener.receive { $0.dropFirst().starts(with: beginning) }
    #expect((0x82...0x8F).contains(datagram[0]))
    // It sends that again each interval, though nothing changed.
    for _ in 0..<3 { _ = try listener.receive { $0.dropFirst().starts(with: beginning) } }
    #expect(stream.greeting.count == 1)
  }

  @Test(.enabled(if: isMessagePackInstalled, "needs python3-msgpack"))
  func
    `a node and another implementation of MessagePack read each other's datagrams`()
    throws
  {
    let group = TestGroup()
    let node = try RunningDaemon.node(group.options + forgetful)
    let stream = try EventStream("/ns", of: node)
    let python = try ChildProgram(
      debianPython, ["-c", Self.speaker, group.address, "\(group.port)"])
    try stream.read(untilCount: 8)
    try node.awaitMembers("theirs", 65_536)
    #expect(try python.output.read(through: "\n") == "received ns 1 1\n")
    python.end()
    try stream.read(untilCount: 1)
  }

  /// The beginning of a legacy node in Python: its socket `s` in the group.
  private static let legacyNode = """
    import msgpack, select, socket, sys, time
    group, port = sys.argv[1], int(sys.argv[2])
    own = "5f9d3a70-6b1c-4e0e-9d36-0c7a6f1b2e44"
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    lo = socket.inet_aton("127.0.0.1")
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + lo)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, lo)
    """

  /// Sends what a legacy node would, as another implementation encodes it, and prints what it
  /// receives of `ns`.
  private static let speaker = """
    \(legacyNode)
    counts = ["ns", 7, 300, "theirs", 65536, 1 << 40]
    datagram = msgpack.packb({"sid": own, "vals": counts}, use_bin_type=False)
    printed = False
    while True:
        s.sendto(datagram, (group, port))
        end = time.monotonic() + 0.2
        while select.select([s], [], [], max(0, end - time.monotonic()))[0]:
            received = msgpack.unpackb(s.recv(65536), raw=True)
            vals = received[b"vals"]
            if received[b"sid"] != own.encode() and b"ns" in vals and not printed:
                at = vals.index(b"ns")
                print("received", "ns", vals[at + 1], vals[at + 2], flush=True)
                printed = True
    """

  @Test func `malformed datagrams change nothing, and are counted as dropped`() throws {
    let group = TestGroup()
    let stranger = try GroupSocket(group)
    let nodes = try (0..<2).map { _ in try RunningDaemon.node(group.options) }
    let stream = try EventStream("/ns", of: nodes[0])
    try nodes[1].awaitMembers("ns", 1)
    let whole = LegacyDatagram.bytes(LegacyDatagram.session, [("ns", 3, 9), ("a", 1, 1)])
    var hostile = (0..<whole.count).map { Array(whole.prefix($0)) }
    hostile += [
      [0xC0], [0xDD, 0x7F, 0xFF, 0xFF, 0xFF], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF],
      Array(repeating: 0x91, count: 60_000), Array(repeating: 0xFF, count: 65_507),
      whole + [0],
    ]
    // A node of this program sends no bad names and no numbers such as −5, 2⁶⁴ − 1 and "5".
    let counts = [
      LegacyDatagram.bytes(LegacyDatagram.session, [("", 1, 1)]),
      LegacyDatagram.bytes(LegacyDatagram.session, [("a b", 1, 1)]),
      whole.dropLast() + [0xFB], whole.dropLast() + [0xCF] + Array(repeating: 0xFF, count: 8),
      whole.dropLast() + [0xA1, 0x35],
    ]
    hostile += counts.map { [0x83] + $0.dropFirst() + [0xA3] + Array("seq".utf8) + [1] }
    // One by one, so that the sockets have room for each.
    let time = try measuring {
      for (index, bytes) in hostile.enumerated() {
        try stranger.send(bytes)
        for node in nodes { try node.awaitCluster { $0.notAccepted == index + 1 } }
      }
    }
    for node in nodes {
      #expect(try node.count("ns") == 1)
      #expect(try node.count("a") == 0)
    }
    #expect(stream.client.takeReceived() == "")
    for node in nodes {
      try node.stop()
      // At most a line a second.
      let lines = node.laterLines.split(separator: "\n")
      #expect(lines.count <= Int(time) + 2, "\(node.laterLines)")
    }
  }

  @Test func `a bad name and a bad number of a legacy node hide none of its other counts`() throws {
    let group = TestGroup()
    let socket = try GroupSocket(group)
    let node = try RunningDaemon.node(group.options)
    let stream = try EventStream("/ns", of: node)
    // A name of 300 bytes, and −1 members, which legacy nodes skip too.
    let bytes = LegacyDatagram.bytes(
      LegacyDatagram.session, [("ns", 3, 9), ("odd", 0xFF, 1), ("theirs", 2, 2)],
      longName: String(repeating: "n", count: 300))
    let legacy = try RepeatedDatagram(socket, bytes)
    try stream.read(untilCount: 4)
    try node.awaitMembers("theirs", 2)
    try node.awaitCluster { report in
      report.nodes.contains {
        $0.id == LegacyDatagram.session && $0.members == 5 && $0.dropped.isEmpty
          && $0.skipped["bad name"] ?? 0 > 0 && $0.skipped["bad name"] == $0.skipped["bad number"]
      }
    }
    #expect(try node.cluster().dropped.isEmpty)
    #expect(try node.count("odd") == 0)
    legacy.end()
  }

  @Test(.enabled(if: isMessagePackInstalled, "needs python3-msgpack"))
  func `a node that stops has no viewers at a legacy node, nor at a node, from then on`() throws {
    let group = TestGroup()
    let node = try RunningDaemon.node(group.options)
    let other = try RunningDaemon.node(group.options)
    // More namespaces than fit into a datagram.
    let streams = try (0..<120).map { try EventStream("/a-namespace-\($0)", of: node) }
    let python = try ChildProgram(
      debianPython, ["-c", Self.listener, group.address, "\(group.port)"])
    #expect(try python.output.read(through: "\n") == "120\n")
    try node.awaitCluster { $0.nodes.contains { $0.id == LegacyDatagram.session } }
    try other.awaitMembers("a-namespace-7", 1)
    let id = try node.cluster().id
    try node.stop()
    // It forgets nothing by itself.
    #expect(try python.output.read(through: "\n") == "0\n")
    try other.awaitCluster { report in !report.nodes.contains { $0.id == id } }
    #expect(try other.count("a-namespace-7") == 0)
    #expect(try other.cluster().dropped.isEmpty)
    python.end()
    #expect(streams.count == 120)
  }

  /// Is a legacy node with no viewers of its own. It prints the number of viewers of the other
  /// nodes, when it is 120 and when it is 0 after that.
  private static let listener = """
    \(legacyNode)
    counts = {}
    awaited = [120, 0]
    while awaited:
        known = [v for name in sorted({n for _, n in counts}) for v in (name, 0, 0)]
        if known:
            datagram = {"sid": own, "vals": known}
            s.sendto(msgpack.packb(datagram, use_bin_type=False), (group, port))
        end = time.monotonic() + 0.2
        while select.select([s], [], [], max(0, end - time.monotonic()))[0]:
            received = msgpack.unpackb(s.recv(65536), raw=True)
            sid, vals = received[b"sid"], received[b"vals"]
            if sid == own.encode(): continue
            for at in range(0, len(vals), 3): counts[sid, vals[at]] = vals[at + 1]
            if awaited and sum(counts.values()) == awaited[0]:
                print(awaited.pop(0), flush=True)
    """

  @Test func `a flood of datagrams does not hold up requests`() throws {
    let group = TestGroup()
    let stranger = try GroupSocket(group)
    let node = try RunningDaemon.node(group.options + ["--max-namespaces", "1000"])
    let stream = try EventStream("/ns", of: node)
    var flood: [[UInt8]] = []
    for index in 0..<100 {
      let session = "5f9d3a70-6b1c-4e0e-9d36-0c7a6f1b\(1000 + index)"
      flood.append(LegacyDatagram.bytes(session, [("f\(index)", 1, 1), ("ns", 1, 1)]))
      flood.append(Array(repeating: 0x91, count: 1400))
    }
    let deadline = Deadline(within: 2)
    var slowest = 0.0
    while !deadline.hasPassed {
      for bytes in flood { try stranger.send(bytes) }
      slowest = max(slowest, try measuring { _ = try node.count("ns") })
    }
    print("the slowest answer in a flood of datagrams: \(slowest) s")
    #expect(slowest < Deadline.prompt)
    try node.awaitMembers("ns", 1)
    #expect(stream.greeting.count == 1)
  }
}
