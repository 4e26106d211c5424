import Glibc
import Testing

/// Viewer ids, as viewers meet them (SPEC §2.8).
@Suite struct `A viewer id` {
  private static let options = [
    "--enable-uuid", "--notify-min-delay", "0", "--notify-max-delay", "60",
  ]

  /// What an excluded stream gets last.
  private func rest(of stream: EventStream) throws -> String {
    let text = try stream.client.readToEnd()
    return String(text[(text.firstRange(of: "retry:")?.lowerBound ?? text.endIndex)...])
  }

  @Test func `holds one connection: the newcomer excludes the former`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let former = try EventStream("/a/me", of: daemon)
      let newcomer = try EventStream("/b/me", of: daemon)
      #expect(newcomer.greeting.count == 1)
      #expect(try rest(of: former) == "retry: -1\n\n")
      try daemon.awaitMembers("a", 0)
      #expect(try daemon.count("b") == 1)
    }
  }

  @Test func `goes first and comes then, so the namespace's count stays`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let witness = try EventStream("/a", of: daemon)
    var holder = try EventStream("/a/me", of: daemon)
    for _ in 0..<10 {
      let newcomer = try EventStream("/a/me", of: daemon)
      #expect(newcomer.greeting.count == 2)
      #expect(try rest(of: holder) == "retry: -1\n\n")
      holder = newcomer
    }
    #expect(try daemon.statistics()["a"]?.members == 2)
    #expect(try daemon.statistics()["a"]?.connections == 12)
    #expect(witness.greeting.count == 1)
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `stops the one that comes back after it was excluded`() throws {
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
      // One of another's, or of nobody's, is no reason to stop anybody.
      let own = "Last-Event-ID: \(newcomer.greeting.id ?? "")"
      newcomer.client.close()
      try daemon.awaitMembers("a", 0)
      #expect(try EventStream("/a/me", of: daemon, own).greeting.count == 1)
      #expect(try EventStream("/a/you", of: daemon, id).greeting.count != nil)
    }
  }

  @Test func `may come back once the one that excluded it has gone`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let former = try EventStream("/a/me", of: daemon)
      let newcomer = try EventStream("/a/me", of: daemon)
      newcomer.client.close()
      try daemon.awaitMembers("a", 0)
      let id = "Last-Event-ID: \(former.greeting.id ?? "")"
      #expect(try EventStream("/a/me", of: daemon, id).greeting.count == 1)
    }
  }

  @Test func `is sent away by a plain request, in whatever namespace`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      for method in ["GET", "POST"] {
        let holder = try EventStream("/a/me", of: daemon)
        #expect(try daemon.ask(daemon.audience, request("\(method) /z/me")).body == "0\n")
        #expect(try rest(of: holder) == "retry: -1\n\n")
      }
      #expect(try daemon.ask(daemon.audience, request("GET /z/nobody")).status == 200)
      #expect(try daemon.statistics().keys.sorted() == ["a"])
    }
  }

  @Test func `is not sent away by HEAD, OPTIONS, or what is refused`() throws {
    try RunningDaemon.serving("--enable-uuid", "--notify-max-delay", "60") { daemon in
      let holder = try EventStream("/a/me", of: daemon)
      for line in [
        "HEAD /a/me", "OPTIONS /a/me", "PUT /a/me", "GET /a/me/", "GET /a/m%65", "GET /a/ME",
      ] {
        _ = try daemon.ask(daemon.audience, request(line))
      }
      _ = try daemon.ask(daemon.audience, request("HEAD /a/me", "Accept: text/event-stream"))
      #expect(holder.client.takeWhatCame() == "")
      #expect(try daemon.count("a") == 1)
    }
  }

  @Test func `means nothing where ids are not enabled`() throws {
    try RunningDaemon.serving { daemon in
      let first = try EventStream("/a/me", of: daemon)
      let id = "Last-Event-ID: \(first.greeting.id ?? "")"
      let second = try EventStream("/a/me", of: daemon, id)
      #expect(second.greeting.count == 2)
      #expect(try daemon.ask(daemon.audience, request("GET /a/me")).body == "2\n")
    }
  }

  @Test func `of a former run of the daemon stops nobody`() throws {
    let former = try RunningDaemon.start(Self.options)
    let ids = try (0..<3).map { _ in try EventStream("/a/me", of: former).greeting.id ?? "" }
    #expect(try former.stop(by: SIGTERM) == 0)
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let streams = try (0..<2).map { _ in try EventStream("/a/me", of: daemon) }
      for id in ids {
        #expect(try EventStream("/a/me", of: daemon, "Last-Event-ID: \(id)").greeting.count == 1)
      }
      #expect(streams.count == 2)
    }
  }

  @Test func `that is strange is an id like any other`() throws {
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

  @Test func `is fought for by many at once, and one remains`() throws {
    try RunningDaemon.serving("--enable-uuid", "--workers", "3") { daemon in
      let clients = try (0..<200).map { index in
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns\(index % 7)/me", "Accept: text/event-stream"))
        return client
      }
      var ended = 0
      for client in clients {
        let head = try client.readAnswerHead()
        #expect(head.status == 200)
      }
      try daemon.awaitTotal(1)
      for client in clients where client.takeWhatCame().hasSuffix("retry: -1\n\n") { ended += 1 }
      #expect(ended == 199)
    }
  }
}
