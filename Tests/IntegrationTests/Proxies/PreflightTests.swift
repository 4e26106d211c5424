import Testing

extension `In Chromium` {
  /// The clients behind proxies that do not pass `OPTIONS`, which browsers would send before a
  /// request with `Last-Event-ID` (§5).
  @Suite(
    .needsJQuery,
    .enabled(if: ChildProgram.path(of: "nginx") != nil, "needs nginx in PATH or /usr/sbin"))
  struct `Behind a proxy without preflights` {
    enum Obstacle: CaseIterable {
      case allowsOnlyGet, redirects

      func directives(before daemon: RunningDaemon) -> String {
        switch self {
        case .allowsOnlyGet: "if ($request_method != GET) { return 405; }"
        case .redirects:
          """
          add_header Access-Control-Allow-Origin *;
          return 302 http://127.0.0.1:\(daemon.audience)$request_uri;
          """
        }
      }
    }

    @Test(arguments: [JoiningPage.Client.audience, .jquery], Obstacle.allCases)
    func `a client whose stream has ended names it in the query, which needs no preflight`(
      client: JoiningPage.Client, obstacle: Obstacle
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--max-conn-duration", "1") { daemon in
        let nginx = try ReverseProxy.nginx(
          before: daemon, obstacle.directives(before: daemon))
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(
          client, "http://127.0.0.1:\(nginx.port)/ns?a=b", from: site, in: browser, time: .hurried)
        try await page.wait(untilTotal: 1)
        // The browser lists a stream when it has ended.
        try await page.page.wait(
          for: """
            performance.getEntriesByType("resource").some(({ name }) =>
              /\\/ns\\?a=b&lastEventId=[^&]+$/.test(name))
            """)
        try await page.forget()
        try await page.wait(untilTotal: 1)
        #expect(try await page.values(of: "close", as: String.self) == [])
      }
    }
  }
}
