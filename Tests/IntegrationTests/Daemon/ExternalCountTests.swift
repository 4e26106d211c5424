import Testing

/// External counts on the message port (§5).
@Suite struct `External counts` {
  private func put(
    _ target: String, _ number: String, of daemon: RunningDaemon
  ) throws -> HTTPAnswer {
    let head = request("PUT \(target)", "Content-Length: \(number.utf8.count)")
    return try daemon.ask(daemon.messages, head + number)
  }

  @Test func `a number that is put is counted until it is deleted`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0") { daemon in
      let answer = try put("/ns?source=youtube", "1200\n", of: daemon)
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "application/json")
      #expect(answer.body == #"{"members":1200}"#)
      let stream = try EventStream("/ns", of: daemon)
      #expect(stream.greeting.count == 1201)
      #expect(try put("/ns?source=twitch", "7", of: daemon).body == #"{"members":1208}"#)
      #expect(try stream.next().count == 1208)
      #expect(try daemon.figures()["ns"]?.connections == 1)
      let ended = try daemon.ask(daemon.messages, request("DELETE /ns?source=youtube"))
      #expect(ended.status == 200 && ended.body == #"{"members":8}"#)
      #expect(try stream.next().count == 8)
      let unknown = try daemon.ask(daemon.messages, request("DELETE /none?source=youtube"))
      #expect(unknown.status == 200 && unknown.body == #"{"members":0}"#)
      #expect(try daemon.figures().keys.sorted() == ["ns"])
    }
  }

  @Test func `what is no number or has no source gets 400 and changes nothing`() throws {
    try RunningDaemon.serving { daemon in
      for (target, number, reason) in [
        ("/ns?source=s", "many", "the body is no whole number from 0 to 9007199254740991"),
        ("/ns?source=s", "", "the body is no whole number from 0 to 9007199254740991"),
        (
          "/ns?source=s", "9007199254740992",
          "the body is no whole number from 0 to 9007199254740991"
        ),
        ("/ns", "1", "?source= takes a name of 1 to 255 bytes"),
        ("/ns?source=", "1", "?source= takes a name of 1 to 255 bytes"),
      ] {
        let answer = try put(target, number, of: daemon)
        #expect(answer.status == 400, "\(target) \(number)")
        #expect(answer.body == "400 Bad Request: \(reason)\n")
      }
      #expect(try daemon.ask(daemon.messages, request("DELETE /ns")).status == 400)
      #expect(try daemon.figures().isEmpty)
    }
  }

  @Test func `a 17th source gets 503 with Retry-After`() throws {
    try RunningDaemon.serving { daemon in
      for number in 1...16 {
        #expect(try put("/ns?source=s\(number)", "1", of: daemon).status == 200)
      }
      let answer = try put("/ns?source=s17", "1", of: daemon)
      #expect(answer.status == 503)
      #expect(answer["Retry-After"] != nil)
      #expect(try put("/ns?source=s16", "5", of: daemon).body == #"{"members":20}"#)
    }
  }

  @Test func `another method of the same target gets 405 with those that it has`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.messages, request("PATCH /ns?source=s"))
      #expect(answer.status == 405)
      #expect(answer["Allow"] == "PUT, DELETE")
      #expect(answer.body == #"{"connections":0}"#)
    }
  }

  @Test func `a page of another origin cannot report a count`() throws {
    try RunningDaemon.serving { daemon in
      for line in ["PUT /ns?source=s", "DELETE /ns?source=s"] {
        let text = request(line, "Origin: http://evil.example", "Content-Length: 1") + "5"
        let answer = try daemon.ask(daemon.messages, text)
        #expect(answer.status == 403)
      }
      #expect(try daemon.figures().isEmpty)
    }
  }

  @Test func `a captured log has the counts and the names of their sources`() throws {
    let folder = try TemporaryFolder()
    let log = "\(folder.path)/run.log"
    try RunningDaemon.serving("--capture", log) { daemon in
      _ = try put("/ns?source=youtube", "1200", of: daemon)
      _ = try daemon.ask(daemon.messages, request("DELETE /ns?source=youtube"))
      _ = try put("/ns?source=twitch", "3", of: daemon)
    }
    let text = try ProgramRun("replay", log, "--text").output
    let events = text.split(separator: "\n").map { line in
      line.split(separator: " ").dropFirst().joined(separator: " ")
    }
    #expect(
      events.filter { $0.hasPrefix("external") } == [
        "external youtube ns 1200", "external youtube ns 0", "external twitch ns 3",
      ])
    #expect(try ProgramRun("replay", log).figures["verified"] == "yes")
  }
}
