import Foundation
import Testing

/// The limits of connections, namespaces and descriptors (§2 rule 16, §8).
@Suite struct `At its limits the daemon` {
  @Test func `a stream past the limit of connections is told to come back later`() throws {
    try RunningDaemon.serving("--max-connections", "1") { daemon in
      let first = try EventStream("/ns", of: daemon)
      for path in ["/ns", "/new"] {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET \(path)", "Accept: text/event-stream"))
        #expect(try client.readAnswerHead()["Content-Type"] == "text/event-stream")
        let event = StreamEvent(
          lines: try client.readToEnd().split(separator: "\n").map { String($0) })
        #expect(event.lines.count == 1)
        #expect(event.retry.map { (5000...30_000).contains($0) } == true)
      }
      let answer = try daemon.ask(daemon.audience, request("GET /ns"))
      #expect(answer.status == 503)
      #expect(answer["Retry-After"].flatMap { Int($0) }.map { (5...30).contains($0) } == true)
      #expect(answer["Connection"] == "close")
      #expect(try daemon.ask(daemon.audience, request("GET /")).status == 200)
      #expect(try daemon.figures().mapValues(\.connections) == ["ns": 1])
      first.client.close()
      try eventually("room for a stream") {
        try daemon.ask(daemon.audience, request("GET /ns")).status != 503
      }
      #expect(try EventStream("/new", of: daemon).greeting.count == 1)
    }
  }

  @Test func `a full daemon accepts the stream that replaces another of its viewer`() throws {
    try RunningDaemon.serving("--max-connections", "1", "--enable-uuid") { daemon in
      let first = try EventStream("/ns/me", of: daemon)
      let second = try EventStream("/ns/me", of: daemon)
      #expect(second.greeting.count == 1)
      #expect(try first.client.readToEnd().hasSuffix("retry: -1\n\n"))
    }
  }

  @Test func `a namespace past the limit is refused, and the others go on`() throws {
    try RunningDaemon.serving("--max-namespaces", "2", "--namespace-clean-delay", "0") { daemon in
      let streams = try ["a", "b"].map { try EventStream("/\($0)", of: daemon) }
      let client = try RawClient(port: daemon.audience)
      try client.send(request("GET /c", "Accept: text/event-stream"))
      #expect(try client.readAnswer().body.hasPrefix("retry: "))
      #expect(try EventStream("/a", of: daemon).greeting.count == 2)
      #expect(try daemon.count("c") == 0)
      streams[1].client.close()
      try daemon.awaitNamespaces(["a"])
      #expect(try EventStream("/c", of: daemon).greeting.count == 1)
    }
  }

  @Test func `a flood of silent connections does not take the reserve of descriptors`() throws {
    try RunningDaemon.serving(shell: #"ulimit -n 128; exec "$0" "$@""#) { daemon in
      let before = try daemon.idleSockets()
      let stream = try EventStream("/ns", of: daemon)
      var silent = try (0..<300).map { _ in try RawClient(port: daemon.audience) }
      silent += try (0..<100).map { _ in try RawClient(port: daemon.statistics) }
      silent += try (0..<100).map { _ in try RawClient(port: daemon.messages) }
      // The flood may close a new connection too; once the daemon has accepted all of it, all are
      // served.
      try eventually("an answer after the flood") {
        (try? daemon.sendMessage("x", to: "b")) != nil
      }
      #expect(try daemon.figures().mapValues(\.members) == ["ns": 1])
      #expect(try RawClient(port: daemon.statistics).readToEnd().hasPrefix("{\"ns\":"))
      #expect(try daemon.ask(daemon.audience, request("GET /ns")).body == "1\n")
      #expect(try EventStream("/ns", of: daemon).greeting.count == 2)
      #expect(try daemon.sendMessage("x", to: "ns").hasPrefix(#"{"connections":"#))
      try stream.read(untilData: "s=x")
      #expect(try daemon.maximumDescriptors <= 128)
      silent = []
      try eventually("the end of all silent connections") { try daemon.sockets <= before + 3 }
    }
  }

  /// Four reactors hold 64 streams each where each has a descriptor table of its own, and 64
  /// together where they share that of the process.
  @Test(arguments: [Confinement.none, .noUnshare])
  func `a daemon without a free descriptor answers, becomes idle, and recovers`(
    confinement: Confinement
  ) throws {
    let capacity: UInt64 = confinement == .none ? 256 : 64
    try RunningDaemon.serving(
      "--workers", "4", shell: #"ulimit -n 128; exec "$0" "$@""#, confined: confinement
    ) { daemon in
      let before = try daemon.idleSockets()
      var streams: [RawClient] = []
      // The kernel spreads connections unevenly: there are enough for each reactor.
      for _ in 0..<2 * capacity + 72 {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        streams.append(client)
      }
      var open = 0
      let deadline = Deadline(within: 2 * Deadline.timeout)
      for client in streams {
        guard let event = try? client.read(through: "\n\n", within: deadline.seconds) else {
          continue
        }
        if event.contains("\ndata: ") { open += 1 }
      }
      #expect(open == capacity)
      #expect(try daemon.figures()["ns"]?.members == capacity)
      #expect(try daemon.ask(daemon.audience, request("GET /ns")).status == 503)
      #expect(try daemon.ask(daemon.audience, request("GET /")).status == 200)
      // Each reactor answers the requests that it gets.
      for _ in 0..<50 {
        #expect(try daemon.ask(daemon.audience, request("GET /")).status == 200)
      }
      let more = try (0..<300).map { _ in try RawClient(port: daemon.audience) }
      try daemon.awaitIdleSecond()
      for client in streams + more { client.close() }
      try daemon.awaitMembers("ns", 0)
      #expect(try EventStream("/ns", of: daemon).greeting.count == 1)
      try eventually("the end of all connections") { try daemon.sockets <= before + 2 }
    }
  }

  @Test(arguments: [40, 48, 64])
  func `a daemon with few descriptors becomes idle in a flood, and recovers`(limit: Int) throws {
    try RunningDaemon.serving("--workers", "1", shell: "ulimit -n \(limit); exec \"$0\" \"$@\"") {
      daemon in
      var clients = try (0..<100).map { _ in
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        return client
      }
      clients += try (0..<100).map { _ in try RawClient(port: daemon.statistics) }
      try daemon.awaitIdleSecond()
      for client in clients { client.close() }
      try eventually("a stream after the flood") {
        (try? EventStream("/ns", of: daemon).greeting.count) == 1
      }
    }
  }

  @Test(arguments: [8, 16, 20])
  func `a daemon with too few descriptors does not start, with one line that says so`(
    limit: Int
  ) throws {
    let options = ProgramRun.freePorts.joined(separator: " ")
    let line = "ulimit -n \(limit); exec timeout 10 \"$0\" \(options) --workers 1"
    let run = try ProgramRun(shell: line)
    #expect(run.status == 1)
    #expect(run.errorLines == 1)
    #expect(run.errors.hasPrefix("audience-meter: "))
  }

  @Test func `a daemon that gets no descriptor from the system goes on`() throws {
    try RunningDaemon.serving("--workers", "2", "--notify-max-delay", "100ms") { daemon in
      let idle = try daemon.descriptors(ofThread: "reactor 0")
      let streams = try (0..<10).map { _ in try EventStream("/ns", of: daemon) }
      try daemon.limitDescriptors(to: idle + 12)
      let more = try (0..<100).map { _ in
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        return client
      }
      for stream in streams {
        for _ in 0..<10 { #expect(try stream.next().count.map { $0 < 30 } == true) }
      }
      try daemon.awaitIdleSecond()
      for client in more { client.close() }
      // The connections that were not accepted yet are accepted now, and end at once.
      for stream in streams { try stream.read(untilCount: 10) }
      try eventually("a stream beside those ten") {
        (try? EventStream("/ns", of: daemon).greeting.count) == 11
      }
    }
  }

  @Test func `a daemon uses no CPU time while nothing happens`() throws {
    try RunningDaemon.serving { daemon in
      let streams = try (0..<200).map { try EventStream("/ns\($0)", of: daemon) }
      let silent = try (0..<20).map { _ in try RawClient(port: daemon.audience) }
      // Clients that read no response, and have closed their sending side.
      let stuck = try (0..<5).map { _ in
        let client = try RawClient(port: daemon.audience, receiveBuffer: 4096)
        let one = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        _ = client.sendUntilRefused(Array(String(repeating: one, count: 4000).utf8), waiting: 0.1)
        client.finish()
        return client
      }
      try daemon.awaitIdleSecond()
      #expect(try daemon.figures().values.reduce(0) { $0 + $1.members } == 200)
      withExtendedLifetime((streams, silent, stuck)) {}
    }
  }
}
