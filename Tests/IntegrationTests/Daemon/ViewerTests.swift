import Glibc
import Testing

/// Viewer ids (§2 rule 8).
@Suite struct `A viewer id` {
  private static let options = [
    "--enable-uuid", "--notify-min-delay", "0", "--notify-max-delay", "60",
  ]

  /// The last event of an excluded stream, and what follows it.
  private func rest(of stream: EventStream) throws -> String {
    let text = try stream.client.readToEnd()
    return String(text[(text.firstRange(of: "retry:")?.lowerBound ?? text.endIndex)...])
  }

  @Test func `a newcomer excludes the former stream of its viewer id`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let former = try EventStream("/a/me", of: daemon)
      let newcomer = try EventStream("/b/me", of: daemon)
      #expect(newcomer.greeting.count == 1)
      #expect(try rest(of: former) == "retry: -1\n\n")
      try daemon.awaitMembers("a", 0)
      #expect(try daemon.count("b") == 1)
    }
  }

  @Test func `an exclusion in one namespace leaves its count as it is`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let witness = try EventStream("/a", of: daemon)
    var holder = try EventStream("/a/me", of: daemon)
    for _ in 0..<10 {
      let newcomer = try EventStream("/a/me", of: daemon)
      #expect(newcomer.greeting.count == 2)
      #expect(try rest(of: holder) == "retry: -1\n\n")
      holder = newcomer
    }
    #expect(try daemon.figures()["a"]?.members == 2)
    #expect(try daemon.figures()["a"]?.connections == 2)
    #expect(witness.greeting.count == 1)
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `an excluded stream that comes back is stopped with 204`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let former = try EventStream("/a/me", of: daemon)
      let newcomer = try EventStream("/a/me", of: daemon)
      _ = try former.client.readToEnd()
      let id = "Last-Event-ID: \(former.greeting.id ?? "")"
      for _ in 0..<3 {
        let answer = try daemon.ask(
          daemon.audience, request("GET /a/me", "Accept: text/event-stream", id))
        #expect(answer.status == 204)
        #expect(answer["Access-Control-Allow-Origin"] == "*")
      }
      #expect(try daemon.count("a") == 1)
      // The id of a stream of another viewer, or of a viewer that has left, stops nobody.
      let own = "Last-Event-ID: \(newcomer.greeting.id ?? "")"
      newcomer.client.close()
      try daemon.awaitMembers("a", 0)
      #expect(try EventStream("/a/me", of: daemon, own).greeting.count == 1)
      #expect(try EventStream("/a/you", of: daemon, id).greeting.count != nil)
    }
  }

  @Test(arguments: ["lastEventId", "last_event_id"])
  func `an excluded stream that comes back with its id in the query is stopped with 204`(
    name: String
  ) throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let former = try EventStream("/a/me", of: daemon)
      let newcomer = try EventStream("/a/me", of: daemon)
      let id = try #require(former.greeting.id)
      for query in ["\(name)=\(id)", "a=b&\(name)=\(id)&c"] {
        let line = "GET /a/me?\(query)"
        let answer = try daemon.ask(daemon.audience, request(line, "Accept: text/event-stream"))
        #expect(answer.status == 204)
      }
      // A field is the only id that is read.
      for value in [newcomer.greeting.id ?? "", "other", ""] {
        let stream = try EventStream(
          "/a/me?\(name)=\(id)", of: daemon, "Last-Event-ID: \(value)")
        #expect(stream.greeting.count == 1)
      }
    }
  }

  @Test func `of three streams that come back by themselves, the last stays`() throws {
    try RunningDaemon.serving("--enable-uuid", "--notify-max-delay", "60") { daemon in
      let streams = try (0..<3).map { _ in try EventStream("/a/me", of: daemon) }
      for former in streams.dropLast() {
        #expect(try rest(of: former) == "retry: -1\n\n")
        #expect(try statusOfReturn(of: former, to: daemon) == 204)
      }
      #expect(try daemon.figures()["a"]?.connections == 1)
      try daemon.sendMessage("own", to: "a")
      #expect(try streams[2].next().data == "s=own")
    }
  }

  @Test func `a page that is reloaded stays, and the older one is stopped`() throws {
    try RunningDaemon.serving(
      "--enable-uuid", "--notify-max-delay", "60", "--decrement-delay", "60"
    ) { daemon in
      let older = try EventStream("/a/me", of: daemon)
      var newer = try EventStream("/a/me", of: daemon)
      // A viewer has an eighth of the delay for each eighth of it that it was there.
      try eventually("eight member seconds", within: 20) {
        try daemon.figures()["a"].map { $0.memberSeconds >= 8 } == true
      }
      newer.client.close()
      newer = try EventStream("/a/me", of: daemon)
      #expect(try statusOfReturn(of: older, to: daemon) == 204)
      try daemon.sendMessage("own", to: "a")
      #expect(try newer.next().data == "s=own")
    }
  }

  /// The status of the answer to a client that lost its stream and opens it again.
  private func statusOfReturn(of stream: EventStream, to daemon: RunningDaemon) throws -> Int {
    let id = "Last-Event-ID: \(stream.greeting.id ?? "")"
    return try daemon.ask(
      daemon.audience, request("GET /a/me", "Accept: text/event-stream", id)
    ).status
  }

  @Test func `an excluded stream may come back when its excluder has left`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let former = try EventStream("/a/me", of: daemon)
      let newcomer = try EventStream("/a/me", of: daemon)
      newcomer.client.close()
      try daemon.awaitMembers("a", 0)
      let id = "Last-Event-ID: \(former.greeting.id ?? "")"
      #expect(try EventStream("/a/me", of: daemon, id).greeting.count == 1)
    }
  }

  @Test func `a plain request with a viewer id excludes the holder in any namespace`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      for method in ["GET", "POST"] {
        let holder = try EventStream("/a/me", of: daemon)
        #expect(try daemon.ask(daemon.audience, request("\(method) /z/me")).body == "0\n")
        #expect(try rest(of: holder) == "retry: -1\n\n")
      }
      #expect(try daemon.ask(daemon.audience, request("GET /z/nobody")).status == 200)
      #expect(try daemon.figures().keys.sorted() == ["a"])
    }
  }

  @Test func `HEAD, OPTIONS and refused requests exclude nobody`() throws {
    try RunningDaemon.serving("--enable-uuid", "--notify-max-delay", "60") { daemon in
      let holder = try EventStream("/a/me", of: daemon)
      for line in [
        "HEAD /a/me", "OPTIONS /a/me", "PUT /a/me", "GET /a/me/", "GET /a/m%65", "GET /a/ME",
      ] {
        _ = try daemon.ask(daemon.audience, request(line))
      }
      _ = try daemon.ask(daemon.audience, request("HEAD /a/me", "Accept: text/event-stream"))
      // What the holder got by mistake came before its own message.
      try daemon.sendMessage("own", to: "a")
      #expect(try holder.next().data == "s=own")
      #expect(try daemon.count("a") == 1)
    }
  }

  @Test func `a viewer id means nothing where ids are not enabled`() throws {
    try RunningDaemon.serving { daemon in
      let first = try EventStream("/a/me", of: daemon)
      let id = "Last-Event-ID: \(first.greeting.id ?? "")"
      let second = try EventStream("/a/me", of: daemon)
      #expect(second.greeting.count == 2)
      #expect(try daemon.ask(daemon.audience, request("GET /a/me")).body == "2\n")
      // It comes after the first one, whatever the path says.
      #expect(try EventStream("/a/you", of: daemon, id).greeting.count == 2)
    }
  }

  @Test func `the id of a stream of a former daemon stops nobody`() throws {
    let former = try RunningDaemon.start(Self.options)
    let ids = try (0..<3).map { _ in try EventStream("/a/me", of: former).greeting.id ?? "" }
    #expect(try former.stop(by: SIGTERM) == 0)
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let streams = try (0..<2).map { _ in try EventStream("/a/me", of: daemon) }
      var holder = streams[1]
      for id in ids {
        let newcomer = try EventStream("/a/me", of: daemon, "Last-Event-ID: \(id)")
        #expect(newcomer.greeting.count == 1)
        #expect(try rest(of: holder) == "retry: -1\n\n")
        holder = newcomer
      }
      #expect(try daemon.count("a") == 1)
    }
  }

  @Test func `strange viewer ids are ids like any other`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      for id in [
        "constructor", "__proto__", "a", "%75", "\"<>'", String(repeating: "x", count: 128),
      ] {
        let former = try EventStream("/a/\(id)", of: daemon)
        let newcomer = try EventStream("/a/\(id)", of: daemon)
        #expect(try rest(of: former) == "retry: -1\n\n")
        newcomer.client.close()
      }
      try daemon.awaitMembers("a", 0)
    }
  }

  @Test func `of many streams with one viewer id that come at once, one stays`() throws {
    try RunningDaemon.serving("--enable-uuid", "--workers", "3") { daemon in
      let clients = try (0..<200).map { index in
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns\(index % 7)/me", "Accept: text/event-stream"))
        return client
      }
      for client in clients {
        let head = try client.readAnswerHead()
        #expect(head.status == 200)
      }
      try daemon.awaitTotal(1)
      // The daemon ends 199 of them, each with a last event; the one that stays has no such event.
      var texts = clients.map { _ in "" }
      try eventually("the end of 199 streams") {
        for (index, client) in clients.enumerated() { texts[index] += client.takeReceived() }
        return texts.count { $0.hasSuffix("retry: -1\n\n") } == 199
      }
      #expect(texts.count { $0.contains("retry: -1\n") } == 199)
    }
  }
}
