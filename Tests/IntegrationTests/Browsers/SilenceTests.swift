import Testing

extension `In Chromium` {
  /// How long the clients bear a silent stream (§5).
  @Suite(.needsJQuery) struct `A silent stream` {
    private static let clients = [JoiningPage.Client.audience, .jquery]

    /// Passes a page whose time stands still, and that was greeted, to `body`.
    private static func withPage(
      of client: JoiningPage.Client, _ body: (RunningDaemon, JoiningPage) async throws -> Void
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving(
        "--notify-min-delay", "0", "--notify-max-delay", "3600", "--decrement-delay", "0"
      ) { daemon in
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(
          client, "/ns", of: daemon, from: site, in: browser, time: .byHand)
        try await page.wait(untilTotal: 1)
        try await body(daemon, page)
      }
    }

    /// The page after a number of streams were given up; the next one opens after two seconds.
    private static func reconnect(_ page: JoiningPage, after streams: Int) async throws {
      try await page.page.wait(for: "aborted.size === \(streams) && timers.size === 1")
      try await page.forget()
      try await page.advance(2000)
      try await page.wait(untilTotal: 1)
    }

    @Test(arguments: clients)
    func `a silent stream of a daemon that repeats often is given up after 65 s, each time`(
      client: JoiningPage.Client
    ) async throws {
      try await Self.withPage(of: client) { daemon, page in
        for former in 0..<4 {
          try await page.advance(2500)
          let viewer = try EventStream("/ns", of: daemon)
          try await page.wait(untilTotal: 2)
          try await page.advance(2500)
          viewer.client.close()
          try await page.wait(untilTotal: 1)
          try await page.advance(64_999)
          #expect(try await page.givenUp() == former)
          try await page.advance(1)
          #expect(try await page.givenUp() == former + 1)
          try await Self.reconnect(page, after: former + 1)
        }
      }
    }

    @Test(arguments: clients)
    func `the delay of a daemon that repeats late is learned from its silent streams`(
      client: JoiningPage.Client
    ) async throws {
      try await Self.withPage(of: client) { daemon, page in
        // Nothing but the greeting comes in 65 s, and then in 130 s.
        for (former, timeout) in [65_000, 130_000].enumerated() {
          try await page.advance(timeout - 1)
          #expect(try await page.givenUp() == former)
          try await page.advance(1)
          try await Self.reconnect(page, after: former + 1)
        }
        // The third stream brings a total after 150 s.
        try await page.advance(150_000)
        let viewer = try EventStream("/ns", of: daemon)
        try await page.wait(untilTotal: 2)
        viewer.client.close()
        try await page.wait(untilTotal: 1)
        try await page.advance(189_999)
        #expect(try await page.givenUp() == 2)
        try await page.advance(1)
        #expect(try await page.givenUp() == 3)
        // The next stream bears as much.
        try await Self.reconnect(page, after: 3)
        try await page.advance(189_999)
        #expect(try await page.givenUp() == 3)
        try await page.advance(1)
        #expect(try await page.givenUp() == 4)
      }
    }
  }
}

extension JoiningPage {
  /// Lets time pass on a page whose time stands still.
  fileprivate func advance(_ milliseconds: Int) async throws {
    try await page.run("await advance(\(milliseconds))")
  }

  /// The number of streams that the client gave up.
  fileprivate func givenUp() async throws -> Int {
    try await page.evaluate("aborted.size", as: Int.self)
  }
}
