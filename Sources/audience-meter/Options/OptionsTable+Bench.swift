import MeterIO
import MeterModel

extension CommandOption {
  /// The options of `bench`.
  static let benching = benchLoad + benchRounds + benchCluster + benchMeasures

  private static let benchLoad = [
    CommandOption(
      "mode", .bench(.word(\.mode)),
      "connect (open a crowd, let it leave), hold (keep it), fanout (tell it something), churn"
        + " (others come and leave), slow (some do not read); or cluster, without a server: what"
        + " nodes cost one another"),
    CommandOption("host", .bench(.host(\.host)), "the server's address"),
    CommandOption("port", .bench(.port(\.port)), "the server's port"),
    CommandOption(
      "connections", .bench(.number(\.connections, 0...2_000_000)), "how large the crowd is",
      default: "1000, with churn 0"),
    CommandOption(
      "namespaces", .bench(.number(\.namespaces, 1...1_000_000)),
      "how many it spreads over, or each node counts in"),
    CommandOption(
      "distribution", .bench(.word(\.distribution)),
      "how it spreads: one (all in the first), uniform, or zipf (1/k as many in the k-th)",
      default: "uniform"),
    CommandOption(
      "largest", .bench(.number(\.largest, 0...2_000_000)),
      "how many are in the first namespace; the rest spread evenly over the others",
      default: "by the distribution"),
    CommandOption("seed", .bench(.seed(\.seed)), "in which order the namespaces fill"),
    CommandOption("prefix", .bench(.prefix(\.prefix)), "what their names begin with"),
    CommandOption(
      "rate", .bench(.number(\.rate, 0...1_000_000)),
      "connects per second; 0 for as fast as it goes"),
    CommandOption(
      "window", .bench(.number(\.window, 1...100_000)), "how many may be on their way at a time"),
    CommandOption(
      "threads", .bench(.number(\.threads, 0...256)),
      "threads that hold connections; 0 for as few as the limit of descriptors allows"),
    CommandOption(
      "seconds", .bench(.time(\.time, atLeast: .milliseconds(1))),
      "how long hold and churn last"),
    CommandOption(
      "leave", .bench(.choice(\.leavesByClose, "reset", "close")),
      "how connections end: reset (which leaves no port in TIME_WAIT) or close"),
  ]

  private static let benchRounds = [
    CommandOption(
      "trigger", .bench(.trigger),
      "what makes the server tell a namespace something: a GET of an http:// URL, or a line to a"
        + " tcp:// address; {namespace} and {round} are filled in",
      default: "http://HOST:2442/{namespace}/bench/{round}"),
    CommandOption(
      "rounds", .bench(.number(\.rounds, 1...1_000_000)),
      "how often it is told, or how many of the nodes' intervals are measured"),
    CommandOption("gap", .bench(.time(\.gap)), "the time between two rounds"),
    CommandOption(
      "target", .bench(.choice(\.takesTurns, "first", "turn")),
      "which namespace is told: first (always the first) or turn (each in turn)"),
    CommandOption(
      "padding", .bench(.number(\.padding, 0...4000)), "letters that make the message larger"),
    CommandOption(
      "newcomers", .bench(.number(\.newcomers, 0...100_000)),
      "others that come per second during the rounds, and leave with their first event"),
    CommandOption(
      "slow-percent", .bench(.number(\.slowPercent, 0...100)),
      "how many of the crowd do not read in slow mode"),
  ]

  /// What only the mode `cluster` takes.
  package static let benchCluster = [
    CommandOption(
      "nodes", .bench(.number(\.nodes, 2...1000)), "how many nodes the cluster has"),
    CommandOption(
      "changed", .bench(.fraction(\.changed)),
      "the part of a node's counts that changes in each interval"),
    CommandOption(
      "cluster-secret", .bench(.file(\.secretPath)), "the nodes have the secret in this file",
      default: "none"),
    CommandOption(
      "cluster-notify-interval", .bench(.interval(\.notifyInterval)),
      "how often a node tells the others its counts"),
    CommandOption(
      "cluster-node-timeout",
      .bench(.time(\.nodeTimeout, atLeast: .milliseconds(10))),
      "how long a node's counts hold after it said them"),
  ]

  /// What it takes besides.
  package static let benchClusterToo: Set = [
    "mode", "namespaces", "rounds", "seed", "prefix", "json",
  ]

  private static let benchMeasures = [
    CommandOption(
      "server-pid", .bench(.number(\.serverPID, 1...4_194_304)),
      "the server's process, for its CPU time and memory", default: "not measured"),
    CommandOption(
      "settle", .bench(.time(\.settle)), "how long the crowd is left alone once it is there"),
    CommandOption(
      "poll-interval", .bench(.time(\.pollInterval, atMost: .seconds(1))),
      "how often the crowd looks for what it is told, so that the server does not pay for waking it;"
        + " 0 to be woken"),
    CommandOption(
      "timeout", .bench(.time(\.patience, atLeast: .milliseconds(100))),
      "how long nothing may happen before a phase is given up"),
    CommandOption(
      "limit", .bench(.time(\.limit, atLeast: .milliseconds(100))), "how long everything may take"),
    CommandOption(
      "remote", .bench(.flag(\.isRemote)), "the server is on another machine, and"),
    CommandOption(
      "yes-i-may-load-it", .bench(.flag(\.isRemoteMeant)), "its owner agrees: both are needed"),
    CommandOption("json", .bench(.flag(\.json)), "print the figures as one JSON object"),
  ]
}
