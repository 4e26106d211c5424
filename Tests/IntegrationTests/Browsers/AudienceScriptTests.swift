import Testing

extension `In Chromium` {
  /// audience.js on a page of another origin than the daemon's ports (§5).
  @Suite struct `The client script` {
    @Test func `audience.js reports totals and messages, and leaves at once`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") {
        daemon in
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(.audience, "/ns", of: daemon, from: site, in: browser)
        try await page.wait(untilTotal: 1)
        let other = try await JoiningPage(.audience, "/ns", of: daemon, from: site, in: browser)
        try await other.wait(untilTotal: 2)
        try await page.wait(untilTotal: 2)
        try daemon.sendMessage("1-0\n2 < 3", to: "ns", from: "score")
        for page in [page, other] {
          try await page.page.wait(for: "latest('message') === 'score=1-0\\n2 < 3'")
        }
        try await other.forget()
        try await other.leave()
        try daemon.awaitMembers("ns", 1, within: Deadline.prompt)
        try await page.wait(untilTotal: 1)
        #expect(try await page.values(of: "total", as: Int.self) == [1, 2, 1])
        #expect(try await other.page.evaluate("log.length", as: Int.self) == 0)
        #expect(try daemon.figures()["ns"]?.connections == 2)
      }
    }

    @Test func `audience.js counts a page once, however often it joins`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") {
        daemon in
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(.audience, "/ns", of: daemon, from: site, in: browser)
        try await page.wait(untilTotal: 1)
        try await page.forget()
        try await page.join(as: "second")
        try await page.wait(untilTotal: 1)
        try await page.forget()
        // The page joins a third time, now by the module.
        try await page.page.run(
          """
          const { audience } = await import("http://localhost:\(daemon.demo)/client/audience.mjs");
          window.third = audience("//localhost:\(daemon.audience)/ns")
            .on("total", total => report("total", total));
          """)
        try await page.wait(untilTotal: 1)
        #expect(try daemon.figures()["ns"]?.connections == 1)
        try await page.leave()
        try await page.leave(as: "second")
        let viewer = try EventStream("/ns", of: daemon)
        #expect(viewer.greeting.count == 2)
        try await page.wait(untilTotal: 2)
        try await page.leave(as: "third")
        try viewer.read(untilCount: 1)
      }
    }

    @Test func `audience.js waits as a full daemon asks, and is counted when there is room`()
      async throws
    {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--max-connections", "1") {
        daemon in
        let site = try JoiningPage.site(of: daemon)
        let holder = try EventStream("/ns", of: daemon)
        let page = try await JoiningPage(
          .audience, "/ns", of: daemon, from: site, in: browser, time: .hurried)
        try await page.page.wait(for: "all('retry').length >= 2")
        #expect(try await page.page.evaluate("all('total').length", as: Int.self) == 0)
        holder.client.close()
        try await page.wait(untilTotal: 1)
        let waits = try await page.values(of: "retry", as: Int.self)
        #expect(waits.allSatisfy { (5000...30_000).contains($0) }, "\(waits)")
        #expect(try daemon.figures()["ns"]?.members == 1)
      }
    }

    @Test func `audience.js stops at an address that is no stream`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving { daemon in
        let site = try JoiningPage.site(of: daemon)
        let page = try await JoiningPage(.audience, "/a/b/c", of: daemon, from: site, in: browser)
        try await page.page.wait(for: "latest('close') === 'refused'")
        #expect(try await page.page.evaluate("log.length", as: Int.self) == 1)
      }
    }

    @Test func `audience.js stops for good when its viewer id is opened elsewhere`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--enable-uuid", "--notify-max-delay", "1") { daemon in
        let site = try JoiningPage.site(of: daemon)
        let former = try await JoiningPage(.audience, "/ns/id", of: daemon, from: site, in: browser)
        try await former.wait(untilTotal: 1)
        let latter = try await JoiningPage(.audience, "/ns/id", of: daemon, from: site, in: browser)
        try await latter.wait(untilTotal: 1)
        try await former.page.wait(for: "latest('close') === 'excluded'")
        // No stream comes back in the next five seconds, which the repeated counts measure.
        let watcher = try EventStream("/ns", of: daemon)
        try watcher.read(untilCount: 2)
        for _ in 0..<5 { #expect(try watcher.next().count == 2) }
        #expect(try daemon.figures()["ns"]?.connections == 2)
        #expect(try await latter.page.evaluate("all('close').length", as: Int.self) == 0)
        #expect(try await former.page.evaluate("all('retry').length", as: Int.self) == 0)
      }
    }
  }
}
