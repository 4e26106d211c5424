import Testing

extension `In Chromium` {
  /// The ports that pages of other sites must not use (§5).
  @Suite struct `A port of the operator` {
    @Test func `a page of another site sends no message and reads no statistics`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-max-delay", "60") { daemon in
        let stream = try EventStream("/ns", of: daemon)
        for host in ["localhost", "127.0.0.1"] {
          let messages = "http://\(host):\(daemon.messages)"
          let admin = "http://\(host):\(daemon.admin)"
          let site = try PageServer([
            "/": .page(
              scripts: [],
              script: """
                const failed = [];
                const note = (name) => () => failed.push(name);
                const image = new Image();
                image.onload = image.onerror = note("image");
                image.src = "\(messages)/ns/image/x";
                fetch("\(messages)/ns/get/x", { mode: "no-cors" }).then(note("get"));
                fetch("\(messages)/ns/post", { method: "POST", body: "x", mode: "no-cors" })
                  .then(note("post"));
                fetch("\(messages)/ns/cors/x").catch(note("cors"));
                fetch("\(admin)/stats").catch(note("stats"));
                """)
          ])
          let page = try await browser.open(site.origin)
          try await page.wait(for: "failed.length === 5")
        }
        // A message of the pages would come before this one.
        try daemon.sendMessage("last", to: "ns")
        let messages = try stream.read(untilData: "s=last").compactMap(\.data)
          .filter { $0.contains("=") }
        #expect(messages == ["s=last"])
      }
    }

    @Test func `the admin port shows its paths to a browser`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let page = try await browser.open("http://localhost:\(daemon.admin)/")
        try await page.wait(for: "document.body.innerText.includes('GET /stats')")
        let type = try await page.evaluate(
          "fetch('/stats').then(response => response.json()).then(object => typeof object)",
          as: String.self)
        #expect(type == "object")
      }
    }
  }
}
