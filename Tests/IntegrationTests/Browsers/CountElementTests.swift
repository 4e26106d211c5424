import Testing

extension `In Chromium` {
  /// The element of audience-count.js.
  @Suite struct `The element` {
    /// A page with the element; `fields` of its root element, and the element's attributes.
    private static func site(
      _ attributes: String, of daemon: RunningDaemon, files: [String] = [], fields: String = ""
    ) throws -> PageServer {
      let folder = "http://localhost:\(daemon.demo)/client"
      let scripts = (["audience.js"] + files + ["audience-count.js"])
        .map { "<script src=\"\(folder)/\($0)\"></script>" }.joined()
      return try PageServer([
        "/": PageServer.File(
          content: """
            <!doctype html><html \(fields)><title>A page</title>
            <style>audience-count::part(count) { color: rgb(1, 2, 3) }
            audience-count::part(stopped) { color: rgb(4, 5, 6) }</style>
            <script>
              const log = [];
              for (const name of ["total", "message", "open", "retry", "close"])
                addEventListener(name, ({ target, detail }) =>
                  target.id == "it" && log.push([name, detail]), true);
            </script>
            <audience-count id="it" src="http://localhost:\(daemon.audience)/ns" \(attributes)
              >nobody yet</audience-count>
            \(scripts)
            <script>
              const it = document.getElementById("it");
              const text = (part) =>
                it.shadowRoot.querySelector(`[part~=${part}]`).textContent.replace(/\\s/g, " ");
              const color = () =>
                getComputedStyle(it.shadowRoot.querySelector("[part~=count]")).color;
              const spoken = () => it.shadowRoot.querySelector("[aria-live=polite]").textContent;
            </script>
            """)
      ])
    }

    @Test func `the element shows the total with a label, and tells screen readers`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "0") { daemon in
        let site = try Self.site(#"one="viewer" other="viewers""#, of: daemon)
        let page = try await browser.open(site.origin)
        try await page.wait(for: "text('count') === '1' && text('label') === ' viewer'")
        try await page.wait(for: "spoken() === '1 viewer' && it.total === 1")
        #expect(try await page.evaluate("color()", as: String.self) == "rgb(1, 2, 3)")
        let other = try EventStream("/ns", of: daemon)
        try await page.wait(for: "text('count') === '2' && text('label') === ' viewers'")
        try daemon.sendMessage("1-0", to: "ns", from: "score")
        try await page.wait(for: "log.length === 4")
        let names = try await page.evaluate("log.map(([name]) => name)", as: [String].self)
        #expect(names == ["open", "total", "total", "message"])
        #expect(other.greeting.count == 2)
        // What stands between the tags is shown before the first total.
        let isShown = "getComputedStyle(it.shadowRoot.querySelector('slot')).display !== 'none'"
        #expect(try await page.evaluate(isShown, as: Bool.self) == false)
        try await page.run("it.remove()")
        try other.read(untilCount: 1)
        try await page.run("it.removeAttribute('src'); document.body.append(it)")
        try await page.wait(for: isShown)
      }
    }

    @Test func `the element writes numbers as the visitor's language does, labels as the page's`()
      async throws
    {
      let browser = try `In Chromium`.browser
      // The daemon repeats no total while the test sets its own.
      try await RunningDaemon.serving("--notify-max-delay", "3600") { daemon in
        let labels = #"one="widz" few="widzów" other="widza""#
        let site = try Self.site(labels, of: daemon, fields: "lang=pl")
        for (language, number, short) in [
          ("en-US", "1,234,502", "1.2M"), ("de-DE", "1.234.502", "1,2 Mio."),
        ] {
          let page = try await browser.open(site.origin, language: language)
          try await page.wait(for: "text('count') === '1' && text('label') === ' widz'")
          try await page.run("it.total = 1234502; it.setAttribute('lang', 'pl')")
          try await page.wait(for: "text('count') === '\(number)' && text('label') === ' widzów'")
          try await page.run("it.toggleAttribute('compact')")
          try await page.wait(for: "text('count') === '\(short)'")
          try await page.close()
        }
      }
    }

    @Test func `the element follows its attributes, and shows when it is stopped`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--enable-uuid", "--decrement-delay", "0") { daemon in
        let site = try Self.site(#"viewer="id""#, of: daemon)
        let page = try await browser.open(site.origin)
        try await page.wait(for: "text('count') === '1'")
        let other = try EventStream("/ns/id", of: daemon)
        try await page.wait(for: "log.at(-1)[0] === 'close' && log.at(-1)[1] === 'excluded'")
        try await page.wait(for: "color() === 'rgb(4, 5, 6)'")
        try await page.run("it.toggleAttribute('watch')")
        try await page.wait(for: "log.at(-1)[0] === 'total' && log.at(-1)[1] === 1")
        #expect(other.greeting.count == 1)
        #expect(try daemon.count("ns") == 1)
        #expect(try await page.evaluate("color()", as: String.self) == "rgb(1, 2, 3)")
      }
    }

    @Test func `elements with the same address share a stream, also with that of other tabs`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let site = try Self.site("share", of: daemon, files: ["audience-share.js"])
        let page = try await browser.open(site.origin)
        try await page.wait(for: "text('count') === '1'")
        try await page.run("document.body.append(it.cloneNode(true))")
        try await page.wait(for: "document.querySelectorAll('audience-count')[1].total === 1")
        let other = try await browser.open(site.origin)
        try await other.wait(for: "text('count') === '1'")
        #expect(try daemon.figures()["ns"]?.connections == 1)
      }
    }
  }
}
