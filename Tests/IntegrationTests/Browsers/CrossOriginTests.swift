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
        #expect(answer["Cross-Origin-Resource-Policy"] == "cross-origin", "\(line)")
      }
      let stream = "Accept: text/event-stream"
      let first = try EventStream("/ns/id", of: daemon)
      let second = try EventStream("/ns/id", of: daemon)
      let third = try EventStream("/ns", of: daemon)
      #expect(third.head["Access-Control-Allow-Origin"] == "*")
      #expect(third.head["Cross-Origin-Resource-Policy"] == "cross-origin")

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

  @Test func `a page that sends credentials may read each response of the public port`() throws {
    let long = String(repeating: "a", count: 256)
    let origin = "Origin: https://page.example"
    for credentials in ["Cookie: a=b", "Authorization: Basic YTpi"] {
      try RunningDaemon.serving("--enable-uuid", "--max-connections", "3") { daemon in
        func check(_ answer: HTTPAnswer, _ status: Int) {
          #expect(answer.status == status)
          let head = answer.head
          #expect(answer["Access-Control-Allow-Origin"] == "https://page.example", "\(head)")
          #expect(answer["Access-Control-Allow-Credentials"] == "true", "\(head)")
          #expect(head.contains("\r\nVary: Origin\r\n"), "\(head)")
          #expect(answer["Cross-Origin-Resource-Policy"] == "cross-origin", "\(head)")
        }
        for (line, status) in [
          ("GET /ns", 200), ("HEAD /ns", 200), ("OPTIONS /ns", 204), ("GET /a/b/c", 404),
          ("DELETE /ns", 405), ("GET /\(long)", 414),
        ] {
          check(try daemon.ask(daemon.audience, request(line, credentials, origin)), status)
        }
        let fields = ["Accept: text/event-stream", credentials, origin]
        let first = try EventStream("/ns/id", of: daemon, credentials, origin)
        let second = try EventStream("/ns/id", of: daemon, origin, credentials)
        for stream in [first, second] { check(stream.head, 200) }
        let stopped = "Last-Event-ID: \(first.greeting.id ?? "")"
        check(try daemon.ask(daemon.audience, request("GET /ns/id", fields + [stopped])), 204)
        let prefetch = "Sec-Purpose: prefetch"
        check(try daemon.ask(daemon.audience, request("GET /ns", fields + [prefetch])), 200)
        check(try daemon.ask(daemon.audience, request("HEAD /ns", fields)), 200)
        let others = try (0..<2).map { _ in try EventStream("/ns", of: daemon) }
        check(try daemon.ask(daemon.audience, request("GET /ns", fields)), 200)
        check(try daemon.ask(daemon.audience, request("GET /ns", credentials, origin)), 503)
        // A client that goes before its stream opens leaves nothing behind.
        try RawClient(port: daemon.audience).send(request("GET /ns", fields))
        #expect([second, others[0], others[1]].map(\.greeting.count) == [1, 2, 3])
      }
    }
  }

  @Test func `without credentials or without an Origin every page may read a response`() throws {
    try RunningDaemon.serving { daemon in
      for field in ["Origin: https://page.example", "Cookie: a=b", "Authorization: Basic YTpi"] {
        for line in ["GET /ns", "HEAD /ns"] {
          let answer = try daemon.ask(daemon.audience, request(line, field))
          #expect(answer["Access-Control-Allow-Origin"] == "*")
          #expect(answer["Access-Control-Allow-Credentials"] == nil)
        }
        let stream = try EventStream("/ns", of: daemon, field)
        #expect(stream.head["Access-Control-Allow-Origin"] == "*")
        #expect(stream.head["Vary"] == nil)
      }
      let preflight = try daemon.ask(daemon.audience, request("OPTIONS /ns"))
      #expect(preflight["Access-Control-Allow-Origin"] == "*")
    }
  }

  @Test(arguments: [
    ("audience.js", "text/javascript; charset=utf-8"),
    ("audience.mjs", "text/javascript; charset=utf-8"),
    ("audience-count.js", "text/javascript; charset=utf-8"),
    ("audience-ping.js", "text/javascript; charset=utf-8"),
    ("audience-share.js", "text/javascript; charset=utf-8"),
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
      #expect(answer["Cross-Origin-Resource-Policy"] == "cross-origin")
      let withCredentials = try daemon.ask(
        daemon.demo, request("GET /client/\(name)", "Origin: http://a", "Cookie: b"))
      #expect(withCredentials["Access-Control-Allow-Origin"] == "http://a")
      #expect(!answer.body.isEmpty)
    }
  }

  @Test func `a page of another origin may not read the other ports`() throws {
    try RunningDaemon.serving { daemon in
      for (port, path) in [
        (daemon.statistics, "/stats"), (daemon.statistics, "/other"), (daemon.messages, "/ns/s/a"),
        (daemon.admin, "/"), (daemon.admin, "/stats"),
        (daemon.demo, "/other/path/still"), (daemon.demo, "/page"),
      ] {
        let answer = try daemon.ask(port, request("GET \(path)"))
        #expect(answer["Access-Control-Allow-Origin"] == nil, "\(path)")
        #expect(answer["Cross-Origin-Resource-Policy"] == nil, "\(path)")
      }
    }
  }
}

extension `In Chromium` {
  @Suite struct `A page of another origin` {
    @Test func `an EventSource with credentials gets its counts`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let site = try PageServer([
          "/": .page(
            scripts: [],
            script: """
              document.cookie = "a=b";
              const received = [];
              const url = "http://localhost:\(daemon.audience)/ns";
              const source = new EventSource(url, { withCredentials: true });
              source.onmessage = (event) => received.push(event.data);
              """)
        ])
        let page = try await browser.open(site.origin)
        try await page.wait(for: "received.at(-1) === '1'")
        // A preflight request does not say whether credentials come after it.
        let status = """
          fetch(source.url, {credentials: "include", headers: {"X-Any": "1"}}).then(r => r.status)
          """
        #expect(try await page.evaluate(status, as: Int.self) == 200)
        #expect(try daemon.count("ns") == 1)
      }
    }

    @Test func `a page that requires CORP loads the script, the streams and the counts`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let site = try PageServer([
          "/": .page(
            scripts: ["http://localhost:\(daemon.demo)/client/audience.js"],
            script: """
              const received = [];
              const url = "http://localhost:\(daemon.audience)/ns";
              audience(url).on("total", (total) => received.push(total));
              """, fields: "Cross-Origin-Embedder-Policy: require-corp\r\n")
        ])
        let page = try await browser.open(site.origin)
        try await page.wait(for: "received.at(-1) === 1")
        let type = "fetch(url, { mode: 'no-cors' }).then(response => response.type)"
        #expect(try await page.evaluate(type, as: String.self) == "opaque")
      }
    }
  }
}
