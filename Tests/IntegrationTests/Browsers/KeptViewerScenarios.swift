import Testing

/// What one viewer does in a browser, and what another one sees of it (§2 rules 5 and 6).
enum KeptViewer {
  /// Opens a page of a browser.
  typealias Opener = (String) async throws -> any BrowserPage

  /// A viewer who was there for ten seconds acts, and a second viewer's number stays 2: the first
  /// one's streams resume one another.
  ///
  /// The daemon holds a place for five seconds. Where the machine was so slow that one act took
  /// longer than three and the number was another, all of that is repeated.
  static func stays(
    client: JoiningPage.Client = .audience, open: Opener,
    acts: (any BrowserPage, JoinedSite, (() async throws -> Void) async throws -> Void) async throws
      -> Void
  ) async throws {
    for _ in 0..<5 {
      let run = try await RunningDaemon.serving("--decrement-delay", "5") { daemon in
        let site = try JoinedSite("/ns", of: daemon, client: client)
        let second = try EventStream("/ns", of: daemon)
        let first = try await open(site.page())
        try await first.wait(forTitle: "2")
        try second.read(untilCount: 2)
        try eventually("both have been there for ten seconds") {
          try daemon.figures()["ns"].map { $0.memberSeconds > 21 } ?? false
        }
        var slowest = Duration.zero
        try await acts(first, site) { act in
          let start = ContinuousClock.now
          try await act()
          try await first.wait(forTitle: "2")
          slowest = max(slowest, start.duration(to: .now))
        }
        let figures = try daemon.figures()["ns"]
        let seen = second.client.takeReceived().split(separator: "\n")
          .filter { $0.hasPrefix("data: ") }
        try await first.close()
        return (numbers: seen, connections: figures?.connections, slowest: slowest)
      }
      let isRight = run.numbers.allSatisfy { $0 == "data: 2" } && run.connections == 2
      if isRight { return }
      guard run.slowest > .seconds(3) else {
        throw HarnessError(
          "saw \(run.numbers), \(run.connections ?? 0) connections, \(run.slowest)")
      }
    }
    throw HarnessError("the number was another in each of five slow runs")
  }

  /// Reloads a page in two tabs, of which one is a duplicate of the other: they stay two viewers.
  static func duplicated(open: Opener) async throws {
    try await RunningDaemon.serving("--decrement-delay", "30", "--notify-min-delay", "0") {
      daemon in
      let site = try JoinedSite("/ns", of: daemon)
      let page = try await open(site.page())
      try await page.wait(forTitle: "1")
      // Long enough for a place that is held for 11 s, after a reload at any time.
      try eventually("it has been there for twelve seconds") {
        try daemon.figures()["ns"].map { $0.memberSeconds >= 12 } ?? false
      }
      try await page.duplicate()
      try await page.wait(for: "copy.document.title === '2'")
      try await page.wait(forTitle: "2")
      for _ in 0..<3 {
        try await page.leave(.reload)
        try await page.wait(forTitle: "2")
      }
      // The original was reloaded, and neither has ended the other's stream.
      #expect(try daemon.figures()["ns"]?.connections == 2)
      #expect(try daemon.count("ns") == 2)
      try await page.close()
    }
  }
}
