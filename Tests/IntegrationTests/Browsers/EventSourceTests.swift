import Testing

extension `In Chromium` {
  /// The browser's own EventSource, without a client script (§4).
  @Suite struct `An EventSource` {
    private static func site(joining path: String, of daemon: RunningDaemon) throws -> PageServer {
      try PageServer([
        "/": .page(
          scripts: [],
          script: """
            const source = new EventSource("http://localhost:\(daemon.audience)\(path)");
            const received = [];
            const lost = [];
            source.onmessage = (event) => received.push(event.data);
            source.onerror = () => lost.push(source.readyState);
            """)
      ])
    }

    @Test func `an excluded EventSource that comes back is stopped, and the holder stays`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--enable-uuid") { daemon in
        let site = try Self.site(joining: "/ns/id", of: daemon)
        let former = try await browser.open(site.origin)
        try await former.wait(for: "received.length")
        let latter = try await browser.open(site.origin)
        try await latter.wait(for: "received.length")
        // It ignores the retry of -1, comes back after two seconds, and gets 204.
        try await former.wait(for: "source.readyState === EventSource.CLOSED")
        #expect(try await former.evaluate("lost", as: [Int].self) == [0, 2])
        #expect(try await latter.evaluate("source.readyState", as: Int.self) == 1)
        #expect(try await latter.evaluate("lost", as: [Int].self) == [])
        // The viewer of both is the same.
        #expect(try daemon.figures()["ns"]?.connections == 1)
        #expect(try daemon.count("ns") == 1)
      }
    }

    @Test func `of three pages with one viewer id the last stays, also over a reload`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--enable-uuid") { daemon in
        let site = try Self.site(joining: "/ns/id", of: daemon)
        var pages: [Page] = []
        for _ in 0..<3 {
          let page = try await browser.open(site.origin)
          try await page.wait(for: "received.length")
          pages.append(page)
        }
        for former in pages.dropLast() {
          try await former.wait(for: "source.readyState === EventSource.CLOSED")
        }
        // Here a viewer is gone at once, so that the reloaded page has a new one.
        try await pages[2].navigate(to: site.origin)
        try await pages[2].wait(for: "received.length")
        #expect(try await pages[2].evaluate("source.readyState", as: Int.self) == 1)
        #expect(try await pages[2].evaluate("lost", as: [Int].self) == [])
        #expect(try daemon.figures()["ns"]?.connections == 2)
        #expect(try daemon.count("ns") == 1)
      }
    }

    @Test func `an EventSource comes back after a restart of the daemon`() async throws {
      let browser = try `In Chromium`.browser
      let former = try RunningDaemon.start([])
      let site = try Self.site(joining: "/ns", of: former)
      let page = try await browser.open(site.origin)
      try await page.wait(for: "received.at(-1) === '1'")
      let port = former.audience
      try former.stop()
      try await page.run("received.length = 0")
      let latter = try RunningDaemon.start(["--port", "\(port)"])
      try await page.wait(for: "received.at(-1) === '1'")
      #expect(try latter.count("ns") == 1)
      try latter.stop()
    }

    @Test func `an EventSource does not give up at a full daemon`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--max-connections", "1") { daemon in
        let holder = try EventStream("/ns", of: daemon)
        let site = try Self.site(joining: "/ns", of: daemon)
        let page = try await browser.open(site.origin)
        try await page.wait(for: "lost.length")
        // Not closed: it comes back after the 5 to 30 s that the daemon asked for.
        #expect(try await page.evaluate("lost.every(state => state === 0)", as: Bool.self))
        #expect(try await page.evaluate("received.length", as: Int.self) == 0)
        #expect(holder.greeting.count == 1)
      }
    }
  }
}
