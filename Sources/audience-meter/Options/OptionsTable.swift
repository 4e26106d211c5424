import MeterModel

extension CommandOption {
  /// Every option there is, in the order of help (SPEC §3). Parsing and help know of no other.
  package static let table: [CommandOption] =
    general + listening + counting + clustering + limits + capturing + replaying + simulating
    + benching

  private static let general = [
    CommandOption("help", short: "h", .help, "show this help"),
    CommandOption("version", short: "V", .version, "show the version"),
    CommandOption("debug", short: "d", .serve(.flag(\.debug)), "log everything, to standard error"),
    CommandOption(
      "workers", short: "w", .serve(.number(\.workers, 0...1024)),
      "threads that serve sockets; 0 takes the number of CPUs", default: "number of CPUs"),
  ]

  private static let listening = [
    CommandOption(
      "port", .serve(.port(\.port)), "port of the event streams; 0 takes any free port",
      environment: "PORT"),
    CommandOption(
      "host", .serve(.host(\.host)), "address of the event streams",
      default: "every address, IPv4 and IPv6", environment: "HOST"),
    CommandOption(
      "stats-port", .serve(.portOrNone(\.statsPort)), "port of the statistics; 0 disables it"),
    CommandOption("stats-host", .serve(.host(\.statsHost)), "address of the statistics"),
    CommandOption(
      "notification-port", .serve(.portOrNone(\.notificationPort)),
      "port that takes messages; 0 disables it"),
    CommandOption(
      "notification-host", .serve(.host(\.notificationHost)), "address that takes messages"),
    CommandOption("demo-port", .serve(.portOrNone(\.demoPort)), "port of the demo; 0 disables it"),
    CommandOption(
      "demo-host", .serve(.host(\.demoHost)), "address of the demo",
      default: "every address, IPv4 and IPv6"),
  ]

  private static let counting = [
    CommandOption(
      "enable-uuid", .serve(.flag(\.enableViewerIDs)),
      "take the second segment of the path for a viewer id, which holds at most one connection"),
    CommandOption(
      .incrementDelay,
      "how long a connection must last before it is counted"),
    CommandOption(
      .notifyDeltaRatio,
      "how much a count must change, relative to what was told, to be told again"),
    CommandOption(
      .notifyMinDelay,
      "the least time between two notifications of a change"),
    CommandOption(
      .notifyMaxDelay,
      "the most time between two notifications, changed or not"),
    CommandOption(
      .namespaceCleanDelay,
      "how long a namespace without an audience is remembered"),
  ]

  private static let clustering = [
    CommandOption(
      "cluster-addr", short: "m", .serve(.group(\.cluster.group)),
      "share counts with the nodes of this multicast group (customary: 239.255.13.37:314)",
      default: "off"),
    CommandOption(
      "cluster-interface", .serve(.interface(\.cluster.interface)),
      "the network of the group: an interface's name or one of its addresses",
      default: "what the routes say"),
    CommandOption(
      "cluster-peers", .serve(.endpoints(\.cluster.peers)),
      "share counts with these nodes one by one, where there is no multicast", default: "off"),
    CommandOption(
      "cluster-port", .serve(.portOfOurs(\.cluster.port)),
      "UDP port on which the peers' datagrams are received"),
    CommandOption(
      "cluster-redis", .serve(.redis(\.cluster.redis)),
      "share counts by way of a Redis or Valkey server's publish/subscribe", default: "off"),
    CommandOption(
      "cluster-redis-password", .serve(.file(\.cluster.redisPasswordPath)),
      "log in there with the password in this file, which no list of processes shows",
      default: "none"),
    CommandOption(
      "cluster-secret", .serve(.file(\.cluster.secretPath)),
      "take only what other nodes with the secret in this file have said", default: "none"),
    CommandOption(
      "cluster-notify-interval", .serve(.interval(\.cluster.notifyInterval)),
      "how often the other nodes are told this one's counts"),
    CommandOption(
      .clusterNodeTimeout,
      "how long another node's counts hold after it said them"),
  ]

  private static let limits = [
    CommandOption(
      .maximumConnectionDuration,
      "how long a connection may last; 0 disables it"),
    CommandOption(
      .maximumConnections,
      "how many connections may be open", default: "what the limit of descriptors allows"),
    CommandOption(
      .maximumNamespaces,
      "how many namespaces may exist"),
  ]

  private static let capturing = [
    CommandOption(
      "capture", .serve(.file(\.capturePath)),
      "append the run to this log, to be replayed", default: "none"),
    CommandOption(
      "capture-rotate", .serve(.size(\.captureRotation)),
      "put the log aside as FILE.1, FILE.2, … when it is this large", default: "never"),
    CommandOption(
      "capture-viewer-ids", .serve(.flag(\.capturesViewerIDs)),
      "write viewer ids as they are, and not only hashed under a key that nobody keeps"),
  ]

  private static let replaying = [
    CommandOption("json", .replay(.flag(\.json)), "print the figures as one JSON object"),
    CommandOption("effects", .replay(.flag(\.effects)), "print each effect as text, nothing else"),
    CommandOption("text", .replay(.flag(\.text)), "print the log itself as text, nothing else"),
    CommandOption(
      "csv", .replay(.file(\.csvPath)),
      "write the audience of each namespace over time: seconds,namespace,members,pending"),
    CommandOption(
      "svg", .replay(.file(\.svgPath)),
      "draw the audience of the largest namespaces over time, and what they were told"),
    CommandOption(
      "compare", .replay(.flag(\.compares)),
      "play the log under its own settings and under those given here, and print (and with --svg"
        + " draw) what viewers are told under both"),
    CommandOption(
      "explain", .replay(.moment(\.moment)),
      "print what NAMESPACE was told at or last before second TIME, by which rule and after what;"
        + " @2:TIME is of the second section"),
  ]

  private static let simulating = [
    CommandOption(
      "profile", .simulate(.profile),
      "the crowd: " + SimulationProfile.allCases.map(\.rawValue).joined(separator: ", "),
      default: "flash-crowd, or swarm with --seconds"),
    CommandOption(
      "connections", .simulate(.size(\.connections, most: 100_000_000)),
      "how many viewers there are, or connections they make", default: "the profile's"),
    CommandOption(
      "namespaces", .simulate(.size(\.namespaces, most: 16_777_216)),
      "how many namespaces they choose from", default: "the profile's"),
    CommandOption(
      "duration", .simulate(.span(\.duration)), "how long they come and go",
      default: "the profile's"),
    CommandOption(
      "seed", .simulate(.seed), "what decides everything else, or the first seed to try",
      default: "1, or a fresh one with --seconds"),
    CommandOption(
      "seconds", .simulate(.span(\.seconds)), "try seed after seed on every core, for so long",
      default: "a single seed"),
    CommandOption(
      "nodes", .simulate(.flag(\.simulatesNodes)),
      "simulate a whole cluster over a network that loses, delays and parts, of which the seed"
        + " decides everything"),
    CommandOption("log", .simulate(.file(\.logPath)), "keep the log there", default: "nowhere"),
    CommandOption(
      "svg", .simulate(.file(\.svgPath)),
      "draw the audience of the largest namespaces over time, and what they were told",
      default: "nowhere"),
    CommandOption("json", .simulate(.flag(\.json)), "print the figures as one JSON object"),
  ]
}

extension CommandOption {
  /// What a simulation of clusters takes besides `--nodes`: their seed decides the rest.
  package static let nodesToo: Set = ["seed", "seconds", "json"]

  /// Whether the option decides what a simulation of a seed is.
  var isPartOfReproduction: Bool {
    switch action {
    case .model: true
    case .simulate: ["connections", "namespaces", "duration"].contains(long)
    case .help, .version, .serve, .replay, .bench: false
    }
  }
}
