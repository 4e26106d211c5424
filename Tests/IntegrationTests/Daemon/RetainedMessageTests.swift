import Testing

/// Retained messages on the message port (§5).
@Suite struct `Retained messages` {
  private func retain(
    _ text: String, _ target: String = "/ns/score?retain", of daemon: RunningDaemon
  ) throws -> HTTPAnswer {
    let head = request("POST \(target)", "Content-Length: \(text.utf8.count)")
    return try daemon.ask(daemon.messages, head + text)
  }

  @Test func `who joins at half time sees the score`() throws {
    try RunningDaemon.serving { daemon in
      let first = try EventStream("/ns", of: daemon)
      let answer = try retain("0-0", of: daemon)
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "application/json")
      #expect(answer.body == #"{"connections":1}"#)
      #expect(try retain("half time\nbreak", "/ns/state?retain", of: daemon).status == 200)
      #expect(try retain("1-0", of: daemon).status == 200)
      #expect(try first.next().data == "score=0-0")
      #expect(try first.next().data == "state=half time\nbreak")
      #expect(try first.next().data == "score=1-0")
      let second = try EventStream("/ns", of: daemon)
      #expect(second.greeting.count == 2)
      #expect(try second.next().data == "score=1-0")
      #expect(try second.next().data == "state=half time\nbreak")
      #expect(try daemon.sendMessage("over", to: "ns") == #"{"connections":2}"#)
      #expect(try second.read(untilData: "s=over").count <= 2)
    }
  }

  @Test func `an empty text ends the keeping`() throws {
    try RunningDaemon.serving { daemon in
      let first = try EventStream("/ns", of: daemon)
      #expect(try retain("0-0", of: daemon).status == 200)
      let ended = try retain("", of: daemon)
      #expect(ended.status == 200 && ended.body == #"{"connections":0}"#)
      let second = try EventStream("/ns", of: daemon)
      try daemon.sendMessage("over", to: "ns")
      let events = try second.read(untilData: "s=over")
      #expect(!events.contains { $0.data?.hasPrefix("score") == true })
      #expect(try first.read(untilData: "s=over").first?.data == "score=0-0")
    }
  }

  @Test func `a namespace that does not exist gets 404`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try retain("0-0", of: daemon)
      #expect(answer.status == 404)
      #expect(answer.body == #"{"connections":0}"#)
      #expect(try daemon.figures().isEmpty)
      _ = try EventStream("/ns", of: daemon)
      let longest = String(repeating: "s", count: 255)
      #expect(try retain("x", "/ns/\(longest)?retain", of: daemon).status == 200)
      #expect(try retain("x", "/ns/\(longest)s?retain", of: daemon).status == 404)
    }
  }

  @Test func `more than 16 services or 65,536 bytes get 413, and nobody is sent them`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let quarter = String(repeating: "x", count: 16_384)
      for service in 1...4 {
        #expect(try retain(quarter, "/ns/s\(service)?retain", of: daemon).status == 200)
      }
      let reason =
        "413 Content Too Large: a namespace keeps at most 16 services and 65536 bytes of their "
        + "texts\n"
      let answer = try retain("y", "/ns/s5?retain", of: daemon)
      #expect(answer.status == 413 && answer.body == reason)
      for service in 1...16 {
        #expect(try retain("z", "/ns/s\(service)?retain", of: daemon).status == 200)
      }
      #expect(try retain("y", "/ns/s17?retain", of: daemon).body == reason)
      #expect(try retain(quarter + "x", "/ns/s1?retain", of: daemon).status == 413)
      try daemon.sendMessage("over", to: "ns")
      let texts = try stream.read(untilData: "s=over").compactMap(\.data)
      #expect(!texts.contains { $0.hasSuffix("=y") })
      #expect(texts.count { $0.hasSuffix("=z") } == 16)
    }
  }

  @Test func `a newcomer that reads slowly gets all that is kept`() throws {
    try RunningDaemon.serving { daemon in
      _ = try EventStream("/ns", of: daemon)
      // Each line of a text becomes a field of its own.
      let text = String(repeating: "\n", count: 9_000)
      for service in 1...6 {
        #expect(try retain(text, "/ns/s\(service)?retain", of: daemon).status == 200)
      }
      let slow = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
      for service in 1...6 { #expect(try slow.next().data == "s\(service)=" + text) }
      try daemon.sendMessage("over", to: "ns")
      try slow.read(untilData: "s=over")
    }
  }

  @Test func `a stream without chunks gets what is kept`() throws {
    try RunningDaemon.serving { daemon in
      let viewer = try EventStream("/ns", of: daemon)
      #expect(try retain("1-0", of: daemon).status == 200)
      #expect(try viewer.next().data == "score=1-0")
      let client = try daemon.connect(to: daemon.audience)
      try client.send("GET /ns HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n")
      _ = try client.readAnswerHead()
      #expect(try client.read(through: "data: 2\n\n").hasPrefix("retry: 2000\n"))
      #expect(try client.read(through: "\n\n") == "data: score=1-0\n\n")
      #expect(viewer.greeting.count == 1)
    }
  }

  @Test func `nodes that start later, and their viewers, see the score`() throws {
    let options = peerOptions(2)
    let one = try RunningDaemon.node(options[0])
    let first = try EventStream("/ns", of: one)
    #expect(try retain("1-0", of: one).status == 200)
    #expect(try first.next().data == "score=1-0")
    let other = try RunningDaemon.node(options[1])
    try other.awaitMembers("ns", 1)
    let second = try EventStream("/ns", of: other)
    try second.read(untilData: "score=1-0")
    #expect(try retain("2-0", of: other).status == 200)
    try first.read(untilData: "score=2-0")
    try eventually("the new score for newcomers of the other node") {
      let third = try EventStream("/ns", of: one)
      return try third.next().data == "score=2-0"
    }
  }

  @Test func `a captured log replays to the same effects`() throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/log"
    let daemon = try RunningDaemon.start(["--capture", file])
    let stream = try EventStream("/ns", of: daemon)
    #expect(try retain("1-0", of: daemon).status == 200)
    #expect(try stream.next().data == "score=1-0")
    let second = try EventStream("/ns", of: daemon)
    #expect(try second.next().data == "score=1-0")
    try daemon.stop()
    let replay = try ProgramRun("replay", file, "--effects")
    #expect(replay.status == 0)
    #expect(replay.output.contains(" message ns score=1-0\n"))
    #expect(replay.output.contains(" send 2 ns score=1-0\n"))
    let text = try ProgramRun("replay", file, "--text")
    #expect(text.output.contains(" retain ns score 1-0\n"))
  }
}
