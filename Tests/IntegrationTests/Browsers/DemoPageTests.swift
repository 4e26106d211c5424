import Testing

extension `In Chromium` {
  /// The demo page in a browser (§5).
  @Suite struct `The demo page` {
    private static func isLive(_ count: String, _ caption: String = "people watching") -> String {
      """
      state.dataset.state === 'live' && total.textContent === '\(count)'
        && caption.textContent === '\(caption)'
      """
    }

    @Test func `the demo page shows the number of viewers as pages open and close`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "100ms") { daemon in
        let address = "http://localhost:\(daemon.demo)/football"
        let first = try await browser.open(address)
        try await first.wait(for: Self.isLive("1", "person watching"))
        let second = try await browser.open(address, dark: true)
        for page in [first, second] {
          try await page.wait(for: Self.isLive("2"))
          let title = try await page.evaluate("document.title", as: String.self)
          #expect(title == "2 · football")
        }
        try await first.wait(for: "!graph.hidden && line.getAttribute('d').includes('L')")
        try await first.screenshot(named: "demo-light")
        try await second.screenshot(named: "demo-dark")
        try await second.close()
        try await first.wait(for: Self.isLive("1", "person watching"))
        #expect(try daemon.figures()["football"]?.connections == 2)
        // The area begins at 0: half the height is half the audience.
        try await first.run("draw()")
        let heights = try await first.evaluate(
          "[...area.getAttribute('d').matchAll(/V([0-9.]+)H/g)].map(([, y]) => 140 - y)",
          as: [Int].self)
        #expect(heights == [65, 130, 65])
      }
    }

    @Test func `the demo page writes its numbers as the language of the visitor does`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        for (language, number) in [("en-US", "1,234"), ("de-DE", "1.234"), ("fr-CH", "1 234")] {
          let page = try await browser.open(
            "http://localhost:\(daemon.demo)/football", language: language)
          try await page.wait(for: Self.isLive("1", "person watching"))
          try await page.run("showTotal(1234)")
          // French has a narrow no-break space there.
          try await page.wait(
            for: "total.textContent.replace(/\\s/g, ' ') === '\(number)'")
          #expect(
            try await page.evaluate("document.title.replace(/\\s/g, ' ')", as: String.self)
              == "\(number) · football")
          try await page.close()
        }
      }
    }

    @Test func `the demo page shows names and messages in their own direction`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let page = try await browser.open("http://localhost:\(daemon.demo)/كرة القدم")
        try await page.wait(for: Self.isLive("1", "person watching"))
        // What announces messages is there before the first one.
        #expect(
          try await page.evaluate(
            "document.getElementById('message-list').checkVisibility()", as: Bool.self))
        for text in ["هدف! 1-0", "a goal"] {
          try daemon.sendMessage(
            text, to: "%D9%83%D8%B1%D8%A9%20%D8%A7%D9%84%D9%82%D8%AF%D9%85", from: "score")
        }
        try await page.wait(for: "document.querySelectorAll('.text').length === 2")
        let directions = try await page.evaluate(
          """
          [...document.querySelectorAll('h1, .text, html')]
            .map(part => getComputedStyle(part).direction)
          """, as: [String].self)
        #expect(directions == ["ltr", "rtl", "ltr", "rtl"])
        try await page.screenshot(named: "demo-arabic")
      }
    }

    @Test func `the demo page shows the messages of its event as text, the newest first`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let page = try await browser.open("http://localhost:\(daemon.demo)/football")
        try await page.wait(for: Self.isLive("1", "person watching"))
        #expect(
          try daemon.sendMessage("1-0", to: "football", from: "score") == #"{"connections":1}"#)
        try await page.wait(for: "document.querySelector('.text')")
        let markup = "<img src=x onerror=alert(1)>\n&amp;=é"
        try daemon.sendMessage(markup, to: "football", from: "chat")
        try await page.wait(for: "document.querySelectorAll('.text').length === 2")
        let texts = try await page.evaluate(
          "[...document.querySelectorAll('.service, .text')].map(part => part.textContent)",
          as: [String].self)
        #expect(texts == ["chat", markup, "score", "1-0"])
      }
    }

    @Test func `the demo page reconnects after a restart of the daemon`() async throws {
      let browser = try `In Chromium`.browser
      let options = ["--notify-min-delay", "100ms"]
      let former = try RunningDaemon.start(options)
      let ports = [
        "--port", "\(former.audience)", "--stats-port", "\(former.statistics)",
        "--notification-port", "\(former.messages)", "--admin-port", "\(former.admin)",
        "--demo-port", "\(former.demo)",
      ]
      let address = "http://localhost:\(former.demo)/football"
      let pages = [try await browser.open(address), try await browser.open(address)]
      for page in pages { try await page.wait(for: Self.isLive("2")) }
      try former.stop()
      for page in pages {
        try await page.wait(for: "state.dataset.state === 'waiting'")
        let text = try await page.evaluate(
          "document.getElementById('state-text').textContent", as: String.self)
        #expect(text == "Reconnecting")
        let title = try await page.evaluate("document.title", as: String.self)
        #expect(title == "Reconnecting · football")
      }
      try await pages[0].screenshot(named: "demo-reconnecting")
      let latter = try RunningDaemon.start(options + ports)
      for page in pages { try await page.wait(for: Self.isLive("2")) }
      #expect(try latter.figures()["football"]?.connections == 2)
      try latter.stop()
    }

    @Test func `the demo page shows the name of its event as text`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let name = #"<b>"'&"#
        let page = try await browser.open("http://localhost:\(daemon.demo)/\(name)")
        try await page.wait(for: Self.isLive("1", "person watching"))
        let heading = try await page.evaluate(
          "document.querySelector('h1').textContent", as: String.self)
        #expect(heading == name)
        let title = try await page.evaluate("document.title", as: String.self)
        #expect(title == "1 · \(name)")
        let elements = try await page.evaluate(
          "document.querySelectorAll('b').length", as: Int.self)
        #expect(elements == 0)
        // No browser sends these bytes unescaped; other clients do.
        let raw = try daemon.ask(daemon.demo, request("GET /\(name)")).body
        #expect(!raw.contains(name) && !raw.contains("<b>"))
      }
    }

    @Test
    func `the demo page stops for another page with its viewer id, and may take its place again`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--enable-uuid", "--notify-min-delay", "100ms") { daemon in
        let address = "http://localhost:\(daemon.demo)/football/ab12"
        let first = try await browser.open(address)
        try await first.wait(for: Self.isLive("1", "person watching"))
        let second = try await browser.open(address)
        try await second.wait(for: Self.isLive("1", "person watching"))
        try await first.wait(for: "state.dataset.state === 'stopped' && !rejoin.hidden")
        try await first.screenshot(named: "demo-stopped")
        try await first.run("rejoin.click()")
        try await first.wait(for: Self.isLive("1", "person watching"))
        try await second.wait(for: "state.dataset.state === 'stopped' && !rejoin.hidden")
      }
    }

    @Test func `the page of welcome leads to the event that is typed`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let page = try await browser.open("http://localhost:\(daemon.demo)/")
        try await page.screenshot(named: "welcome")
        try await page.run("document.getElementById('event').value = 'a b/c'")
        try await page.run("document.querySelector('button').click()")
        try await page.wait(for: "document.title === '1 · a b/c'")
        #expect(try daemon.count("a%20b%2Fc") == 1)
      }
    }
  }
}
