/// A page of another website that joins a namespace with the daemon's own client, and records all
/// that the client reports.
struct JoiningPage {
  /// The client on the page: the scripts that it loads, and the way in which it joins.
  enum Client: String, CaseIterable, Sendable {
    case audience, jquery, jqueryWithAudience

    fileprivate func scripts(of daemon: RunningDaemon) -> [String] {
      let folder = "http://localhost:\(daemon.demo)/client"
      return switch self {
      case .audience: ["\(folder)/audience.js"]
      case .jquery: ["/jquery.js", "\(folder)/jquery.audience.js"]
      case .jqueryWithAudience:
        ["/jquery.js", "\(folder)/audience.js", "\(folder)/jquery.audience.js"]
      }
    }

    fileprivate var joins: String {
      switch self {
      case .audience:
        """
        const join = (url) => {
          const meter = audience(url);
          for (const name of ["total", "message", "open", "retry", "close"])
            meter.on(name, (value) => report(name, value));
          return meter;
        };
        """
      case .jquery, .jqueryWithAudience:
        """
        const join = (url) => $.audience(url)
          .progress((total) => report("total", total))
          .done(() => report("left", ""))
          .fail((why) => report("close", why));
        """
      }
    }
  }

  let page: Page
  private let url: String

  /// Opens the page and joins. Timers of less than a minute end 20 times sooner on a `hurried`
  /// page.
  init(
    _ client: Client, _ path: String, of daemon: RunningDaemon, from site: PageServer,
    in browser: Browser, hurried: Bool = false
  ) async throws {
    try await self.init(
      client, "http://localhost:\(daemon.audience)\(path)", from: site, in: browser,
      hurried: hurried)
  }

  /// The same for a stream at any address.
  init(
    _ client: Client, _ url: String, from site: PageServer, in browser: Browser,
    hurried: Bool = false
  ) async throws {
    self.url = url
    page = try await browser.open("\(site.origin)/\(client.rawValue)\(hurried ? "?hurried" : "")")
    try await join()
  }

  /// Joins under a name, perhaps beside other streams of the page.
  func join(as name: String = "meter") async throws {
    try await page.run("window.\(name) = join('\(url)')")
  }

  func leave(as name: String = "meter") async throws {
    try await page.run("\(name).close()")
  }

  func wait(untilTotal total: Int) async throws {
    try await page.wait(for: "latest('total') === \(total)")
  }

  /// The values that the client reported under a name.
  func values<Value: Decodable>(of name: String, as: Value.Type) async throws -> [Value] {
    try await page.evaluate("all('\(name)')", as: [Value].self)
  }

  /// Removes what was recorded.
  func forget() async throws {
    try await page.run("log.length = 0")
  }

  /// A website with a page for each client, whose scripts are the daemon's.
  static func site(of daemon: RunningDaemon, jquery: String = "") throws -> PageServer {
    var files = ["/jquery.js": PageServer.File.script(jquery)]
    for client in Client.allCases {
      let script = """
        const log = [];
        const report = (name, value) => log.push([name, value]);
        const all = (wanted) => log.filter(([name]) => name === wanted).map(([, value]) => value);
        const latest = (wanted) => all(wanted).at(-1);
        \(client.joins)
        """
      let scripts = client.scripts(of: daemon)
      files["/\(client.rawValue)"] = .page(scripts: scripts, script: script)
      files["/\(client.rawValue)?hurried"] = .page(scripts: ["/hurry.js"] + scripts, script: script)
    }
    files["/hurry.js"] = .script(
      """
      const usualTimeout = setTimeout;
      setTimeout = (action, delay, ...rest) =>
        usualTimeout(action, delay < 60000 ? delay / 20 : delay, ...rest);
      """)
    return try PageServer(files)
  }
}
