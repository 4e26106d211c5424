import MeterIO
import MeterModel
import Testing
import audience_meter

extension Units {
  /// The options of `bench`: what each sets, and what it accepts.
  @Suite struct BenchOptionTests {
    /// A value of each option that takes one, and whether the settings then hold it.
    private static let good: [(String, String, @Sendable (BenchSettings) -> Bool)] = [
      ("mode", "slow", { $0.mode == .slow }), ("host", "::1", { $0.host == "::1" }),
      ("port", "65535", { $0.port == 65535 }),
      ("connections", "2000000", { $0.connections == 2_000_000 }),
      ("connections", "0", { $0.crowd == 0 }),
      ("namespaces", "1000000", { $0.namespaces == 1_000_000 }),
      ("distribution", "zipf", { $0.distribution == .zipf }), ("largest", "0", { $0.largest == 0 }),
      ("seed", "18446744073709551615", { $0.seed == .max }),
      ("prefix", "a.B-_~9", { $0.prefix == "a.B-_~9" }),
      ("rate", "1000000", { $0.rate == 1_000_000 }), ("window", "1", { $0.window == 1 }),
      ("threads", "256", { $0.threads == 256 }),
      ("seconds", "1ms", { $0.time == .milliseconds(1) }),
      ("leave", "close", { $0.leavesByClose }), ("leave", "reset", { !$0.leavesByClose }),
      ("trigger", "tcp://a:1/{round}", { $0.trigger == TriggerTemplate("tcp://a:1/{round}") }),
      ("rounds", "1", { $0.rounds == 1 }), ("gap", "0", { $0.gap == .zero }),
      ("target", "turn", { $0.takesTurns }), ("target", "first", { !$0.takesTurns }),
      ("padding", "4000", { $0.padding == 4000 }),
      ("newcomers", "100000", { $0.newcomers == 100_000 }),
      ("slow-percent", "100", { $0.slowPercent == 100 }),
      ("server-pid", "1", { $0.serverPID == 1 }),
      ("settle", "0", { $0.settle == .zero }),
      ("poll-interval", "5ms", { $0.pollInterval == .milliseconds(5) }),
      ("timeout", "0.1", { $0.timeout == .milliseconds(100) }),
      ("limit", "24h", { $0.limit == .seconds(86_400) }),
      ("nodes", "1000", { $0.nodes == 1000 }),
      ("changed", "0.25", { $0.changed == Fraction(numerator: 25, decimals: 2) }),
      ("cluster-secret", "a file", { $0.secretPath == "a file" }),
      ("cluster-notify-interval", "10ms", { $0.notifyInterval == .milliseconds(10) }),
      ("cluster-node-timeout", "24h", { $0.nodeTimeout == .seconds(86_400) }),
    ]

    private static let bad: [String: [String]] = [
      "mode": ["Connect", "flood"], "host": ["a b", "-a"], "port": ["65536", "-1"],
      "connections": ["2000001", "1e6"], "namespaces": ["0", "1000001"],
      "distribution": ["Zipf", "all"],
      "largest": ["-1", "2000001"], "seed": ["-1", "18446744073709551616"],
      "prefix": ["a/b", "a b", "é", String(repeating: "a", count: 201)],
      "rate": ["max", "1000001"],
      "window": ["0", "100001"], "threads": ["257", "x"], "seconds": ["0", "86401", "soon"],
      "leave": ["fin", "RESET"], "trigger": ["http://a:1/", "ftp://a:1/{round}"],
      "rounds": ["0", "1000001"], "gap": ["25h", "-1"], "target": ["last", "0"],
      "padding": ["4001", "1k"], "newcomers": ["100001", "-1"], "slow-percent": ["101", "5%"],
      "server-pid": ["0", "4194305"], "settle": ["1d", "86400.1"],
      "poll-interval": ["1.001", "-1"], "timeout": ["0", "99ms"],
      "limit": ["0.09", "1441m"],
      "nodes": ["1", "1001"], "changed": ["1.1", "-0.1", "50%"], "cluster-secret": ["a\0b"],
      "cluster-notify-interval": ["0", "9ms"], "cluster-node-timeout": ["9ms", "25h"],
    ]

    @Test func `each option of bench sets its property`() throws {
      for (name, text, holds) in Self.good {
        let mode = CommandOption.benchCluster.contains { $0.long == name } ? "cluster" : "connect"
        let arguments = (name == "mode" ? [] : ["--mode", mode]) + ["--\(name)", text]
        #expect(holds(try bench(arguments)), "--\(name) \(text)")
      }
      #expect(try bench("--remote").isRemote && !bench("--remote").isRemoteMeant)
      #expect(try bench("--yes-i-may-load-it").isRemoteMeant)
      #expect(try bench("--json").json && !bench().json)
    }

    @Test(arguments: Command.bench.options.filter { $0.syntax != nil }.map(\.long))
    func `a wrong value of an option of bench is refused`(name: String) throws {
      let values = try #require(Self.bad[name], "no bad values here for --\(name)")
      let option = try #require(Command.bench.options.first { $0.long == name })
      for text in values + [""] {
        let error = #expect(throws: UsageError.self, "\(name) \(text)") {
          try bench("--\(name)", text)
        }
        #expect(error?.message.hasPrefix("--\(name): '") == true)
        #expect(error?.message.hasSuffix("' is not \(option.syntax?.accepted ?? "?")") == true)
      }
    }

    @Test func `the tables of values in this file have every option of bench`() {
      let names = Set(Command.bench.options.filter { $0.syntax != nil }.map(\.long))
      #expect(Set(Self.good.map(\.0)) == names)
      #expect(Set(Self.bad.keys) == names)
    }

    @Test(arguments: [
      (["a"], "'a' is one argument too many"),
      (
        ["--largest", "1", "--distribution", "one"],
        "--distribution and --largest exclude each other"
      ),
      (["--increment-delay", "1"], "unknown option '--increment-delay' (try --help)"),
      (["--workers", "1"], "unknown option '--workers' (try --help)"),
    ])
    func `arguments of bench that contradict each other are refused`(
      arguments: [String], message: String
    ) {
      let error = #expect(throws: UsageError.self) {
        try parse(arguments: ["bench"] + arguments) { _ in nil }
      }
      #expect(error?.message == message)
    }

    @Test
    func `without options a bench has a thousand connections in one namespace, and a churn none`()
      throws
    {
      #expect(try bench().sizes?.sizes == [1000])
      #expect(try bench("--mode", "churn").crowd == 0)
      #expect(try bench("--namespaces", "3").sizes?.sizes == [334, 333, 333])
      #expect(try bench("--namespaces", "3", "--largest", "998").sizes?.sizes == [998, 1, 1])
      #expect(try bench("--largest", "1001").sizes == nil)
    }

    @Test(arguments: CommandOption.benchCluster.map(\.long))
    func `options of the cluster bench are refused in other modes`(name: String) throws {
      let value = try #require(Self.good.first { $0.0 == name }).1
      for mode in BenchMode.allCases where mode != .cluster {
        let error = #expect(throws: UsageError.self) {
          try bench("--\(name)", value, "--mode", mode.rawValue)
        }
        #expect(error?.message == "--\(name) needs --mode cluster")
      }
    }

    @Test func `options of connections are refused in the cluster bench`() throws {
      let own = Set(CommandOption.benchCluster.map(\.long))
      for option in Command.bench.options where option.long != "mode" {
        switch option.action {
        case .help, .version: continue
        case .model, .serve, .replay, .simulate, .bench: break
        }
        let value = Self.good.first { $0.0 == option.long }.map { [$0.1] } ?? []
        let arguments = ["--mode", "cluster", "--\(option.long)"] + value
        if own.contains(option.long) || CommandOption.benchClusterToo.contains(option.long) {
          #expect(try bench(arguments).mode == .cluster)
          continue
        }
        let error = #expect(throws: UsageError.self, "\(option.long)") { try bench(arguments) }
        #expect(error?.message == "--\(option.long) does not go with --mode cluster")
      }
    }

    private func bench(_ arguments: String...) throws -> BenchSettings {
      try bench(arguments)
    }

    private func bench(_ arguments: [String]) throws -> BenchSettings {
      let invocation = try parse(arguments: ["bench"] + arguments) { _ in nil }
      guard case .bench(let settings) = invocation else { throw Unexpected() }
      return settings
    }

    private struct Unexpected: Error {}
  }
}
