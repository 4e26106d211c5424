import Foundation
import Testing

/// What happens at the limits (SPEC §8).
@Suite struct `At its limits the daemon` {
  @Test func `tells a stream to come back later, and others too`() throws {
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
      #expect(try daemon.statistics().mapValues(\.connections) == ["ns": 1])
      first.client.close()
      while try daemon.ask(daemon.audience, request("GET /ns")).status == 503 {}
      #expect(try EventStream("/new", of: daemon).greeting.count == 1)
    }
  }

  @Test func `makes room for a viewer that comes again`() throws {
    try RunningDaemon.serving("--max-connections", "1", "--enable-uuid") { daemon in
      let first = try EventStream("/ns/me", of: daemon)
      let second = try EventStream("/ns/me", of: daemon)
      #expect(second.greeting.count == 1)
      #expect(try first.client.readToEnd().hasSuffix("retry: -1\n\n"))
    }
  }

  @Test func `opens no namespace past the limit, and its own go on`() throws {
    try RunningDaemon.serving("--max-namespaces", "2", "--namespace-clean-delay", "0") { daemon in
      let streams = try ["a", "b"].map { try EventStream("/\($0)", of: daemon) }
      let client = try RawClient(port: daemon.audience)
      try client.send(request("GET /c", "Accept: text/event-stream"))
      #expect(try client.readToEnd().contains("\r\n\r\nretry: "))
      #expect(try EventStream("/a", of: daemon).greeting.count == 2)
      #expect(try daemon.count("c") == 0)
      streams[1].client.close()
      let deadline = Deadline()
      while try daemon.statistics().count == 2, !deadline.hasPassed {}
      #expect(try EventStream("/c", of: daemon).greeting.count == 1)
    }
  }

  @Test func `keeps its reserve from silent connections`() throws {
    try RunningDaemon.serving(shell: #"ulimit -n 128; exec "$0" "$@""#) { daemon in
      let before = try daemon.idleSockets()
      let stream = try EventStream("/ns", of: daemon)
      var silent = try (0..<300).map { _ in try RawClient(port: daemon.audience) }
      silent += try (0..<100).map { _ in try RawClient(port: daemon.statistics) }
      silent += try (0..<100).map { _ in try RawClient(port: daemon.messages) }
      // The flood itself may wash a newcomer away; once it has been accepted, everyone is served.
      let washed = Deadline()
      while (try? daemon.sendMessage("x", to: "b")) == nil, !washed.hasPassed {}
      #expect(try daemon.statistics().mapValues(\.members) == ["ns": 1])
      #expect(try RawClient(port: daemon.statistics).readToEnd().hasPrefix("{\"ns\":"))
      #expect(try daemon.ask(daemon.audience, request("GET /ns")).body == "1\n")
      #expect(try EventStream("/ns", of: daemon).greeting.count == 2)
      #expect(try daemon.sendMessage("x", to: "ns") != "")
      #expect(try stream.read(untilData: "s=x").isEmpty == false)
      #expect(try daemon.mostDescriptors <= 128)
      silent = []
      let deadline = Deadline()
      while try daemon.sockets > before + 3, !deadline.hasPassed {}
      #expect(try daemon.sockets <= before + 3)
    }
  }

  /// Of four reactors each holds 64 streams where it has a limit of its own, and all together do where the
  /// limit is the process's.
  @Test(arguments: [Confinement.none, .noUnshare])
  func `is full of streams, tells it, neither stops nor spins, and recovers`(
    confinement: Confinement
  ) throws {
    let capacity: UInt64 = confinement == .none ? 256 : 64
    try RunningDaemon.serving(
      "--workers", "4", shell: #"ulimit -n 128; exec "$0" "$@""#, confined: confinement
    ) { daemon in
      let before = try daemon.idleSockets()
      var streams: [RawClient] = []
      // The kernel spreads them as it likes, so there are enough for each reactor.
      for _ in 0..<2 * capacity + 72 {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        streams.append(client)
      }
      var open = 0
      for client in streams {
        guard let event = try? client.read(through: "\n\n") else { continue }
        if event.contains("\ndata: ") { open += 1 }
      }
      #expect(open == capacity)
      #expect(try daemon.statistics()["ns"]?.members == capacity)
      #expect(try daemon.ask(daemon.audience, request("GET /ns")).status == 503)
      #expect(try daemon.ask(daemon.audience, request("GET /")).status == 200)
      // Whichever reactor gets it, a request is answered.
      for _ in 0..<50 {
        #expect(try daemon.ask(daemon.audience, request("GET /")).status == 200)
      }
      let more = try (0..<300).map { _ in try RawClient(port: daemon.audience) }
      let ticks = try daemon.ticks
      let second = Deadline(within: 1)
      while !second.hasPassed { poll(nil, 0, second.milliseconds) }
      #expect(try daemon.ticks - ticks < 20)
      for client in streams + more { client.close() }
      try daemon.awaitMembers("ns", 0)
      #expect(try EventStream("/ns", of: daemon).greeting.count == 1)
      let deadline = Deadline()
      while try daemon.sockets > before + 2, !deadline.hasPassed {}
      let left = try daemon.sockets
      #expect(left <= before + 2, "\(before) before")
    }
  }

  @Test(arguments: [40, 48, 64])
  func `does with few descriptors what it can`(limit: Int) throws {
    try RunningDaemon.serving("--workers", "1", shell: "ulimit -n \(limit); exec \"$0\" \"$@\"") {
      daemon in
      var clients = try (0..<100).map { _ in
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        return client
      }
      clients += try (0..<100).map { _ in try RawClient(port: daemon.statistics) }
      let ticks = try daemon.ticks
      let second = Deadline(within: 1)
      while !second.hasPassed { poll(nil, 0, second.milliseconds) }
      #expect(try daemon.ticks - ticks < 20)
      for client in clients { client.close() }
      let deadline = Deadline()
      while (try? EventStream("/ns", of: daemon)) == nil, !deadline.hasPassed {}
      #expect(try EventStream("/ns", of: daemon).greeting.count != nil)
    }
  }

  @Test(arguments: [8, 16, 20])
  func `says on start that it has too few descriptors`(limit: Int) throws {
    let line =
      "ulimit -n \(limit); exec timeout 10 \"$0\" --port 0 --demo-port 0 --stats-port 0 --workers 1"
    let run = try ProgramRun(shell: line)
    #expect(run.status == 1)
    #expect(!run.diedOfSignal)
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
    #expect(run.complaint.hasPrefix("audience-meter: "))
  }

  @Test func `goes on when the system gives it no descriptor`() throws {
    try RunningDaemon.serving("--workers", "2", "--notify-max-delay", "100ms") { daemon in
      let idle = try daemon.descriptors(ofThread: "reactor 0")
      let streams = try (0..<10).map { _ in try EventStream("/ns", of: daemon) }
      try daemon.limitDescriptors(to: idle + 12)
      let more = try (0..<100).map { _ in
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        return client
      }
      let ticks = try daemon.ticks
      for stream in streams {
        for _ in 0..<10 { #expect(try stream.next().count.map { $0 < 30 } == true) }
      }
      #expect(try daemon.ticks - ticks < 30)
      for client in more { client.close() }
      // Those that had no turn are accepted now, and are gone at once.
      for stream in streams { try stream.read(untilTold: 10) }
      // Those that waited to be accepted come and go now.
      let deadline = Deadline()
      while (try? EventStream("/ns", of: daemon).greeting.count) != 11, !deadline.hasPassed {}
      #expect(!deadline.hasPassed)
    }
  }

  @Test func `does nothing while nothing happens`() throws {
    try RunningDaemon.serving { daemon in
      let streams = try (0..<200).map { try EventStream("/ns\($0)", of: daemon) }
      let silent = try (0..<20).map { _ in try RawClient(port: daemon.audience) }
      // Those that read no answer, and say that they will ask no more.
      let stuck = try (0..<5).map { _ in
        let client = try RawClient(port: daemon.audience, receiveBuffer: 4096)
        let one = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        _ = client.sendUntilRefused(Array(String(repeating: one, count: 4000).utf8), within: 0.3)
        client.finish()
        return client
      }
      _ = try daemon.statistics()
      let ticks = try daemon.ticks
      let second = Deadline(within: 1)
      while !second.hasPassed { poll(nil, 0, second.milliseconds) }
      #expect(try daemon.ticks - ticks < 5)
      #expect(streams.count + silent.count + stuck.count == 225)
    }
  }
}
