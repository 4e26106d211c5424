/// A website whose pages join a namespace as soon as they have loaded. The latest total is the
/// title of a page, and `log` has all that its client reported.
struct JoinedSite {
  let server: PageServer

  /// The network between the pages and the daemon's streams. It lasts as long as the site.
  let cable: Cable

  /// Its pages: any number from 1 to 8.
  func page(_ number: Int = 1) -> String { "\(server.origin)/\(number)" }

  /// A website whose pages load these client files and run `join`, a script that defines `meter`
  /// for the address `url`.
  init(
    _ path: String, of daemon: RunningDaemon, files: [String] = ["audience.js"],
    join: String = "audience(url)", head: String = ""
  ) throws {
    server = try JoiningPage.site(of: daemon)
    cable = try Cable(to: daemon.audience)
    let folder = "http://localhost:\(daemon.demo)/client"
    let scripts = files.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" }
    let script = """
      const log = [];
      const all = (wanted) => log.filter(([name]) => name === wanted).map(([, value]) => value);
      const report = (name, value) => {
        log.push([name, value]);
        if (name === "total") document.title = JSON.stringify(value);
      };
      const url = "http://127.0.0.1:\(cable.port)\(path)";
      const meter = \(join);
      if (meter.progress) meter.progress((total) => report("total", total));
      else for (const name of ["total", "message", "open", "retry", "close"])
        meter.on(name, (value) => report(name, value));
      """
    for number in 1...8 {
      server.add(.page(head: head, scripts: scripts, script: script), at: "/\(number)")
    }
  }

  /// The same with either client.
  init(_ path: String, of daemon: RunningDaemon, client: JoiningPage.Client) throws {
    switch client {
    case .audience: try self.init(path, of: daemon)
    case .jquery, .jqueryWithAudience:
      try self.init(
        path, of: daemon, files: ["/jquery.js", "jquery.audience.js"], join: "$.audience(url)")
    }
  }
}
