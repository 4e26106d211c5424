import Testing

/// What clients do in Firefox. One Firefox serves all tests, one after the other.
@Suite(
  .enabled(if: Firefox.executable != nil, "needs firefox-esr or firefox in PATH"), .serialized,
  .sharedFirefox, .needsJQuery)
struct `In Firefox` {
  private static func open(_ url: String) async throws -> any BrowserPage {
    try #require(SharedFirefox.current).open(url)
  }

  @Test(arguments: [JoiningPage.Client.audience, .jquery])
  func `a client reports totals, and leaves at once`(client: JoiningPage.Client) async throws {
    try await RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") {
      daemon in
      let site = try JoinedSite("/ns", of: daemon, client: client)
      let page = try await Self.open(site.page())
      try await page.wait(forTitle: "1")
      let other = try EventStream("/ns", of: daemon)
      try await page.wait(forTitle: "2")
      if client == .audience {
        try daemon.sendMessage("1-0", to: "ns", from: "score")
        try await page.wait(for: "all('message').at(-1) === 'score=1-0'")
      }
      try await page.run("meter.close()")
      try other.read(untilCount: 1, within: Deadline.prompt)
      try await page.close()
    }
  }

  @Test(arguments: [JoiningPage.Client.audience, .jquery])
  func `reloads, Back and Forward change no number of another viewer`(
    client: JoiningPage.Client
  ) async throws {
    try await KeptViewer.stays(client: client, open: Self.open) { page, site, act in
      for _ in 0..<10 { try await act { try await page.leave(.reload) } }
      for departure in [Departure.to(site.page(2)), .back, .forward, .back] {
        try await act {
          try await page.run("document.title = 'left'")
          try await page.leave(departure)
        }
      }
    }
  }

  @Test func `a duplicated tab is a second viewer, and ends no stream of the first`()
    async throws
  {
    try await KeptViewer.duplicated(open: Self.open)
  }

  @Test func `tabs that share a stream are one viewer, whichever closes first`() async throws {
    try await SharedStream.tabsComeAndGo(open: Self.open)
  }

  @Test func `a page pings, a page watches, and an element shows the total`() async throws {
    try await RunningDaemon.serving("--viewer-ids", "shared", "--notify-min-delay", "0") { daemon in
      let pinging = try JoinedSite(
        "/ns", of: daemon, files: ["audience.js", "audience-ping.js"],
        join: "audience(url, { ping: true })")
      let page = try await Self.open(pinging.page())
      try await page.wait(forTitle: "1")
      let watching = try JoinedSite(
        "/", of: daemon, files: ["audience.js", "audience-count.js"],
        join: "audience(url, { watch: ['ns', 'other'] })")
      let observer = try await Self.open(watching.page())
      try await observer.wait(forTitle: #"{"ns":1,"other":0}"#)
      try await observer.run(
        """
        window.it = document.createElement("audience-count");
        it.setAttribute("src", "http://localhost:\(daemon.audience)/ns");
        it.setAttribute("other", "people");
        document.body.append(it);
        """)
      try await observer.wait(
        for: "it.shadowRoot.querySelector('[aria-live]').textContent === '2 people'")
      try await page.run("meter.close()")
      try await observer.wait(forTitle: #"{"ns":1,"other":0}"#)
      try await observer.wait(for: "it.total === 1")
      try await page.close()
      try await observer.close()
    }
  }
}

/// Runs one Firefox for all tests of a suite, and ends it after the last one.
struct SharedFirefox: SuiteTrait, TestScoping {
  @TaskLocal static var current: Firefox?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let firefox = try Firefox()
    try await Self.$current.withValue(firefox) { try await function() }
  }
}

extension Trait where Self == SharedFirefox {
  static var sharedFirefox: Self { Self() }
}
