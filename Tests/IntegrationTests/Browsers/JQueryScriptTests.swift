import Testing

extension `In Chromium` {
  /// jquery.audience.js with Debian's jQuery, alone and beside audience.js (§5).
  @Suite(.needsJQuery)
  struct `The jQuery plugin` {
    private static let clients = [JoiningPage.Client.jquery, .jqueryWithAudience]

    @Test(arguments: clients)
    func `the jQuery plugin reports two pages to both, and one to the page that stays`(
      client: JoiningPage.Client
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") {
        daemon in
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(client, "/ns", of: daemon, from: site, in: browser)
        try await page.wait(untilTotal: 1)
        let other = try await JoiningPage(client, "/ns", of: daemon, from: site, in: browser)
        for page in [page, other] { try await page.wait(untilTotal: 2) }
        // A message is no total.
        try daemon.sendMessage("7", to: "ns")
        try await other.page.close()
        try await page.wait(untilTotal: 1)
        #expect(try await page.values(of: "total", as: Int.self) == [1, 2, 1])
        #expect(try daemon.figures()["ns"]?.connections == 2)
      }
    }

    @Test(arguments: clients)
    func `the jQuery plugin counts a page once, until the last of its streams leaves`(
      client: JoiningPage.Client
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") {
        daemon in
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(client, "/ns", of: daemon, from: site, in: browser)
        try await page.wait(untilTotal: 1)
        try await page.join(as: "second")
        try await page.page.wait(for: "all('total').length === 2")
        try await page.leave()
        try await page.page.wait(for: "all('left').length === 1")
        #expect(try daemon.figures()["ns"]?.connections == 1)
        #expect(try daemon.count("ns") == 1)
        try await page.leave(as: "second")
        try daemon.awaitMembers("ns", 0, within: Deadline.prompt)
        try await page.page.wait(for: "all('left').length === 2")
      }
    }

    @Test(arguments: clients)
    func `the jQuery plugin fails when its viewer id is opened elsewhere, and at no stream`(
      client: JoiningPage.Client
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--enable-uuid") { daemon in
        let site = try JoiningPage.site(of: daemon)
        let former = try await JoiningPage(client, "/ns/id", of: daemon, from: site, in: browser)
        try await former.wait(untilTotal: 1)
        let latter = try await JoiningPage(client, "/ns/id", of: daemon, from: site, in: browser)
        try await latter.wait(untilTotal: 1)
        try await former.page.wait(for: "latest('close') === 'excluded'")
        let lost = try await JoiningPage(client, "/a/b/c", of: daemon, from: site, in: browser)
        try await lost.page.wait(for: "latest('close') === 'refused'")
      }
    }
  }
}
