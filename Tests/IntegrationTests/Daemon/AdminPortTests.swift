import Testing

/// The admin port (§5).
@Suite struct `The admin port` {
  @Test func `the admin port answers as the statistics port does`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      for line in ["GET /stats", "HEAD /stats", "GET /healthz", "GET /cluster", "GET /nothing"] {
        let answer = try daemon.ask(daemon.admin, request(line))
        let other = try daemon.ask(daemon.statistics, request(line))
        #expect(answer.status == other.status, "\(line)")
        #expect(answer.datelessHead == other.datelessHead, "\(line)")
        #expect(answer.body == other.body, "\(line)")
      }
      #expect(try daemon.ask(daemon.admin, request("GET /stats")).body.hasPrefix("{\"ns\":"))
      withExtendedLifetime(stream) {}
    }
  }

  @Test func `a client of the admin port may be silent before its request`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.admin)
      // The bare JSON for a client that was silent for as long.
      #expect(try RawClient(port: daemon.statistics).readToEnd() == "{}")
      try client.send(request("GET /healthz"))
      let answer = try client.readAnswer()
      #expect(answer.status == 200 && answer.body == "ok")
    }
  }

  @Test func `the root of the admin port lists its paths, all of which exist`() throws {
    // Without a carrier there is no cluster to answer for.
    try RunningDaemon.serving("--cluster-redis", "redis://127.0.0.1:9") { daemon in
      let answer = try daemon.ask(daemon.admin, request("GET /"))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "text/plain; charset=utf-8")
      let paths = answer.body.matches(of: #/GET (/\w+) /#).map { String($0.output.1) }
      #expect(paths == ["/stats", "/total", "/cluster", "/healthz"])
      for path in paths {
        #expect(try daemon.ask(daemon.admin, request("GET \(path)")).status == 200, "\(path)")
      }
    }
  }

  @Test func `the admin port allows only GET and HEAD`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.admin)
      for line in ["POST /stats", "PUT /", "DELETE /nothing", "OPTIONS *", "CONNECT h:80"] {
        try client.send(request(line))
        let answer = try client.readAnswer()
        #expect(answer.status == 405, "\(line)")
        #expect(answer["Allow"] == "GET, HEAD", "\(line)")
      }
    }
  }

  @Test func `a malformed request to the admin port is answered with an error`() throws {
    try RunningDaemon.serving { daemon in
      let long = String(repeating: "x", count: 8193)
      for (text, status) in [
        ("stats\n", 400), (request("GET /\(long)"), 414), (request("GET / HTTP/2.0"), 505),
      ] {
        let answer = try daemon.ask(daemon.admin, text)
        #expect(answer.status == status)
      }
    }
  }
}
