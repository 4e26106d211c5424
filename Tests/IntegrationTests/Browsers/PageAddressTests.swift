import Testing

extension `In Chromium` {
  /// How the clients resolve the address of a stream (§5).
  @Suite(.needsJQuery) struct `The address of a stream` {
    @Test(arguments: [JoiningPage.Client.audience, .jquery])
    func `a relative address is joined on a page whose own address has a password`(
      client: JoiningPage.Client
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let site = try JoiningPage.site(of: daemon)
        // A stream of the page's own origin, which ends after its first event.
        site.add(.init(type: "text/event-stream", content: "data: 5\n\n"), at: "/stream")
        let page = try await browser.open(
          "http://user:password@localhost:\(site.port)/\(client.rawValue)")
        try await page.run("window.meter = join('/stream')")
        try await page.wait(for: "latest('total') === 5")
      }
    }

    @Test(arguments: [JoiningPage.Client.audience, .jquery])
    func `a page joins an address once, whatever fragment it has`(
      client: JoiningPage.Client
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(client, "/ns", of: daemon, from: site, in: browser)
        try await page.wait(untilTotal: 1)
        try await page.page.run("join('http://localhost:\(daemon.audience)/ns#here')")
        try await page.page.wait(for: "all('total').length === 2")
        #expect(try daemon.figures()["ns"]?.connections == 1)
      }
    }
  }
}
