import Glibc
import Testing

/// Lines about recurring problems: at most one a second, which together count everything (§8).
@Suite struct `The count of a recurring problem` {
  /// The counts of a line that ends with `(3 now, 5 in all)`; nil for any other line.
  private func counts(_ line: some StringProtocol) -> (now: Int, inAll: Int)? {
    guard line.hasSuffix(" in all)"), let open = line.lastIndex(of: "(") else { return nil }
    let numbers = line[open...].split { !$0.isNumber }.compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }

  /// Requests streams of a daemon that refuses all of them.
  private func refuse(_ count: Int, by daemon: RunningDaemon) throws {
    for _ in 0..<count {
      let client = try RawClient(port: daemon.audience)
      try client.send(request("GET /ns", "Accept: text/event-stream"))
      #expect(try client.readToEnd().contains("retry: "))
    }
  }

  @Test func `a burst of refused streams is counted to its end, without a further event`() throws {
    try RunningDaemon.serving("--max-connections", "1") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      try refuse(50, by: daemon)
      var sum = 0
      while sum < 50 {
        let line = try daemon.nextLine()
        let found = counts(line)
        let counts = try #require(found, "\(line)")
        #expect(line.contains("streams refused: --max-connections is reached"))
        sum += counts.now
        #expect(counts.inAll == sum)
      }
      withExtendedLifetime(stream) {}
    }
  }

  @Test func `what is not logged yet is logged when the daemon stops`() throws {
    let daemon = try RunningDaemon.start(["--max-connections", "1"])
    let stream = try EventStream("/ns", of: daemon)
    try refuse(50, by: daemon)
    try daemon.stop()
    let lines = daemon.laterLines.split(separator: "\n").compactMap { counts($0) }
    #expect(lines.reduce(0) { $0 + $1.now } == 50, "\(daemon.laterLines)")
    withExtendedLifetime(stream) {}
  }

  @Test func `dropped datagrams are counted to the last one, while nothing else happens`() throws {
    let options = peerOptions(2)
    let node = try RunningDaemon.node(
      options[0] + ["--cluster-node-timeout", "10m", "--cluster-notify-interval", "5m"])
    let port = try #require(UInt16(options[0][1]))
    let socket = try UnicastSocket()
    for _ in 0..<20 { try socket.send(Array("nonsense".utf8), to: port) }
    var sum = 0
    while sum < 20 {
      let line = try node.nextLine()
      guard line.contains("cluster: datagrams dropped: ") else { continue }
      let words = line.split(separator: " ")
      sum += words.compactMap { Int($0) }.reduce(0, +)
    }
    #expect(sum == 20)
    try node.awaitCluster { $0.dropped.values.reduce(0, +) == 20 }
    for _ in 0..<20 { try socket.send(Array("nonsense".utf8), to: port) }
    try node.awaitCluster { $0.dropped.values.reduce(0, +) == 40 }
    try node.stop()
    let dropped = node.laterLines.split(separator: "\n").filter { $0.contains("dropped: ") }
    let total = dropped.flatMap { $0.split(separator: " ") }.compactMap { Int($0) }.reduce(0, +)
    #expect(total == 40, "\(node.laterLines)")
  }
}
