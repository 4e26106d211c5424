import Glibc
import Testing

/// Nodes that are heard over unicast from addresses that no peer of the options has (§6).
@Suite struct `A node that the peers do not name` {
  /// A node whose only peer is silent, its cluster port, and a viewer there.
  private struct Node {
    let daemon: RunningDaemon
    let port: UInt16
    let stream: EventStream

    init(_ options: [String] = []) throws {
      port = TestPorts.next()
      daemon = try RunningDaemon.node(
        ["--cluster-port", "\(port)", "--cluster-peers", "127.0.0.1:9"] + options)
      stream = try EventStream("/ns", of: daemon)
    }
  }

  private static let datagram = LegacyDatagram.bytes(LegacyDatagram.session, [("ns", 3, 9)])
  private static let questionLength = 36

  /// Sends a datagram as a node does, until a question comes. Returns the question.
  private func question(of node: Node, to socket: UnicastSocket) throws -> [UInt8] {
    var question: [UInt8]?
    try eventually("a question") {
      try socket.send(Self.datagram, to: node.port)
      question = socket.receive(within: 0.2)
      return question != nil
    }
    return try #require(question)
  }

  /// The answer to a question without a secret.
  private func answer(to question: [UInt8]) -> [UInt8] {
    var answer = question
    answer[3] = UInt8(ascii: "!")
    return answer
  }

  @Test func `a node that speaks is told, with and without a secret`() throws {
    let folder = try TemporaryFolder()
    let secret = ["--cluster-secret", try folder.write("open sesame", to: "secret")]
    // Within ten minutes no node is forgotten without a goodbye.
    for options in [[], secret].map({ $0 + ["--cluster-node-timeout", "10m"] }) {
      let node = try Node(options)
      let speaker = try RunningDaemon.node(
        ["--cluster-port", "\(TestPorts.next())", "--cluster-peers", "127.0.0.1:\(node.port)"]
          + options)
      let viewer = try EventStream("/ns", of: speaker)
      if viewer.greeting.count != 2 { try viewer.read(untilCount: 2) }
      try node.daemon.awaitMembers("ns", 2)
      try node.daemon.sendMessage("1-0", to: "ns")
      try viewer.read(untilData: "s=1-0")
      // It is told the goodbye too.
      try node.daemon.stop()
      try speaker.awaitMembers("ns", 1)
    }
  }

  @Test func `an address that answers is told until it is silent for the node timeout`() throws {
    let node = try Node(forgetful)
    let socket = try UnicastSocket()
    let question = try question(of: node, to: socket)
    try socket.send(answer(to: question), to: node.port)
    while let datagram = socket.receive(), datagram.count == Self.questionLength {}
    // Datagrams are sent each 200 ms, until the timeout of 1 s.
    let further = try #require(socket.receive())
    #expect(further.count > Self.questionLength)
    try eventually("a second without a datagram") { socket.receive(within: 1) == nil }
    #expect(try node.daemon.awaitCluster { $0.carriers[0].sent > 0 }.carriers[0].state == "up")
  }

  @Test func `an address that does not answer is sent no more than came from there`() throws {
    let node = try Node()
    let socket = try UnicastSocket()
    var (sent, received) = (0, 0)
    for _ in 0..<50 {
      try socket.send(Self.datagram, to: node.port)
      sent += Self.datagram.count
    }
    // Whatever is shorter than a question is answered by none.
    for _ in 0..<50 { try socket.send([0x80], to: node.port) }
    try node.daemon.awaitCluster { $0.nodes.map(\.id) == [LegacyDatagram.session] }
    let rounds = try node.daemon.cluster().carriers[0]
    try node.daemon.awaitCluster { $0.carriers[0].sent + $0.carriers[0].unsent > rounds.sent + 5 }
    while let datagram = socket.receive(within: 0.2) {
      #expect(datagram.count == Self.questionLength)
      #expect(datagram.starts(with: [0xC1, 0x41, 0x4D, 0x3F]))
      received += datagram.count
    }
    #expect((1...sent).contains(received))
  }

  @Test func `an answer counts only from the address that was asked`() throws {
    let node = try Node()
    let socket = try UnicastSocket()
    let other = try UnicastSocket()
    let question = try question(of: node, to: socket)
    try other.send(answer(to: question), to: node.port)
    var wrong = answer(to: question)
    wrong[5] ^= 1
    try socket.send(wrong, to: node.port)
    let rounds = try node.daemon.cluster().carriers[0]
    try node.daemon.awaitCluster { $0.carriers[0].sent + $0.carriers[0].unsent > rounds.sent + 5 }
    #expect(other.receive(within: 0.1) == nil)
    while let datagram = socket.receive(within: 0.1) {
      #expect(datagram.count == Self.questionLength)
    }
  }

  @Test func `an answer without the secret counts for nothing, and strangers are not answered`()
    throws
  {
    let folder = try TemporaryFolder()
    let node = try Node(["--cluster-secret", try folder.write("open sesame", to: "secret")])
    let socket = try UnicastSocket()
    let question = try question(of: node, to: socket)
    try socket.send(answer(to: question), to: node.port)
    // The node itself would make the right answer, but only for those to whom it sends.
    try socket.send(question, to: node.port)
    let rounds = try node.daemon.cluster().carriers[0]
    try node.daemon.awaitCluster { $0.carriers[0].sent + $0.carriers[0].unsent > rounds.sent + 5 }
    while let datagram = socket.receive(within: 0.1) {
      #expect(datagram.starts(with: [0xC1, 0x41, 0x4D, 0x3F]))
    }
  }
}
