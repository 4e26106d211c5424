import Testing

extension `In Chromium` {
  /// The options of `audience` (§5), and the files that add to it.
  @Suite struct `The options of the client script` {
    private static func open(_ site: JoinedSite) async throws -> Page {
      try await `In Chromium`.browser.open(site.page())
    }

    @Test func `a page that watches sees totals and messages, and is not counted`() async throws {
      try await RunningDaemon.serving("--notify-min-delay", "0") { daemon in
        let site = try JoinedSite("/ns", of: daemon, join: "audience(url, { watch: true })")
        let page = try await Self.open(site)
        try await page.wait(forTitle: "0")
        let viewer = try EventStream("/ns", of: daemon)
        #expect(viewer.greeting.count == 1)
        try await page.wait(forTitle: "1")
        try daemon.sendMessage("1-0", to: "ns", from: "score")
        try await page.wait(for: "all('message').at(-1) === 'score=1-0'")
        #expect(try daemon.figures()["ns"]?.connections == 1)
      }
    }

    @Test func `a page that watches several events sees the totals of all by one stream`()
      async throws
    {
      try await RunningDaemon.serving("--notify-min-delay", "0") { daemon in
        let site = try JoinedSite("/", of: daemon, join: "audience(url, { watch: ['a', 'b'] })")
        let viewer = try EventStream("/a", of: daemon)
        let page = try await Self.open(site)
        try await page.wait(forTitle: #"{"a":1,"b":0}"#)
        let other = try EventStream("/b", of: daemon)
        // Only what has changed is sent.
        try await page.wait(forTitle: #"{"a":1,"b":1}"#)
        try daemon.sendMessage("1-0", to: "b", from: "score")
        try await page.wait(for: "all('message').length === 1")
        let message = try await page.evaluate("all('message')[0]", as: [String: String].self)
        #expect(message == ["namespace": "b", "text": "score=1-0"])
        #expect([viewer, other].map(\.greeting.count) == [1, 1])
        #expect(try daemon.figures().values.allSatisfy { $0.connections == 1 })
      }
    }

    @Test func `a viewer id is the second segment of the path`() async throws {
      try await RunningDaemon.serving("--enable-uuid") { daemon in
        let site = try JoinedSite(
          "/ns?a=b", of: daemon, join: "audience(url, { viewer: 'a b/c' })")
        let page = try await Self.open(site)
        try await page.wait(forTitle: "1")
        let other = try EventStream("/ns/a%20b%2Fc", of: daemon)
        try await page.wait(for: "all('close').at(-1) === 'excluded'")
        #expect(other.greeting.count == 1)
      }
    }

    @Test func `a page that pings is counted without a stream, until it leaves`() async throws {
      try await RunningDaemon.serving("--viewer-ids", "shared", "--ping-timeout", "60") { daemon in
        let site = try Self.pingingSite(of: daemon)
        let page = try await Self.open(site)
        try await page.wait(forTitle: "1")
        try await page.leave(.reload)
        try await page.wait(forTitle: "1")
        let figures = try #require(try daemon.figures()["ns"])
        #expect(figures.connections == 1 && figures.members == 1)
        // A duplicated tab is another viewer.
        try await page.duplicate()
        try await page.wait(for: "copy.document.title === '2'")
        try await page.run("meter.close()")
        try daemon.awaitMembers("ns", 1, within: Deadline.prompt)
        try await page.run("copy.eval('meter.close()')")
        try daemon.awaitMembers("ns", 0, within: Deadline.prompt)
        #expect(try await page.evaluate("all('open').length", as: Int.self) == 1)
      }
    }

    @Test func `a page pings again and again, and sees a total each time`() async throws {
      try await RunningDaemon.serving("--viewer-ids", "shared", "--ping-timeout", "3") { daemon in
        let site = try Self.pingingSite(of: daemon, "{ ping: true, viewer: 'tv' }")
        let page = try await Self.open(site)
        try await page.wait(for: "all('total').length >= 4")
        let viewer = try EventStream("/ns/tv", of: daemon)
        #expect(viewer.greeting.count == 1)
        site.cable.cut()
        try await page.wait(for: "all('retry').length")
        site.cable.mend()
        try await page.wait(for: "all('open').length === 2")
      }
    }

    @Test func `a page that pings a daemon without pings is refused`() async throws {
      try await RunningDaemon.serving { daemon in
        let site = try Self.pingingSite(of: daemon)
        let page = try await Self.open(site)
        try await page.wait(for: "all('close').at(-1) === 'refused'")
        site.cable.cut()
        #expect(try daemon.count("ns") == 0)
      }
    }

    @Test func `an option whose file is missing is an error that names the file`() async throws {
      try await RunningDaemon.serving { daemon in
        let site = try JoinedSite("/ns", of: daemon)
        let page = try await Self.open(site)
        for option in ["share", "ping"] {
          let error = try await page.evaluate(
            "(() => { try { audience(url, {\(option): true}) } catch (e) { return e.message } })()",
            as: String.self)
          #expect(error == "no audience-\(option)")
        }
      }
    }

    private static func pingingSite(
      of daemon: RunningDaemon, _ options: String = "{ ping: true }"
    ) throws -> JoinedSite {
      try JoinedSite(
        "/ns", of: daemon, files: ["audience.js", "audience-ping.js"],
        join: "audience(url, \(options))")
    }
  }
}
