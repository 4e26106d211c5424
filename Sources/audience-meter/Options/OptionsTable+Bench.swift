import MeterIO
import MeterModel

extension CommandOption {
  /// The options of `bench`.
  static let benching = benchLoad + benchRounds + benchCluster + benchMeasures

  private static let benchLoad = [
    CommandOption(
      "mode", .bench(.word(\.mode)),
      "connect (open connections, close them), hold (keep them open), fanout (send to them), churn"
        + " (others open and close), slow (some do not read); or cluster, without a server: the"
        + " costs of nodes"),
    CommandOption("host", .bench(.host(\.host)), "address of the server"),
    CommandOption("port", .bench(.port(\.port)), "port of the server"),
    CommandOption(
      "connections", .bench(.number(\.connections, 0...2_000_000)), "number of connections",
      default: "1000, with churn 0"),
    CommandOption(
      "namespaces", .bench(.number(\.namespaces, 1...1_000_000)),
      "number of namespaces of the connections, or of each node"),
    CommandOption(
      "distribution", .bench(.word(\.distribution)),
      "distribution over the namespaces: one (all in one), uniform, or zipf (1/k in the k-th)",
      default: "uniform"),
    CommandOption(
      "largest", .bench(.number(\.largest, 0...2_000_000)),
      "number of connections in the first namespace; the others are uniform",
      default: "by the distribution"),
    CommandOption("seed", .bench(.seed(\.seed)), "seed of the order in which the namespaces fill"),
    CommandOption("prefix", .bench(.prefix(\.prefix)), "beginning of the namespaces' names"),
    CommandOption(
      "rate", .bench(.number(\.rate, 0...1_000_000)),
      "connects per second; 0 for as many as possible"),
    CommandOption(
      "window", .bench(.number(\.window, 1...100_000)), "maximum number of connects in progress"),
    CommandOption(
      "threads", .bench(.number(\.threads, 0...256)),
      "number of threads; 0 for as few as the limit of descriptors allows"),
    CommandOption(
      "seconds", .bench(.time(\.time, atLeast: .milliseconds(1))),
      "duration of hold and churn"),
    CommandOption(
      "leave", .bench(.choice(\.leavesByClose, "reset", "close")),
      "end of connections: reset (which leaves no port in TIME_WAIT) or close"),
  ]

  private static let benchRounds = [
    CommandOption(
      "trigger", .bench(.trigger),
      "request that makes the server send to a namespace: a GET of an http:// URL, or a line to a"
        + " tcp:// address; {namespace} and {round} are replaced",
      default: "http://HOST:2442/{namespace}/bench/{round}"),
    CommandOption(
      "rounds", .bench(.number(\.rounds, 1...1_000_000)),
      "number of rounds, or of the measured intervals of the nodes"),
    CommandOption("gap", .bench(.time(\.gap)), "time between two rounds"),
    CommandOption(
      "target", .bench(.choice(\.takesTurns, "first", "turn")),
      "namespace of a round: first (always the first) or turn (each in turn)"),
    CommandOption(
      "padding", .bench(.number(\.padding, 0...4000)), "number of letters added to the message"),
    CommandOption(
      "newcomers", .bench(.number(\.newcomers, 0...100_000)),
      "connections per second that open during the rounds and close at their first event"),
    CommandOption(
      "slow-percent", .bench(.number(\.slowPercent, 0...100)),
      "percentage of connections that do not read in slow mode"),
  ]

  /// The options of the mode `cluster` only.
  package static let benchCluster = [
    CommandOption(
      "nodes", .bench(.number(\.nodes, 2...1000)), "number of nodes"),
    CommandOption(
      "changed", .bench(.fraction(\.changed)),
      "fraction of a node's counts that changes in each interval"),
    CommandOption(
      "cluster-secret", .bench(.file(\.secretPath)), "file with the secret of the nodes",
      default: "none"),
    CommandOption(
      "cluster-notify-interval", .bench(.interval(\.notifyInterval)),
      "interval at which a node sends its counts"),
    CommandOption(
      "cluster-node-timeout",
      .bench(.time(\.nodeTimeout, atLeast: .milliseconds(10))),
      "time for which the counts of a node are valid after it sent them"),
  ]

  /// The other options of the mode `cluster`.
  package static let benchClusterToo: Set = [
    "mode", "namespaces", "rounds", "seed", "prefix", "json",
  ]

  private static let benchMeasures = [
    CommandOption(
      "server-pid", .bench(.number(\.serverPID, 1...4_194_304)),
      "process id of the server, to measure its CPU time and memory", default: "not measured"),
    CommandOption(
      "settle", .bench(.time(\.settle)), "time to wait after all connections are open"),
    CommandOption(
      "poll-interval", .bench(.time(\.pollInterval, atMost: .seconds(1))),
      "interval at which the connections are read, so that the server does not pay for waking the"
        + " readers; 0 for at once"),
    CommandOption(
      "timeout", .bench(.time(\.timeout, atLeast: .milliseconds(100))),
      "time without progress after which a phase is given up"),
    CommandOption(
      "limit", .bench(.time(\.limit, atLeast: .milliseconds(100))),
      "maximum time of the whole run"),
    CommandOption(
      "remote", .bench(.flag(\.isRemote)), "the server is on another machine, and"),
    CommandOption(
      "yes-i-may-load-it", .bench(.flag(\.isRemoteMeant)), "its owner agrees: both are needed"),
    CommandOption("json", .bench(.flag(\.json)), "print the figures as one JSON object"),
  ]
}
