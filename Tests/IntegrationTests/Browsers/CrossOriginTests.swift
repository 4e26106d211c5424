import Testing

/// What a page of another origin may read (§4, §5).
@Suite struct `A page of another origin` {
  @Test func `a page of another origin may read each response of the public port`() throws {
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

      // The second stream holds the id and excluded the first, which comes back.
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
      // These three streams were open until here.
      #expect([second, third, fourth].map(\.greeting.count) == [1, 2, 3])
    }
  }

  @Test(arguments: [
    ("audience.js", "text/javascript; charset=utf-8"),
    ("audience.mjs", "text/javascript; charset=utf-8"),
    ("jquery.audience.js", "text/javascript; charset=utf-8"),
    ("demo.js", "text/javascript; charset=utf-8"), ("demo.css", "text/css; charset=utf-8"),
    ("favicon.svg", "image/svg+xml"),
  ])
  func `a page of another origin may load the files of the client`(
    name: String, type: String
  ) throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET /client/\(name)"))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == type)
      #expect(answer["Access-Control-Allow-Origin"] == "*")
      #expect(!answer.body.isEmpty)
    }
  }

  @Test func `a page of another origin may not read the other ports`() throws {
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
