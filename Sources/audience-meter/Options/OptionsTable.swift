import MeterModel

extension CommandOption {
  /// All options, in the order of help (§3). Parsing and help use only this table.
  package static let table: [CommandOption] =
    general + listening + counting + clustering + limits + capturing + replaying + simulating
    + benching

  private static let general = [
    CommandOption("help", short: "h", .help, "show this help"),
    CommandOption("version", short: "V", .version, "show the version"),
    CommandOption("debug", short: "d", .serve(.flag(\.debug)), "log every event to standard error"),
    CommandOption(
      "workers", short: "w", .serve(.number(\.workers, 0...1024)),
      "number of threads that serve sockets; 0 for the number of CPUs", default: "number of CPUs"),
  ]

  private static let listening = [
    CommandOption(
      "port", .serve(.port(\.port)), "port of the event streams; 0 for any free port",
      environment: "PORT"),
    CommandOption(
      "host", .serve(.host(\.host)), "address of the event streams",
      default: "every address, IPv4 and IPv6", environment: "HOST"),
    CommandOption(
      "stats-port", .serve(.portOrNone(\.statsPort)),
      "port of the statistics, for a client that sends nothing; 0 disables it"),
    CommandOption("stats-host", .serve(.host(\.statsHost)), "address of the statistics"),
    CommandOption(
      "notification-port", .serve(.portOrNone(\.notificationPort)),
      "port that receives messages; 0 disables it"),
    CommandOption(
      "notification-host", .serve(.host(\.notificationHost)), "address that receives messages"),
    CommandOption(
      "admin-port", .serve(.portOrNone(\.adminPort)),
      "port of the statistics, the cluster's state and the health, over HTTP; 0 disables it"),
    CommandOption("admin-host", .serve(.host(\.adminHost)), "address of the admin port"),
    CommandOption(
      "local-names", .serve(.names(\.localNames)),
      "names, beside addresses and localhost, under which the statistics, message and admin ports"
        + " may be used", default: "none"),
    CommandOption("demo-port", .serve(.portOrNone(\.demoPort)), "port of the demo; 0 disables it"),
    CommandOption(
      "demo-host", .serve(.host(\.demoHost)), "address of the demo",
      default: "every address, IPv4 and IPv6"),
  ]

  private static let counting = [
    CommandOption(
      "enable-uuid", .serve(.flag(\.enableViewerIDs)),
      "the same as --viewer-ids exclusive"),
    CommandOption(
      .viewerIDs,
      "what the second segment of a path means: nothing, the id of a viewer who has one connection,"
        + " or the id of a viewer with any number of connections and pings"),
    CommandOption(
      .incrementDelay,
      "time from the open of a connection until it is counted"),
    CommandOption(
      .decrementDelay,
      "time for which a viewer is counted after its last connection closed; less for one who just"
        + " came"),
    CommandOption(
      .restartDelay,
      "time for which a viewer is counted after the daemon ended its last connection"),
    CommandOption(
      .pingTimeout,
      "time for which a ping keeps its viewer"),
    CommandOption(
      .notifyDeltaRatio,
      "change of a count, relative to the count last sent, that causes a notification"),
    CommandOption(
      .notifyMinDelay,
      "minimum time between two notifications of a change"),
    CommandOption(
      .notifyMaxDelay,
      "maximum time between two notifications, even without a change"),
    CommandOption(
      .externalTimeout,
      "time for which a count that was reported by PUT is valid after its report"),
    CommandOption(
      .namespaceCleanDelay,
      "time after which a namespace without an audience is forgotten"),
  ]

  private static let clustering = [
    CommandOption(
      "cluster-addr", short: "m", .serve(.group(\.cluster.group)),
      "share counts with the nodes of this multicast group (usually 239.255.13.37:314)",
      default: "off"),
    CommandOption(
      "cluster-interface", .serve(.interface(\.cluster.interface)),
      "network of the group: the name of an interface or one of its addresses",
      default: "what the routes say"),
    CommandOption(
      "cluster-peers", .serve(.endpoints(\.cluster.peers)),
      "share counts with each of these nodes by unicast", default: "off"),
    CommandOption(
      "cluster-port", .serve(.portOfOurs(\.cluster.port)),
      "UDP port that receives the datagrams of these nodes"),
    CommandOption(
      "cluster-redis", .serve(.redis(\.cluster.redis)),
      "share counts through publish/subscribe of a Redis or Valkey server", default: "off"),
    CommandOption(
      "cluster-redis-password", .serve(.file(\.cluster.redisPasswordPath)),
      "log in to it with the password in this file, so that no process list shows it",
      default: "none"),
    CommandOption(
      "cluster-secret", .serve(.file(\.cluster.secretPath)),
      "accept only datagrams of nodes with the secret in this file", default: "none"),
    CommandOption(
      "cluster-notify-interval", .serve(.interval(\.cluster.notifyInterval)),
      "interval at which this node sends its counts"),
    CommandOption(
      .clusterNodeTimeout,
      "time for which the counts of another node are valid after it sent them"),
  ]

  private static let limits = [
    CommandOption(
      .maximumConnectionDuration,
      "maximum duration of a connection; 0 disables it"),
    CommandOption(
      .maximumConnections,
      "maximum number of open connections", default: "what the limit of descriptors allows"),
    CommandOption(
      .maximumNamespaces,
      "maximum number of namespaces"),
    CommandOption(
      .maximumPings,
      "maximum number of viewers who ping"),
  ]

  private static let capturing = [
    CommandOption(
      "capture", .serve(.file(\.capturePath)),
      "append the run to this log, which can be replayed", default: "none"),
    CommandOption(
      "capture-rotate", .serve(.size(\.captureRotation)),
      "rename the log to FILE.1, FILE.2, … when it is this large", default: "never"),
    CommandOption(
      "capture-viewer-ids", .serve(.flag(\.capturesViewerIDs)),
      "write viewer ids unchanged; otherwise they are hashed under a key that is not kept"),
  ]

  private static let replaying = [
    CommandOption("json", .replay(.flag(\.json)), "print the figures as one JSON object"),
    CommandOption(
      "by-namespace", .replay(.flag(\.listsNamespaces)),
      "print also the peak, the average, the watch time and the joins of each namespace; with --csv"
        + " write these to the file"),
    CommandOption("effects", .replay(.flag(\.effects)), "print only each effect, as text"),
    CommandOption("text", .replay(.flag(\.text)), "print only the log itself, as text"),
    CommandOption(
      "csv", .replay(.file(\.csvPath)),
      "write the audience of each namespace over time, a row at each change; - for standard output"
    ),
    CommandOption(
      "step", .replay(.step(\.step)), "with --csv, write a row every S instead of at each change",
      default: "each change"),
    CommandOption(
      "from", .replay(.logTime(\.span.from)),
      "beginning of the part of the log that --csv, --svg, --compare and --explain look into:"
        + " seconds (2:60 in the second section) or a time of the wall clock",
      default: "its beginning"),
    CommandOption(
      "to", .replay(.logTime(\.span.to)), "end of that part, itself included", default: "its end"),
    CommandOption(
      "svg", .replay(.file(\.svgPath)),
      "draw the audience of the largest namespaces over time, and the counts sent; - for standard"
        + " output"),
    CommandOption(
      "compare", .replay(.flag(\.compares)),
      "replay the log under its own settings and under those given here, and print (with --svg"
        + " draw) the counts that are sent under both"),
    CommandOption(
      "a", .replay(.settings(\.first)),
      "with --compare, settings of the first replay instead of the log's, as"
        + " \"--notify-min-delay 5 --increment-delay 0\"", default: "the log's"),
    CommandOption(
      "b", .replay(.settings(\.second)), "with --compare and --a, settings of the second one",
      default: "the log's"),
    CommandOption(
      "explain", .replay(.moment(\.moment)),
      "print the count that NAMESPACE was sent at or last before TIME, with the rule and the cause;"
        + " with --from and --to, list what happened between them"),
  ]

  private static let simulating = [
    CommandOption(
      "profile", .simulate(.profile),
      "the crowd: " + SimulationProfile.allCases.map(\.rawValue).joined(separator: ", "),
      default: "flash-crowd, or swarm with --seconds"),
    CommandOption(
      "connections", .simulate(.size(\.connections, maximum: 100_000_000)),
      "number of viewers, or of the connections that they open", default: "the profile's"),
    CommandOption(
      "namespaces", .simulate(.size(\.namespaces, maximum: 16_777_216)),
      "number of namespaces", default: "the profile's"),
    CommandOption(
      "duration", .simulate(.span(\.duration)), "time during which viewers come and go",
      default: "the profile's"),
    CommandOption(
      "seed", .simulate(.seed), "seed of the simulation, or the first seed",
      default: "1, or a fresh one with --seconds"),
    CommandOption(
      "seconds", .simulate(.span(\.seconds)),
      "run one seed after another on every core, for this time",
      default: "a single seed"),
    CommandOption(
      "nodes", .simulate(.flag(\.simulatesNodes)),
      "simulate a cluster over a network that loses, delays and partitions; the seed determines"
        + " everything"),
    CommandOption(
      "log", .simulate(.file(\.logPath)), "write the log to this file", default: "nowhere"),
    CommandOption(
      "svg", .simulate(.file(\.svgPath)),
      "draw the audience of the largest namespaces over time, and the counts sent",
      default: "nowhere"),
    CommandOption("json", .simulate(.flag(\.json)), "print the figures as one JSON object"),
  ]
}

extension CommandOption {
  /// The options that can be combined with `--nodes`. The seed determines everything else.
  package static let nodesToo: Set = ["seed", "seconds", "json"]

  /// Whether the option changes the simulation of a seed.
  var isPartOfReproduction: Bool {
    switch action {
    case .model: true
    case .simulate: ["connections", "namespaces", "duration"].contains(long)
    case .help, .version, .serve, .replay, .bench: false
    }
  }
}
