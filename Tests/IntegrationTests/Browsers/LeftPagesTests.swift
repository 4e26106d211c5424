import Testing

extension `In Chromium` {
  /// Pages that were left and that the browser keeps for its Back button.
  @Suite(.needsJQuery) struct `A page that was left` {
    enum Client: CaseIterable {
      case audience, jquery
      /// The lines of the documents for an EventSource.
      case eventSource

      func page(of daemon: RunningDaemon) throws -> PageServer.File {
        let url = "http://localhost:\(daemon.audience)/football"
        let join = """
          const report = (name, value) => {
            if (name === "total") document.title = value;
          };
          """
        switch self {
        case .audience: return page(.audience, join, url, daemon)
        case .jquery: return page(.jquery, join, url, daemon)
        case .eventSource:
          let lines = try documentExample(
            below: "Without a script of this project", of: "docs/CLIENTS.md")
          return .page(
            scripts: [],
            script: try lines.replacingOnce("http://localhost:8000/football", with: url))
        }
      }

      private func page(
        _ client: JoiningPage.Client, _ script: String, _ url: String, _ daemon: RunningDaemon
      ) -> PageServer.File {
        .page(
          scripts: client.scripts(of: daemon),
          script: "\(script)\n\(client.joins)\njoin(\"\(url)\");")
      }
    }

    @Test(arguments: Client.allCases)
    func `one tab that looks at eight pages of an event is one viewer, also when it goes back`(
      client: Client
    ) async throws {
      let browser = try `In Chromium`.browser
      // No place is held for a page that was left, so each page is a viewer while it has a stream.
      try await RunningDaemon.serving(
        "--notify-min-delay", "0", "--notify-max-delay", "60", "--decrement-delay", "0"
      ) { daemon in
        let site = try JoiningPage.site(of: daemon)
        for number in 1...8 { site.add(try client.page(of: daemon), at: "/\(number)") }
        let page = try await browser.open("\(site.origin)/1")
        let prompt = Duration.seconds(Deadline.prompt)
        for number in 1...8 {
          if number > 1 {
            try await page.run("document.title = 'left'")
            try await page.navigate(to: "\(site.origin)/\(number)")
          }
          try await page.wait(for: "document.title === '1'", within: prompt)
        }
        try await page.run("document.title = 'left'; setTimeout(() => history.back())")
        try await page.wait(for: "location.pathname === '/7' && document.title === '1'")
        try daemon.awaitMembers("football", 1, within: Deadline.prompt)
      }
    }
  }
}
