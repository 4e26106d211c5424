import Testing

/// What a page of another origin may read (SPEC §4, §5).
@Suite struct `A page of another origin` {
  @Test func `may read every answer of the public port to what it can ask for`() throws {
    let long = String(repeating: "a", count: 256)
    try RunningDaemon.serving("--enable-uuid", "--max-connections", "3") { daemon in
      let asked = [
        ("GET /ns", 200), ("HEAD /ns", 200), ("OPTIONS /ns", 204), ("GET /a/b/c", 404),
        ("DELETE /ns", 405), ("GET /\(long)", 414),
      ]
      for (line, status) in asked {
        let answer = try daemon.ask(daemon.audience, request(line))
        #expect(answer.status == status)
        #expect(answer["Access-Control-Allow-Origin"] == "*", "\(line)")
      }
      let stream = "Accept: text/event-stream"
      let first = try EventStream("/ns/id", of: daemon)
      let second = try EventStream("/ns/id", of: daemon)
      let third = try EventStream("/ns", of: daemon)
      #expect(third.head["Access-Control-Allow-Origin"] == "*")

      // The holder excluded the one that comes back.
      let identifier = try #require(first.greeting.id)
      let stopped = try daemon.ask(
        daemon.audience, request("GET /ns/id", stream, "Last-Event-ID: \(identifier)"))
      #expect(stopped.status == 204)
      #expect(stopped["Access-Control-Allow-Origin"] == "*")

      let fourth = try EventStream("/ns", of: daemon)
      let full = try daemon.ask(daemon.audience, request("GET /ns", stream))
      #expect(full.status == 200)
      #expect(full["Access-Control-Allow-Origin"] == "*")
      #expect(full.body.hasPrefix("retry: "))
      // All three were held until here.
      #expect([second, third, fourth].map(\.greeting.count) == [1, 2, 3])
    }
  }

  @Test func `may come back with the number of its last event, which is preflighted`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(
        daemon.audience,
        request(
          "OPTIONS /ns", "Origin: http://example.org", "Access-Control-Request-Method: GET",
          "Access-Control-Request-Headers: last-event-id"))
      #expect(answer.status == 204)
      #expect(answer["Access-Control-Allow-Origin"] == "*")
      #expect(answer["Access-Control-Allow-Headers"] == "last-event-id")
      #expect(answer["Access-Control-Allow-Methods"]?.contains("GET") == true)
    }
  }

  @Test(arguments: [
    ("audience.js", "text/javascript; charset=utf-8"),
    ("audience.mjs", "text/javascript; charset=utf-8"),
    ("jquery.audience.js", "text/javascript; charset=utf-8"),
    ("demo.js", "text/javascript; charset=utf-8"), ("demo.css", "text/css; charset=utf-8"),
    ("favicon.svg", "image/svg+xml"),
  ])
  func `may load the client's files, as scripts and as modules`(name: String, type: String) throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET /client/\(name)"))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == type)
      #expect(answer["Access-Control-Allow-Origin"] == "*")
      #expect(!answer.body.isEmpty)
    }
  }

  @Test func `may not read the ports that are the machine's own`() throws {
    try RunningDaemon.serving { daemon in
      for (port, path) in [
        (daemon.statistics, "/stats"), (daemon.statistics, "/other"), (daemon.messages, "/ns/s/a"),
        (daemon.demo, "/other/path/still"), (daemon.demo, "/page"),
      ] {
        let answer = try daemon.ask(port, request("GET \(path)"))
        #expect(answer["Access-Control-Allow-Origin"] == nil, "\(path)")
      }
    }
  }
}
