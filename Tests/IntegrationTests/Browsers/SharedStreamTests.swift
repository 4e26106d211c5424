import Testing

/// What several tabs of a browser do that share a stream (audience-share.js).
enum SharedStream {
  /// A website whose pages share one stream.
  static func site(of daemon: RunningDaemon) throws -> JoinedSite {
    try JoinedSite(
      "/ns", of: daemon, files: ["audience.js", "audience-share.js"],
      join: "audience(url, { share: true })")
  }

  /// Tabs open, get totals and messages, and close, the one with the stream first.
  static func tabsComeAndGo(open: KeptViewer.Opener) async throws {
    try await RunningDaemon.serving("--decrement-delay", "60", "--notify-min-delay", "0") {
      daemon in
      let site = try Self.site(of: daemon)
      var pages: [any BrowserPage] = []
      for _ in 0..<3 {
        let page = try await open(site.page())
        try await page.wait(forTitle: "1")
        pages.append(page)
      }
      try await pages[2].duplicate()
      try await pages[2].wait(for: "copy.document.title === '1'")
      try await pages[2].run("copy.close()")
      try eventually("the daemon holds the place for a while") {
        try daemon.figures()["ns"].map { $0.memberSeconds >= 15 } ?? false
      }
      let second = try EventStream("/ns", of: daemon)
      while let page = pages.first {
        for page in pages { try await page.wait(forTitle: "2") }
        try daemon.sendMessage("\(pages.count)", to: "ns")
        for page in pages {
          try await page.wait(for: "all('message').at(-1) === 's=\(pages.count)'")
        }
        #expect(try daemon.figures()["ns"]?.connections == 2)
        for page in pages { try await page.run("document.title = ''") }
        try await page.close()
        pages.removeFirst()
        // The next tab is greeted as it takes the stream over.
      }
      #expect(second.greeting.count == 2)
      let numbers = second.client.takeReceived().split(separator: "\n")
        .filter { $0.hasPrefix("data: ") && !$0.contains("=") }
      #expect(numbers.allSatisfy { $0 == "data: 2" }, "\(numbers)")
    }
  }
}

extension `In Chromium` {
  @Suite struct `A shared stream` {
    private static func open(_ url: String) async throws -> Page {
      try await `In Chromium`.browser.open(url)
    }

    @Test func `tabs that share a stream are one viewer, whichever closes first`() async throws {
      try await SharedStream.tabsComeAndGo(open: Self.open)
    }

    @Test func `a tab with the shared stream that is reloaded or crashes is the same viewer`()
      async throws
    {
      try await RunningDaemon.serving("--decrement-delay", "60", "--notify-min-delay", "0") {
        daemon in
        let site = try SharedStream.site(of: daemon)
        let first = try await Self.open(site.page())
        try await first.wait(forTitle: "1")
        try eventually("the daemon holds the place for a while") {
          try daemon.figures()["ns"].map { $0.memberSeconds >= 15 } ?? false
        }
        // Alone, and beside another tab.
        try await first.leave(.reload)
        try await first.wait(forTitle: "1")
        let second = try await Self.open(site.page())
        try await second.wait(forTitle: "1")
        for page in [first, second, first] {
          try await page.leave(.reload)
          for page in [first, second] { try await page.wait(forTitle: "1") }
        }
        // The first one holds the stream after the second was reloaded, or the other way round.
        try eventually("the stream is open") {
          try daemon.sendMessage("here", to: "ns") == #"{"connections":1}"#
        }
        for page in [first, second] { try await page.wait(for: "all('message').length === 1") }
        #expect(try daemon.figures()["ns"]?.connections == 1)
        #expect(try daemon.count("ns") == 1)
      }
    }

    @Test func `tabs that share a stream stop together when their viewer id is opened elsewhere`()
      async throws
    {
      try await RunningDaemon.serving("--enable-uuid") { daemon in
        let site = try JoinedSite(
          "/ns", of: daemon, files: ["audience.js", "audience-share.js"],
          join: "audience(url, { share: true, viewer: 'id' })")
        let pages = [try await Self.open(site.page()), try await Self.open(site.page())]
        for page in pages { try await page.wait(forTitle: "1") }
        let other = try EventStream("/ns/id", of: daemon)
        for page in pages { try await page.wait(for: "all('close').at(-1) === 'excluded'") }
        #expect(other.greeting.count == 1)
        #expect(try daemon.figures()["ns"]?.connections == 1)
      }
    }

    @Test func `on a page without https each tab has a stream of its own`() async throws {
      let flag = "--host-resolver-rules=MAP insecure.example 127.0.0.1"
      try await Browser.run(flags: [flag]) { browser in
        try await RunningDaemon.serving("--notify-min-delay", "0") { daemon in
          let site = try SharedStream.site(of: daemon)
          let address = site.page().replacing("localhost", with: "insecure.example")
          let first = try await browser.open(address)
          try await first.wait(for: "!window.isSecureContext && document.title === '1'")
          let second = try await browser.open(address)
          for page in [first, second] { try await page.wait(forTitle: "2") }
        }
      }
    }
  }
}
