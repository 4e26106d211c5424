import Glibc
import Testing

/// Streams whose client does not read (SPEC §4).
@Suite struct `A slow reader` {
  private static let options = [
    "--notify-min-delay", "0", "--notify-max-delay", "3600", "--notify-delta-ratio", "0",
    "--workers", "1",
  ]

  /// Fills what lies between the daemon and a client that does not read, up to the daemon's own backlog.
  private func fill(_ namespace: String, of daemon: RunningDaemon, messages: Int) throws {
    let client = try RawClient(port: daemon.messages)
    let text = String(repeating: "m", count: 8000)
    for _ in 0..<messages {
      try client.send(request("POST /\(namespace)/s", "Content-Length: 8000") + text)
      #expect(try client.readAnswer().status == 200)
    }
  }

  @Test func `gets the rest of a frame and then the newest count alone`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
    // Two streams in another namespace tell when the daemon has done what was asked before.
    try fill("ns", of: daemon, messages: 9)
    var others: [EventStream] = []
    for count in 2...60 {
      others.append(try EventStream("/ns", of: daemon))
      if count > 2 { try others[0].read(untilTold: count) }
    }
    let events = try slow.read(untilTold: 60)
    for event in events.dropLast() {
      #expect(
        event.count == nil && event.lines == ["data: s=" + String(repeating: "m", count: 8000)])
    }
    #expect(events.count == 10)
    // And it is an ordinary stream again.
    others.removeLast().client.close()
    #expect(try slow.next().lines == ["data: 59"])
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `is closed when more than 64 KB of messages wait, and others are not delayed`() throws
  {
    let daemon = try RunningDaemon.start(Self.options)
    let reader = try EventStream("/ns", of: daemon)
    let slow = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
    try reader.read(untilTold: 2)
    var messages = 0
    while try daemon.count("ns") == 2, messages < 100 {
      try fill("ns", of: daemon, messages: 1)
      messages += 1
      #expect(try reader.next(within: Deadline.soon).data != nil)
    }
    // 64 KB of its own, and what the two sockets' buffers hold.
    #expect(messages > 8 && messages < 30)
    try reader.read(untilTold: 1)
    let rest = try slow.client.readToEnd()
    #expect(rest.utf8.count < messages * 8010)
    #expect(try daemon.residentMegabytes < 40)
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `that never reads again is closed after 30 s and counted no more`() async throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
    try fill("ns", of: daemon, messages: 9)
    let audience = daemon.audience
    let waited = try await waiting {
      let started = ContinuousClock.now
      let client = try RawClient(port: audience)
      let deadline = Deadline()
      // A request each 100 ms: the client waits for an answer that only the time-out of poll gives.
      while !deadline.hasPassed {
        try client.send(request("GET /ns"))
        if try client.readAnswer().body == "0\n" { return started.duration(to: .now) }
        _ = try? client.receiveOnce(within: 0.1)
      }
      throw HarnessError("still counted")
    }
    #expect(waited > .seconds(28) && waited < .seconds(30 + Deadline.soon))
    #expect(slow.greeting.count == 1)
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `that reads on while the daemon is held up stays`() async throws {
    let daemon = try RunningDaemon.start(Self.options)
    let (process, port) = (daemon.process, daemon.audience)
    let (isBehind, isStopped) = (Flag(), Flag())
    async let reading = waiting {
      let client = try RawClient(port: port, receiveBuffer: 2048)
      try client.send(request("GET /ns", "Accept: text/event-stream"))
      _ = try client.read(through: "\n\n")
      isBehind.raise()
      // Stopped before its 30 s are over, the daemon goes on when they are.
      poll(nil, 0, 22_000)
      kill(process, SIGSTOP)
      isStopped.raise()
      var text = ""
      for _ in 0..<9 {
        poll(nil, 0, 1000)
        text += client.takeWhatCame()
      }
      kill(process, SIGCONT)
      while text.utf8.count < 9 * 8010 { text += try client.read(through: "\n\n") }
      let other = try RawClient(port: port)
      try other.send(request("GET /ns"))
      return (text, members: try other.readAnswer().body)
    }
    let deadline = Deadline()
    while !isBehind.isRaised, !deadline.hasPassed { poll(nil, 0, 10) }
    try fill("ns", of: daemon, messages: 9)
    #expect(!isStopped.isRaised)
    let event = "data: s=" + String(repeating: "m", count: 8000) + "\n\n"
    let (text, members) = try await reading
    #expect(text == String(repeating: event, count: 9))
    #expect(members == "1\n")
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `that reads a little now and then stays`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
    for _ in 0..<10 {
      try fill("ns", of: daemon, messages: 4)
      for _ in 0..<4 { #expect(try slow.next().data?.utf8.count == 8002) }
    }
    #expect(try daemon.count("ns") == 1)
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }
}
