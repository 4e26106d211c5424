import MeterModel
import Testing
import audience_meter

extension Units {
  /// The options of `simulate`: what each sets, and what it accepts.
  @Suite struct SimulateOptionTests {
    @Test func `the default profile is a flash crowd, and with --seconds a swarm`() throws {
      let plain = try simulate().options(seed: 1)
      #expect(plain.profile == .flashCrowd)
      #expect(plain.connections == nil && plain.namespaces == nil && plain.duration == nil)
      #expect(try simulate("--seconds", "5m").options(seed: 1).profile == .swarm)
      #expect(try simulate("--seconds", "5", "--profile=herd").options(seed: 1).profile == .herd)
    }

    @Test func `each option of simulate sets its property`() throws {
      let settings = try simulate(
        "--profile", "long-tail", "--connections", "7", "--namespaces", "3", "--duration", "1h",
        "--seed", "18446744073709551615", "--log", "a.log", "--json", "--increment-delay", "5")
      let options = settings.options(seed: 2)
      #expect(options.profile == .longTail)
      #expect(options.connections == 7 && options.namespaces == 3)
      #expect(options.duration == .seconds(3600))
      #expect(options.configuration.incrementDelay == .seconds(5))
      #expect(settings.seed == .max && settings.logPath == "a.log" && settings.json)
      #expect(
        settings.reproduction == [
          "--connections 7", "--namespaces 3", "--duration 1h", "--increment-delay 5",
        ])
    }

    @Test(arguments: [
      (["--profile", "crowd"], "--profile: 'crowd' is not one of flash-crowd, flood, churn"),
      (["--connections", "0"], "--connections: '0' is not a whole number from 1 to 100000000"),
      (["--connections", "100000001"], "--connections: '100000001' is not a whole number from 1"),
      (["--namespaces", "16777217"], "--namespaces: '16777217' is not a whole number from 1"),
      (["--duration", "0.5"], "--duration: '0.5' is not a time from 1 to 31536000 seconds"),
      (["--duration", "8761h"], "--duration: '8761h' is not a time from 1 to 31536000 seconds"),
      (["--seed", "-1"], "--seed: '-1' is not a whole number below 2^64"),
      (["--seed", "18446744073709551616"], "--seed: '18446744073709551616' is not a whole"),
      (["--seconds", "0"], "--seconds: '0' is not a time from 1 to"),
      (["--log", ""], "--log: '' is not the path of a file"),
      (["--seconds", "1", "--log", "a"], "--seconds and --log exclude each other"),
      (["--nodes", "--profile", "herd"], "--profile does not go with --nodes"),
      (["--connections", "5", "--nodes"], "--connections does not go with --nodes"),
      (["--nodes", "--namespaces", "5"], "--namespaces does not go with --nodes"),
      (["--nodes", "--duration", "5"], "--duration does not go with --nodes"),
      (["--nodes", "--log", "a"], "--log does not go with --nodes"),
      (["--nodes", "--svg", "a"], "--svg does not go with --nodes"),
      (["--nodes", "--increment-delay", "5"], "--increment-delay does not go with --nodes"),
      (["--nodes=5"], "--nodes takes no value"),
      (["a.log"], "'a.log' is one argument too many"),
      (["--port", "80"], "unknown option '--port'"),
    ])
    func `arguments of simulate that contradict each other are refused`(
      arguments: [String], message: String
    ) {
      let error = #expect(throws: UsageError.self) {
        try parse(arguments: ["simulate"] + arguments) { _ in nil }
      }
      #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    private func simulate(_ arguments: String...) throws -> SimulateSettings {
      let invocation = try parse(arguments: ["simulate"] + arguments) { _ in nil }
      guard case .simulate(let settings) = invocation else { throw Unexpected() }
      return settings
    }

    private struct Unexpected: Error {}
  }
}
