import Testing

extension `In Chromium` {
  /// Viewers who lose their streams and come back, and tabs that are duplicated.
  @Suite(.needsJQuery) struct `A viewer who comes back` {
    private static let clients = [JoiningPage.Client.audience, .jquery]

    private static func open(_ url: String) async throws -> any BrowserPage {
      try await `In Chromium`.browser.open(url)
    }

    @Test(arguments: clients)
    func `twenty reloads change no number of another viewer`(
      client: JoiningPage.Client
    ) async throws {
      try await KeptViewer.stays(client: client, open: Self.open) { page, _, act in
        for _ in 0..<20 { try await act { try await page.leave(.reload) } }
      }
    }

    @Test(arguments: clients)
    func `other pages of the event, Back and Forward change no number of another viewer`(
      client: JoiningPage.Client
    ) async throws {
      try await KeptViewer.stays(client: client, open: Self.open) { page, site, act in
        // A page that the browser keeps has its old title when it is shown again.
        func leave(_ departure: Departure) async throws {
          try await act {
            try await page.run("document.title = 'left'")
            try await page.leave(departure)
          }
        }
        for number in 2...4 { try await leave(.to(site.page(number))) }
        for _ in 0..<2 {
          for _ in 0..<3 { try await leave(.back) }
          for _ in 0..<3 { try await leave(.forward) }
        }
      }
    }

    @Test(arguments: clients)
    func `a network that is gone for a second changes no number of another viewer`(
      client: JoiningPage.Client
    ) async throws {
      try await KeptViewer.stays(client: client, open: Self.open) { page, site, act in
        try await act {
          try await page.run("document.title = 'gone'")
          site.cable.cut()
          try await Task.sleep(for: .seconds(1))
          site.cable.mend()
        }
      }
    }

    @Test func `a duplicated tab is a second viewer, and ends no stream of the first`()
      async throws
    {
      try await KeptViewer.duplicated(open: Self.open)
    }

    @Test func `a meter that is closed and opened again is the same viewer`() async throws {
      try await RunningDaemon.serving("--decrement-delay", "60", "--notify-min-delay", "0") {
        daemon in
        let site = try JoinedSite("/ns", of: daemon)
        let page = try await Self.open(site.page())
        try await page.wait(forTitle: "1")
        try eventually("the daemon holds the place for a while") {
          try daemon.figures()["ns"].map { $0.memberSeconds >= 15 } ?? false
        }
        try await page.run("meter.close(); document.title = ''")
        try await page.run("audience(url).on('total', (total) => document.title = total)")
        try await page.wait(forTitle: "1")
        #expect(try daemon.figures()["ns"]?.connections == 1)
        try await page.close()
      }
    }
  }
}
