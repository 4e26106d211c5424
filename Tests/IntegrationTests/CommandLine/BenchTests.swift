import Foundation
import Testing

/// `audience-meter bench` against a daemon: its figures are what happened.
@Suite struct BenchTests {
  @Test func `a crowd that connects and leaves is counted by the daemon`() throws {
    try RunningDaemon.serving("--workers", "2") { daemon in
      let run = try bench(daemon, "--connections", "300", "--namespaces", "7")
      #expect(run["mode"] == "connect" && run["complete"] == true)
      #expect(run["connected"] == 300 && run["failed"] == 0 && run["left"] == 300)
      #expect(run["largest_namespace"] == 43)
      #expect(run["threads"] == 1 && run["source_addresses"] == 1)
      #expect(run.isPositive("connect_us", "connects_per_second", "connect_first_event_p50_us"))
      #expect(run.isPositive("connect_server_cpu_ns", "leave_server_cpu_ns", "memory_with_bytes"))
      #expect(run.number("connect_first_event_p50_us") <= run.number("connect_first_event_p99_us"))
      #expect(run.number("connect_first_event_p99_us") <= run.number("connect_first_event_last_us"))
      #expect(run.isNull("deliveries", "hold_us", "passed", "slow_clients"))
      let statistics = try daemon.figures()
      #expect(statistics.count == 7)
      #expect(statistics.values.reduce(0) { $0 + $1.connections } == 300)
      try daemon.awaitTotal(0)
    }
  }

  @Test func `several threads share a crowd and a rate`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(daemon, "--connections", "200", "--threads", "4", "--rate", "400")
      #expect(run["connected"] == 200 && run["threads"] == 4 && run["complete"] == true)
      // The last of 200 is due 199/400 s after the first.
      #expect(run.number("connect_us") >= 497_500)
      #expect(try daemon.figures()["bench-0"]?.connections == 200)
    }
  }

  @Test func `a held crowd gets the notifications of the daemon`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0.1", "--notify-max-delay", "0.1") { daemon in
      // On a busy machine the daemon may not come to a notification within a second: then again.
      try eventually("a notification of each connection") {
        let run = try bench(daemon, "--mode", "hold", "--connections", "50", "--seconds", "1")
        #expect(run["connected"] == 50 && run["complete"] == true)
        #expect(run.number("hold_us") >= 1_000_000)
        return run.number("hold_events") >= 50 && run.isPositive("hold_server_cpu_ns")
      }
    }
  }

  @Test(arguments: ["0", "20ms"])
  func `each trigger reaches each connection of its namespace once`(pollInterval: String) throws {
    try RunningDaemon.serving("--workers", "2") { daemon in
      let run = try bench(
        daemon, "--mode", "fanout", "--connections", "150", "--rounds", "4", "--gap", "10ms",
        "--threads", "2", "--poll-interval", pollInterval)
      #expect(run["rounds"] == 4 && run["deliveries_expected"] == 600)
      #expect(run["deliveries"] == 600 && run["deliveries_missed"] == 0)
      #expect(run["triggers_failed"] == 0 && run["complete"] == true)
      #expect(
        run.isPositive("delivery_first_us", "deliveries_per_second", "delivery_server_cpu_ns"))
      #expect(run.number("delivery_first_us") <= run.number("delivery_p50_us"))
      #expect(run.number("delivery_p50_us") <= run.number("delivery_p99_us"))
      #expect(run.number("delivery_p99_us") <= run.number("delivery_last_us"))
    }
  }

  @Test func `triggers go to the first namespace, or to each in turn`() throws {
    try RunningDaemon.serving { daemon in
      let options = [
        "--mode", "fanout", "--connections", "60", "--namespaces", "6", "--gap", "1ms",
      ]
      let first = try bench(daemon, options + ["--largest", "50", "--rounds", "3"])
      #expect(first["deliveries"] == 150 && first["deliveries_expected"] == 150)
      let turns = try bench(
        daemon, options + ["--largest", "50", "--rounds", "7", "--target", "turn"])
      // Once the large one and five small ones, and the large one again.
      #expect(turns["deliveries"] == 110 && turns["deliveries_expected"] == 110)
    }
  }

  @Test func `newcomers connect while a crowd gets messages`() throws {
    try RunningDaemon.serving { daemon in
      // On a busy machine it can happen that no newcomer is accepted during the three rounds. The
      // bench is then run again.
      try eventually("a newcomer") {
        let run = try bench(
          daemon, "--mode", "fanout", "--connections", "100", "--rounds", "3", "--gap", "200ms",
          "--newcomers", "200")
        #expect(run["deliveries"] == 300 && run["complete"] == true)
        #expect(run["passers_failed"] == 0)
        let opened = try #require(try daemon.figures()["bench-0"]?.connections)
        #expect(Int(opened) >= 100 + run.number("passed"))
        return run.number("passed") > 0
      }
    }
  }

  @Test func `a churn makes as many connections as the daemon has counted`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(
        daemon, "--mode", "churn", "--seconds", "1", "--rate", "300", "--namespaces", "3",
        "--connections", "20")
      #expect(run["connected"] == 20 && run["passers_failed"] == 0 && run["complete"] == true)
      // A bench that is held up falls behind its rate, but never exceeds it.
      #expect((1...301).contains(run.number("passed")))
      #expect(
        run.isPositive("passers_per_second", "passer_first_event_p50_us", "passer_server_cpu_ns"))
      let opened = try daemon.figures().values.reduce(0) { $0 + $1.connections }
      #expect(Int(opened) >= 20 + run.number("passed"))
      try daemon.awaitTotal(0)
    }
  }

  @Test func `connections that do not read are closed, and the others get every message`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(
        daemon, "--mode", "slow", "--connections", "40", "--slow-percent", "50", "--rounds", "200",
        "--gap", "0", "--padding", "4000")
      let slow = run.number("slow_clients")
      #expect((5...35).contains(slow))
      #expect(run.number("deliveries") == (40 - slow) * 200)
      #expect(run["deliveries_missed"] == 0 && run["complete"] == true)
      #expect(run.number("slow_closed") == slow)
    }
  }

  @Test func `refused connections are failures with an exit status of their own`() throws {
    try RunningDaemon.serving("--max-connections", "30") { daemon in
      let run = try ProgramRun(
        arguments: arguments(daemon, ["--connections", "50", "--settle", "0", "--timeout", "60"]))
      #expect(run.status == 69)
      let figures = try Figures(run.output)
      #expect(figures["connected"] == 30 && figures["failed"] == 20)
      #expect(figures["complete"] == false)
      #expect(run.output.contains("closed by the server before the first event"))
    }
  }

  @Test func `a message that reaches no connection is reported as missed`() async throws {
    try await RunningDaemon.serving { daemon in
      let (audience, messages) = (daemon.audience, daemon.messages)
      let run = try await onNewThread {
        try ProgramRun(
          "bench", "--port", "\(audience)", "--mode", "fanout", "--connections", "5", "--json",
          "--rounds", "1", "--timeout", "\(Deadline.prompt)", "--settle", "0", "--trigger",
          "http://127.0.0.1:\(messages)/nobody/bench/{round}")
      }
      #expect(run.status == 69)
      let figures = try Figures(run.output)
      #expect(figures["deliveries"] == 0 && figures["deliveries_missed"] == 5)
      #expect(figures["triggers_failed"] == 0)
    }
  }

  @Test func `an interrupted bench prints its figures so far`() throws {
    try RunningDaemon.serving { daemon in
      let viewer = try EventStream("/bench-0", of: daemon)
      let words = arguments(
        daemon, ["--mode", "fanout", "--connections", "10", "--rounds", "1000", "--gap", "0.2"])
      let program = try ChildProgram(ProgramRun.executable, words)
      // The first round begins when the whole crowd is connected.
      _ = try viewer.read(untilData: "bench=1")
      program.signal(SIGINT)
      let end = try program.awaitExit()
      let figures = try Figures(end.output)
      // A round that was interrupted before it reached all is one in which something was missed.
      #expect(end.status == (figures["complete"] == true ? 0 : 69))
      #expect(figures["interrupted"] == true && figures["connected"] == 10)
      #expect(figures["left"] == 10)
    }
  }

  @Test func `the summary has a line for each part of a bench`() throws {
    try RunningDaemon.serving { daemon in
      let run = try ProgramRun(
        "bench", "--port", "\(daemon.audience)", "--connections", "20", "--settle", "0",
        "--server-pid", "\(daemon.process)")
      #expect(run.status == 0 && run.errors == "")
      let names = run.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      #expect(Set(["load", "connect", "leave", "memory"]).isSubset(of: names))
      #expect(run.output.contains("CPU per connect: server "))
      #expect(run.output.hasPrefix("load        connect: 20 connections, 1 namespace "))
    }
  }

  @Test func `a bench without a server prints one line`() throws {
    let run = try ProgramRun("bench", "--port", "1")
    #expect(run.errors == "audience-meter: no server at 127.0.0.1:1: Connection refused\n")
    #expect(run.status == 1 && run.output == "")
  }

  @Test(arguments: [
    ["--host", "192.0.2.1"], ["--host", "192.0.2.1", "--remote"], ["--host", "2001:db8::1"],
    ["--host", "192.0.2.1", "--yes-i-may-load-it"], ["--host", "0.0.0.0"],
  ])
  func `another machine is loaded only with both options that permit it`(options: [String]) throws {
    let run = try ProgramRun(arguments: ["bench"] + options)
    #expect(run.errors.contains("is no loopback address"))
    #expect(run.errors.contains("--remote and --yes-i-may-load-it"))
    #expect(run.errorLines == 1)
    #expect(run.status == 64)
  }

  @Test func `a trigger on another machine is refused`() throws {
    try RunningDaemon.serving { daemon in
      let run = try ProgramRun(
        "bench", "--port", "\(daemon.audience)", "--mode", "fanout", "--trigger",
        "http://192.0.2.1:2442/{namespace}/a/{round}")
      #expect(
        run.errors.hasPrefix("audience-meter: --trigger: 192.0.2.1 is no loopback address"))
      #expect(run.status == 64)
    }
  }

  @Test func `a missing process and a crowd that does not fit are refused`() throws {
    try RunningDaemon.serving { daemon in
      let port = "\(daemon.audience)"
      let pid = try ProgramRun("bench", "--port", port, "--server-pid", "4194304")
      #expect(
        pid.errors
          == "audience-meter: --server-pid: no process 4194304 that can be looked at\n")
      #expect(pid.status == 1)
      let sizes = try ProgramRun("bench", "--port", port, "--largest", "2000")
      #expect(sizes.errors.hasPrefix("audience-meter: --largest must be at most --connections"))
      #expect(sizes.status == 64)
      let ports = try ProgramRun("bench", "--host", "::1", "--connections", "100000")
      #expect(ports.errors.contains("100000 connections are more than one address has ports"))
      #expect(ports.status == 1)
      let few = try ProgramRun(
        shell: "ulimit -n 60; exec \"$0\" bench --port \(port) --connections 100000")
      #expect(few.errors.contains("raise the hard limit, ulimit -Hn"))
      #expect(few.status == 1)
    }
  }

  @Test func `a bench ends at its limit of time`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(
        daemon, "--mode", "hold", "--connections", "5", "--seconds", "1h", "--limit", "0.5")
      #expect(run["interrupted"] == true && run["left"] == 5)
    }
  }

  private func bench(_ daemon: RunningDaemon, _ options: String...) throws -> Figures {
    try bench(daemon, options)
  }

  /// The figures of a bench that exits with 0.
  private func bench(_ daemon: RunningDaemon, _ options: [String]) throws -> Figures {
    let run = try ProgramRun(arguments: arguments(daemon, ["--settle", "0.1"] + options))
    try #require(run.status == 0, "\(run.errors)\(run.output)")
    #expect(run.errors == "")
    return try Figures(run.output)
  }

  private func arguments(_ daemon: RunningDaemon, _ options: [String]) -> [String] {
    [
      "bench", "--port", "\(daemon.audience)", "--json", "--server-pid", "\(daemon.process)",
      "--trigger", "http://127.0.0.1:\(daemon.messages)/{namespace}/bench/{round}",
    ] + options
  }
}

/// The JSON object of a bench.
private struct Figures {
  private let members: [String: Any]

  init(_ text: String) throws {
    members = try membersOfObject(text)
  }

  subscript(name: String) -> Int? { members[name] as? Int }
  subscript(name: String) -> Bool? { members[name] as? Bool }
  subscript(name: String) -> String? { members[name] as? String }

  /// -1 where there is no such number.
  func number(_ name: String) -> Int { self[name] ?? -1 }

  func isPositive(_ names: String...) -> Bool { names.allSatisfy { number($0) > 0 } }

  func isNull(_ names: String...) -> Bool { names.allSatisfy { members[$0] is NSNull } }
}
