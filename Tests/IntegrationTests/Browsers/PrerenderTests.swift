import Testing

extension `In Chromium` {
  /// A page that the browser renders before a visit, by the speculation rules of another page.
  @Suite(.needsJQuery) struct `A page that is rendered ahead` {
    enum Client: CaseIterable {
      case audience, jquery
      /// The browser's own, which does not wait: the daemon opens no stream for it (§4).
      case eventSource

      var script: JoiningPage.Client? {
        switch self {
        case .audience: .audience
        case .jquery: .jquery
        case .eventSource: nil
        }
      }

      var joins: String {
        script?.joins
          ?? "const join = (url) => { new EventSource(url).onmessage = () => report('total') };"
      }
    }

    @Test(arguments: Client.allCases)
    func `a page that is rendered before a visit is counted when it is visited`(
      client: Client
    ) async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let site = try JoiningPage.site(of: daemon)
        site.add(
          .page(
            head: """
              <script type="speculationrules">
              { "prerender": [{ "urls": ["/visited"], "eagerness": "immediate" }] }
              </script>

              """, scripts: [],
            script: """
              const look = async () => {
                const { ok } = await fetch("/go");
                if (ok) location.href = "/visited"; else setTimeout(look, 50);
              };
              look();
              """), at: "/start")
        let url = "http://localhost:\(daemon.audience)/ns"
        site.add(
          .page(
            scripts: client.script?.scripts(of: daemon) ?? [],
            script: """
              const tell = (what) => fetch(`/${what}?${document.prerendering}`);
              const report = (name) => tell(name);
              \(client.joins)
              join("\(url)");
              // The answer of the daemon comes after that to a stream that was opened before.
              fetch("\(url)").then(() => tell("rendered"));
              """), at: "/visited")
        try await browser.openAlone("\(site.origin)/start")
        try eventually("the page is rendered") { site.wasAsked(for: "/rendered?true") }
        #expect(try daemon.count("ns") == 0)
        site.add(.script(""), at: "/go")
        try eventually("the page is counted") { site.wasAsked(for: "/total?false") }
        #expect(!site.wasAsked(for: "/total?true"))
        #expect(try daemon.figures()["ns"]?.connections == 1)
      }
    }
  }
}
