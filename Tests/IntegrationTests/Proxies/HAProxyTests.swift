import Testing

/// Whether HAProxy is installed, and openssl and curl, which its tests need.
private let isHAProxyInstalled = ["haproxy", "openssl", "curl"].allSatisfy {
  ChildProgram.path(of: $0) != nil
}

/// The audience port behind HAProxy, which terminates TLS.
@Suite(
  .enabled(if: isHAProxyInstalled, "needs haproxy, openssl and curl in PATH or /usr/sbin"))
struct `Behind HAProxy with TLS` {
  @Test(arguments: [("--http1.1", "HTTP/1.1 200"), ("--http2", "HTTP/2 200")])
  func `each event passes HAProxy at once`(option: String, status: String) throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let haproxy = try ReverseProxy.haproxy(before: daemon)
      let stream = try CurlStream(["-k", option], from: "https://localhost:\(haproxy.port)/ns")
      #expect(stream.status == status)
      #expect(stream.greeting.count == 1)
      let other = try EventStream("/ns", of: daemon)
      #expect(try stream.next().lines == ["data: 2"])
      #expect(try daemon.sendMessage("1-0", to: "ns", from: "score") == #"{"connections":2}"#)
      #expect(try stream.next().lines == ["data: score=1-0"])
      other.client.close()
      #expect(try stream.next().lines == ["data: 1"])
    }
  }

  @Test func `a client of HAProxy that goes leaves at once over HTTP/2`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let haproxy = try ReverseProxy.haproxy(before: daemon)
      let stream = try CurlStream(
        ["-k", "--http2"], from: "https://localhost:\(haproxy.port)/ns")
      #expect(try daemon.count("ns") == 1)
      stream.leave()
      try daemon.awaitMembers("ns", 0, within: Deadline.prompt)
    }
  }

  /// Over HTTP/1.1, HAProxy takes a client's FIN for the end of its request only, and learns that
  /// the client is gone when it writes to it: the first write is answered with a reset, the second
  /// fails.
  @Test func `a client of HAProxy that goes leaves with the second event over HTTP/1.1`() throws {
    try RunningDaemon.serving("--notify-max-delay", "200ms") { daemon in
      let haproxy = try ReverseProxy.haproxy(before: daemon)
      let stream = try CurlStream(
        ["-k", "--http1.1"], from: "https://localhost:\(haproxy.port)/ns")
      #expect(try daemon.count("ns") == 1)
      stream.leave()
      try daemon.awaitMembers("ns", 0, within: Deadline.prompt)
    }
  }

  @Test func `several streams on one HTTP/2 connection of HAProxy are counted each`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let haproxy = try ReverseProxy.haproxy(before: daemon)
      let url = "https://localhost:\(haproxy.port)/ns"
      let curl = try ChildProgram.curl(
        [
          "-kN", "--http2", "--parallel", "--parallel-max", "5", "-H",
          "Accept: text/event-stream",
        ] + Array(repeating: url, count: 5))
      try daemon.awaitMembers("ns", 5)
      curl.end()
      try daemon.awaitMembers("ns", 0, within: Deadline.prompt)
    }
  }

  @Test(arguments: ["--http1.1", "--http2"])
  func `the scripts come through HAProxy, from the address of the streams`(option: String) throws {
    try RunningDaemon.serving { daemon in
      let haproxy = try ReverseProxy.haproxy(before: daemon)
      let script = try daemon.ask(daemon.demo, request("GET /client/audience.js")).body
      let curl = try ChildProgram.curl([
        "-k", option, "https://localhost:\(haproxy.port)/client/audience.js",
      ])
      let answer = try curl.awaitExit()
      #expect(answer.status == 0 && answer.output == script && !script.isEmpty)
      let stream = try CurlStream(["-k", option], from: "https://localhost:\(haproxy.port)/ns")
      #expect(stream.greeting.count == 1)
    }
  }

  @Test(arguments: ["--http1.1", "--http2"])
  func `a plain request through HAProxy gets the count`(option: String) throws {
    try RunningDaemon.serving { daemon in
      let haproxy = try ReverseProxy.haproxy(before: daemon)
      let viewer = try EventStream("/ns", of: daemon)
      let url = "https://localhost:\(haproxy.port)/ns"
      let curl = try ChildProgram.curl(["-k", option, url, url])
      let answer = try curl.awaitExit()
      #expect(answer.status == 0 && answer.output == "1\n1\n")
      #expect(viewer.greeting.count == 1)
    }
  }
}

extension `In Chromium` {
  @Suite(
    .enabled(if: isHAProxyInstalled, "needs haproxy, openssl and curl in PATH or /usr/sbin"))
  struct `Behind HAProxy with TLS` {
    @Test
    func `eight pages of one browser are counted through HAProxy, and leave when they are closed`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") {
        daemon in
        let haproxy = try ReverseProxy.haproxy(before: daemon)
        let site = try JoiningPage.site(of: daemon)
        let url = "https://localhost:\(haproxy.port)/ns"
        // More than the six connections to one host that browsers open with HTTP/1.1.
        var pages: [JoiningPage] = []
        for number in 1...8 {
          let page = try await JoiningPage(.audience, url, from: site, in: browser)
          try await page.wait(untilTotal: number)
          pages.append(page)
        }
        for page in pages.dropFirst() { try await page.page.close() }
        try await pages[0].wait(untilTotal: 1)
        try daemon.awaitMembers("ns", 1, within: Deadline.prompt)
      }
    }
  }
}
