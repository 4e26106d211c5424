import Foundation
import Testing

/// A page of another website that joins a namespace with the daemon's own client, and records all
/// that the client reports.
struct JoiningPage {
  /// The client on the page: the scripts that it loads, and the way in which it joins.
  enum Client: String, CaseIterable, Sendable {
    case audience, jquery, jqueryWithAudience

    /// The addresses of its scripts.
    func scripts(of daemon: RunningDaemon) -> [String] {
      let folder = "http://localhost:\(daemon.demo)/client"
      return switch self {
      case .audience: ["\(folder)/audience.js"]
      case .jquery: ["/jquery.js", "\(folder)/jquery.audience.js"]
      case .jqueryWithAudience:
        ["/jquery.js", "\(folder)/audience.js", "\(folder)/jquery.audience.js"]
      }
    }

    /// A script that defines `join(url)`, which reports to `report(name, value)`.
    var joins: String {
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

  /// The time that the page's scripts see.
  enum Time: String, CaseIterable, Sendable {
    case usual = ""
    /// Timers of less than a minute end 20 times sooner.
    case hurried = "?hurried"
    /// Time stands still but for `advance(milliseconds)` of the page, and nothing is random.
    case byHand = "?by-hand"
  }

  let page: Page
  private let url: String

  /// Opens the page and joins.
  init(
    _ client: Client, _ path: String, of daemon: RunningDaemon, from site: PageServer,
    in browser: Browser, time: Time = .usual
  ) async throws {
    try await self.init(
      client, "http://localhost:\(daemon.audience)\(path)", from: site, in: browser, time: time)
  }

  /// The same for a stream at any address.
  init(
    _ client: Client, _ url: String, from site: PageServer, in browser: Browser,
    time: Time = .usual
  ) async throws {
    self.url = url
    page = try await browser.open("\(site.origin)/\(client.rawValue)\(time.rawValue)")
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

  /// A website with a page for each client, whose scripts are the daemon's. Tests of the jQuery
  /// plugin need the trait `.needsJQuery`.
  static func site(of daemon: RunningDaemon) throws -> PageServer {
    var files = ["/jquery.js": PageServer.File.script(debianJQuery ?? "")]
    for client in Client.allCases {
      let script = """
        const log = [];
        const report = (name, value) => log.push([name, value]);
        const all = (wanted) => log.filter(([name]) => name === wanted).map(([, value]) => value);
        const latest = (wanted) => all(wanted).at(-1);
        \(client.joins)
        """
      for time in Time.allCases {
        files["/\(client.rawValue)\(time.rawValue)"] = .page(
          scripts: ["/time.js\(time.rawValue)"] + client.scripts(of: daemon), script: script)
      }
    }
    for time in Time.allCases { files["/time.js\(time.rawValue)"] = .script(time.script) }
    return try PageServer(files)
  }
}

/// The jQuery that Debian's libjs-jquery installs; nil where it is not installed.
private let debianJQuery = try? String(
  contentsOfFile: "/usr/share/javascript/jquery/jquery.min.js", encoding: .utf8)

extension Trait where Self == ConditionTrait {
  static var needsJQuery: Self {
    .enabled(
      if: debianJQuery != nil,
      "needs Debian's libjs-jquery (/usr/share/javascript/jquery/jquery.min.js)")
  }
}

extension JoiningPage.Time {
  fileprivate var script: String {
    switch self {
    case .usual: ""
    case .hurried:
      """
      const usualTimeout = setTimeout;
      setTimeout = (action, delay, ...rest) =>
        usualTimeout(action, delay < 60000 ? delay / 20 : delay, ...rest);
      """
    case .byHand:
      """
      let now = 1e12, lastTimer = 1e9;
      const aborted = new Set();
      const timers = new Map();
      const usualTimeout = setTimeout, usualClear = clearTimeout;
      performance.now = Date.now = () => now;
      Math.random = () => 0;
      setTimeout = (action, delay, ...rest) => {
        if (!(delay > 0)) return usualTimeout(action, delay, ...rest);
        timers.set(++lastTimer, { due: now + delay, action });
        return lastTimer;
      };
      clearTimeout = (timer) => timers.delete(timer) || usualClear(timer);
      const advance = async (milliseconds) => {
        const end = now + milliseconds;
        for (;;) {
          const [next] = [...timers].sort(([, one], [, other]) => one.due - other.due);
          if (!next || next[1].due > end) break;
          timers.delete(next[0]);
          now = next[1].due;
          next[1].action();
          await new Promise((resolve) => usualTimeout(resolve));
        }
        now = end;
      };
      for (const { prototype } of [AbortController, XMLHttpRequest]) {
        const { abort } = prototype;
        prototype.abort = function () {
          aborted.add(this);
          abort.call(this);
        };
      }
      """
    }
  }
}
