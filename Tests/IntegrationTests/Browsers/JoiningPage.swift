/// A page of somebody else's website that joins a namespace with the daemon's own client, and writes
/// down all that it is told.
struct JoiningPage {
  /// The client on it: which scripts it loads, and how it joins.
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
            meter.on(name, (value) => tell(name, value));
          return meter;
        };
        """
      case .jquery, .jqueryWithAudience:
        """
        const join = (url) => $.audience(url)
          .progress((total) => tell("total", total))
          .done(() => tell("left", ""))
          .fail((why) => tell("close", why));
        """
      }
    }
  }

  let page: Page
  private let url: String

  /// Opens the page and joins. With `hurried`, a page's timers end 20 times sooner.
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

  /// Joins, once more perhaps, under a name of its own.
  func join(as name: String = "meter") async throws {
    try await page.run("window.\(name) = join('\(url)')")
  }

  func leave(as name: String = "meter") async throws {
    try await page.run("\(name).close()")
  }

  func wait(untilTold total: Int, within deadline: Duration = .seconds(10)) async throws {
    try await page.wait(for: "latest('total') === \(total)", within: deadline)
  }

  /// The values that it was told under a name.
  func told<Value: Decodable>(_ name: String, as: Value.Type) async throws -> [Value] {
    try await page.evaluate("all('\(name)')", as: [Value].self)
  }

  func forget() async throws {
    try await page.run("log.length = 0")
  }

  /// A website with a page for each client, whose scripts are the daemon's.
  static func site(of daemon: RunningDaemon, jquery: String = "") throws -> PageServer {
    var files = ["/jquery.js": PageServer.File.script(jquery)]
    for client in Client.allCases {
      let script = """
        const log = [];
        const tell = (name, value) => log.push([name, value]);
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
      const patientTimeout = setTimeout;
      setTimeout = (action, delay, ...rest) => patientTimeout(action, delay / 20, ...rest);
      """)
    return try PageServer(files)
  }
}
