import MeterIO
import MeterModel
import Testing
import audience_meter

extension Units {
  /// The table of options: what each sets, what it accepts, and its help (§3).
  @Suite struct OptionsTableTests {
    /// A value of each option that takes one, and the settings that it makes.
    private static let good: [(String, String, @Sendable (inout ServeSettings) -> Void)] = [
      ("workers", "0", { $0.workers = 0 }), ("workers", "1024", { $0.workers = 1024 }),
      ("port", "0", { $0.port = 0 }), ("port", "65535", { $0.port = 65535 }),
      ("host", "0.0.0.0", { $0.host = "0.0.0.0" }), ("host", "::", { $0.host = "::" }),
      ("host", "fe80::1%eth0", { $0.host = "fe80::1%eth0" }),
      ("host", "meter-1.example.org", { $0.host = "meter-1.example.org" }),
      ("stats-port", "0", { $0.statsPort = nil }), ("stats-port", "1", { $0.statsPort = 1 }),
      ("stats-host", "::1", { $0.statsHost = "::1" }),
      ("notification-port", "0", { $0.notificationPort = nil }),
      ("notification-port", "65535", { $0.notificationPort = 65535 }),
      ("notification-host", "localhost", { $0.notificationHost = "localhost" }),
      ("admin-port", "0", { $0.adminPort = nil }), ("admin-port", "1", { $0.adminPort = 1 }),
      ("admin-host", "::", { $0.adminHost = "::" }),
      (
        "local-names", "a,B.example", { $0.localNames = LocalNames("a,b.example") ?? $0.localNames }
      ),
      ("demo-port", "0", { $0.demoPort = nil }), ("demo-port", "80", { $0.demoPort = 80 }),
      ("demo-host", "127.0.0.1", { $0.demoHost = "127.0.0.1" }),
      ("increment-delay", "0", { $0.configuration.incrementDelay = .zero }),
      ("increment-delay", "0.25", { $0.configuration.incrementDelay = .milliseconds(250) }),
      (
        "notify-delta-ratio", "0.29",
        { $0.configuration.notifyDeltaRatio = Fraction(numerator: 29, decimals: 2) ?? .oneTenth }
      ),
      (
        "notify-delta-ratio", "1",
        { $0.configuration.notifyDeltaRatio = Fraction(numerator: 1, decimals: 0) ?? .oneTenth }
      ),
      ("notify-min-delay", "500ms", { $0.configuration.notifyMinDelay = .milliseconds(500) }),
      ("notify-max-delay", "1ms", { $0.configuration.notifyMaxDelay = .milliseconds(1) }),
      ("notify-max-delay", "2305843009.213693952", { $0.configuration.notifyMaxDelay = .maximum }),
      ("namespace-clean-delay", "5m", { $0.configuration.namespaceCleanDelay = .seconds(300) }),
      (
        "cluster-addr", "239.255.13.37:314",
        { $0.cluster.group = Endpoint(host: "239.255.13.37", port: 314) }
      ),
      (
        "cluster-addr", "[ff05::1:37]:65535",
        { $0.cluster.group = Endpoint(host: "ff05::1:37", port: 65535) }
      ),
      (
        "cluster-addr", "[ff02::37%eth0]:1",
        { $0.cluster.group = Endpoint(host: "ff02::37%eth0", port: 1) }
      ),
      ("cluster-interface", "eth0", { $0.cluster.interface = "eth0" }),
      ("cluster-interface", "a#b", { $0.cluster.interface = "a#b" }),
      ("cluster-interface", "fd00::1", { $0.cluster.interface = "fd00::1" }),
      (
        "cluster-peers", "meter-1.example:3140,192.0.2.1:1,[2001:db8::1]:65535",
        {
          $0.cluster.peers = [
            Endpoint(host: "meter-1.example", port: 3140), Endpoint(host: "192.0.2.1", port: 1),
            Endpoint(host: "2001:db8::1", port: 65535),
          ]
        }
      ),
      (
        "cluster-peers", Array(repeating: "a:1", count: 256).joined(separator: ","),
        { $0.cluster.peers = Array(repeating: Endpoint(host: "a", port: 1), count: 256) }
      ),
      ("cluster-port", "1", { $0.cluster.port = 1 }),
      ("cluster-port", "65535", { $0.cluster.port = 65535 }),
      (
        "cluster-redis", "redis://:pass@localhost:6379/channel",
        { $0.cluster.redis = try? RedisURL("redis://:pass@localhost:6379/channel") }
      ),
      ("cluster-redis-password", "a file", { $0.cluster.redisPasswordPath = "a file" }),
      ("cluster-secret", "a file", { $0.cluster.secretPath = "a file" }),
      ("cluster-notify-interval", "10ms", { $0.cluster.notifyInterval = .milliseconds(10) }),
      (
        "cluster-notify-interval", "2305843009",
        { $0.cluster.notifyInterval = .seconds(2_305_843_009) }
      ),
      ("cluster-node-timeout", "0", { $0.configuration.clusterNodeTimeout = .zero }),
      ("cluster-node-timeout", "7s", { $0.configuration.clusterNodeTimeout = .seconds(7) }),
      ("viewer-ids", "shared", { $0.configuration.viewerIDs = .shared }),
      ("decrement-delay", "0", { $0.configuration.decrementDelay = .zero }),
      ("restart-delay", "1m", { $0.configuration.restartDelay = .seconds(60) }),
      ("ping-timeout", "1", { $0.configuration.pingTimeout = .seconds(1) }),
      ("max-pings", "7", { $0.configuration.maximumPings = 7 }),
      ("external-timeout", "1", { $0.configuration.externalTimeout = .seconds(1) }),
      (
        "max-conn-duration", "1.5h",
        { $0.configuration.maximumConnectionDuration = .seconds(5400) }
      ),
      ("max-connections", "1", { $0.configuration.maximumConnections = 1 }),
      ("max-connections", "4294967295", { $0.configuration.maximumConnections = .max }),
      ("max-namespaces", "1", { $0.configuration.maximumNamespaces = 1 }),
      ("max-namespaces", "16777216", { $0.configuration.maximumNamespaces = 16_777_216 }),
      ("capture", "a log", { $0.capturePath = "a log" }),
      ("capture-rotate", "65536", { $0.captureRotation = 65_536 }),
      ("capture-rotate", "1024G", { $0.captureRotation = 1 << 40 }),
    ]

    /// Values out of range by the least, or in a form that the option does not take.
    private static let bad: [String: [String]] = [
      "workers": ["1025", "1.5", "4294967296"],
      "port": ["65536", "80.0", "http", "131152"],
      "stats-port": ["65536", "off"], "notification-port": ["65536", "none"],
      "admin-port": ["65536", "none"], "admin-host": ["", "a b"],
      "local-names": ["a,", "a b", "a:80", "::1", "*.example", "http://a"],
      "demo-port": ["65536", "18446744073709551616"],
      "host": ["a b", "http://a", "[::1]", "a,b", "-a", String(repeating: "a", count: 254), "é"],
      "stats-host": ["*", "a/24"], "notification-host": ["a\0b", "a\nb"], "demo-host": ["/", "@"],
      "increment-delay": ["1d", "0.0000000001", "2305843009.213693953"],
      "notify-delta-ratio": ["1.1", "10%", "1.000000000000000001", "2"],
      "notify-min-delay": ["1,5", "1 s", "2305843010"],
      "notify-max-delay": ["0", "0.999ms", "0.000999999", "0s"],
      "namespace-clean-delay": ["forever", "640512h"],
      "cluster-addr": [
        "239.255.13.37", "239.255.13.37:0", "239.255.13.37:65536", "192.0.2.1:314", "224.0.0:314",
        "ff05::1:314", "[ff05::1]", "[fe80::1]:314", "[ffx::1]:314", "[ff05::1%]:314",
        "[::ff05]:314",
        "group:314", "239.255.13.37:314,239.255.13.38:314", "239.255.13.37: 314", "[ff::1]:314",
      ],
      "cluster-interface": ["sixteen-bytes+now", "a b", "a/b"],
      "cluster-peers": [
        "a", "a:", "a:0", "a:65536", ":1", "a:1,", ",a:1", "a:1,,b:1", "a:1, b:1", "::1:3140",
        "[::1]", "[a]:1", "-a:1", "a:1;b:1", "http://a:1", "a:+1", "a:000001",
        Array(repeating: "a:1", count: 257).joined(separator: ","),
      ],
      "cluster-port": ["0", "65536", "314a"],
      "cluster-redis": [
        "localhost:6379", "http://localhost", "redis://", "redis://:@a", "redis://a:0",
        "redis://a/b/c", "rediss://a:6379",
      ],
      "cluster-redis-password": ["", "a\0b"], "cluster-secret": ["", "a\0b"],
      "cluster-notify-interval": ["0", "9ms", "0.009999999", "2305843010"],
      "cluster-node-timeout": ["1e9", "2305843010"],
      "viewer-ids": ["on", "Off", "excl"], "decrement-delay": ["2305843010"],
      "restart-delay": ["2305843010"], "ping-timeout": ["0", "999ms"],
      "max-pings": ["0", "4294967296"],
      "external-timeout": ["0", "999ms", "0.999999999", "2305843010"], "csv": ["", "a\0b"],
      "step": ["0", "0.999ms", "2305843010"], "from": ["2:", "0:1", "2026-06-01", "1s"],
      "to": ["2026-02-30T00:00:00Z", "1:2:3"],
      "a": ["--port 80", "notify-min-delay", "--notify-delta-ratio 2"],
      "b": ["--a 1", "notify-min-delay=x", "--"],
      "svg": ["", "a\0b"], "explain": ["a@", "@1", "a@0:1", "a@1s", "a b@1"],
      "max-conn-duration": ["1m30s", "99999999999999999999h"],
      "max-connections": ["0", "4294967296"],
      "max-namespaces": ["0", "16777217", "1e6"],
      "profile": ["crowd", "Churn"], "connections": ["0", "1e6", "100000001"],
      "namespaces": ["0", "16777217"], "duration": ["1d", "soon"],
      "seconds": ["0.0000000001", "x"],
      "seed": ["-1", "18446744073709551616"], "log": ["", "a\0b"],
      "capture": ["", "a\0b"], "capture-rotate": ["0", "63K", "65535", "1025G", "1T", "64k", "M"],
    ]

    /// The options without which some others have no effect.
    private static let others = [
      "--cluster-addr", "239.1.2.3:4", "--cluster-peers", "a:1", "--cluster-redis", "redis://a",
      "--capture", "run.log",
    ]
    private static let needOthers = [
      "capture-rotate", "cluster-interface", "cluster-port", "cluster-redis-password",
      "cluster-secret",
    ]

    /// Values that no option takes, except some that take names of hosts.
    private static let nonsense = [
      "", "abc", "-1", "-0", "+1", " 1", "1 ", "NaN", "0x1", "1e3", "٣",
    ]

    @Test func `each option sets its property and no other`() throws {
      for (name, text, change) in Self.good {
        let others = Self.needOthers.contains(name) ? Self.others : []
        var expected = try serve(others)
        change(&expected)
        #expect(try serve(others + ["--\(name)", text]) == expected, "--\(name) \(text)")
      }
      for (name, path) in [("debug", \ServeSettings.debug), ("enable-uuid", \.enableViewerIDs)] {
        var expected = ServeSettings()
        expected[keyPath: path] = true
        #expect(try serve(["--\(name)"]) == expected, "--\(name)")
      }
    }

    @Test(arguments: Command.serve.options.filter { $0.syntax != nil }.map(\.long))
    func `a wrong value is refused with the name of its option and what that accepts`(
      name: String
    ) throws {
      let option = try #require(CommandOption.table.first { $0.long == name })
      let values = try #require(Self.bad[name], "no bad values here for --\(name)")
      let isServed = Command.serve.options.contains { $0.long == name }
      let nonsense =
        switch option.syntax?.placeholder {
        case "A": ["", " 1", "-1", "+1"]
        case "FILE": [""]
        case "LIST": ["", " 1", "-1", "+1"]
        case "NAME" where name == "cluster-interface": ["", " 1", "-1"]
        default: Self.nonsense
        }
      for text in values + nonsense {
        let error = #expect(throws: UsageError.self, "\(name) \(text)") {
          try parse(isServed ? ["--\(name)", text] : ["replay", "a", "--\(name)", text])
        }
        let message = error?.message ?? ""
        #expect(message.hasPrefix("--\(name): '"))
        if name == "cluster-redis" { #expect(message.hasPrefix("--\(name): '…' is not")) }
        let accepted = "' is not \(option.syntax?.accepted ?? "?")"
        let fault = (option.syntax?.fault(text)).map { "; \($0)" } ?? ""
        #expect(message.hasSuffix("\(accepted)\(fault)"))
        #expect(!message.contains("\n"))
      }
    }

    @Test func `the tables of values in this file have every option`() {
      let names = Set(Command.serve.options.filter { $0.syntax != nil }.map(\.long))
      #expect(Set(Self.good.map(\.0)) == names)
      // The options of bench have tables of their own.
      let others = Command.allCases.filter { $0 != .bench }.flatMap(\.options)
      #expect(Set(Self.bad.keys) == Set(others.filter { $0.syntax != nil }.map(\.long)))
    }

    @Test func `serve has the options and defaults of the specification`() {
      let options = Command.serve.options.map { option in
        "\(option.short.map { "-\($0) " } ?? "")\(option.long) \(option.defaultValue ?? "")"
      }
      #expect(
        options == [
          "-h help ", "-V version ", "-d debug ", "-w workers number of CPUs",
          "port 80", "host every address, IPv4 and IPv6",
          "stats-port 1442", "stats-host 127.0.0.1",
          "notification-port 2442", "notification-host 127.0.0.1",
          "admin-port 9442", "admin-host 127.0.0.1",
          "local-names none",
          "demo-port 8080", "demo-host every address, IPv4 and IPv6",
          "enable-uuid ", "viewer-ids off", "increment-delay 0s", "decrement-delay 5s",
          "restart-delay 30s", "ping-timeout 45s", "notify-delta-ratio 0.1", "notify-min-delay 2s",
          "notify-max-delay 25s", "external-timeout 60s", "namespace-clean-delay 60s",
          "-m cluster-addr off", "cluster-interface what the routes say", "cluster-peers off",
          "cluster-port 3140", "cluster-redis off", "cluster-redis-password none",
          "cluster-secret none",
          "cluster-notify-interval 2s", "cluster-node-timeout 5s",
          "max-conn-duration 3600s",
          "max-connections what the limit of descriptors allows", "max-namespaces 1000000",
          "max-pings 1000000",
          "capture none", "capture-rotate never", "capture-viewer-ids ",
        ])
    }

    @Test func `the names and letters of options are unique`() {
      for command in Command.allCases {
        let names = command.options.map(\.long)
        #expect(Set(names).count == names.count)
        let letters = command.options.compactMap(\.short)
        #expect(Set(letters).count == letters.count)
      }
    }

    @Test(arguments: Command.allCases)
    func `help shows every option of its command in 100 columns`(command: Command) {
      let text = help(for: command)
      for option in command.options {
        let name = "--\(option.long)" + (option.syntax.map { " \($0.placeholder)" } ?? "")
        #expect(text.contains("    \(name) ") || text.contains(", \(name) "), "\(name)")
      }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { $0.count <= 100 && $0.last != " " })
      #expect(text.hasSuffix(".\n"))
    }

    @Test func `the help of serve shows every default and variable`() {
      let words = help(for: .serve).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for option in Command.serve.options where option.syntax != nil {
        let value = option.defaultValue ?? "?"
        #expect(words.contains("default \(value)"), "--\(option.long)")
      }
      #expect(words.contains("(default 80; environment variable PORT)"))
      #expect(words.contains("environment variable HOST)"))
    }

    @Test func `the limit of connections has no default but that of the descriptors`() throws {
      #expect(ServeSettings().maximumConnections == nil)
      #expect(try serve(["--max-connections", "5"]).maximumConnections == 5)
    }

    private func serve(_ arguments: [String]) throws -> ServeSettings {
      guard case .serve(let settings) = try parse(arguments) else { throw Unexpected() }
      return settings
    }

    private func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
      try audience_meter.parse(arguments: arguments) { _ in nil }
    }

    private struct Unexpected: Error {}
  }
}
