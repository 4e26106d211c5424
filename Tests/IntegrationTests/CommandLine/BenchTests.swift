import Foundation
import Testing

/// The load generator against a real daemon: its figures are what happened.
@Suite(.timeLimit(.minutes(2))) struct BenchTests {
  @Test func `a crowd connects and leaves, and the daemon has counted it`() throws {
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
      let statistics = try daemon.statistics()
      #expect(statistics.count == 7)
      #expect(statistics.values.reduce(0) { $0 + $1.connections } == 300)
      try daemon.awaitTotal(0)
    }
  }

  @Test func `several threads with tables of their own share a crowd, and a rate`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(daemon, "--connections", "200", "--threads", "4", "--rate", "400")
      #expect(run["connected"] == 200 && run["threads"] == 4 && run["complete"] == true)
      // The last of 200 is due 199/400 s after the first.
      #expect(run.number("connect_us") >= 497_500)
      #expect(try daemon.statistics()["bench-0"]?.connections == 200)
    }
  }

  @Test func `a crowd that is held hears what the daemon says of its own accord`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0.1", "--notify-max-delay", "0.1") { daemon in
      let run = try bench(daemon, "--mode", "hold", "--connections", "50", "--seconds", "1")
      #expect(run["connected"] == 50 && run["complete"] == true)
      #expect(run.number("hold_us") >= 1_000_000)
      #expect(run.number("hold_events") >= 50 * 3)
      #expect(run.isPositive("hold_server_cpu_ns"))
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

  @Test func `namespaces are told in turn, and only those that are meant`() throws {
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

  @Test func `newcomers are let in while a crowd is told something`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(
        daemon, "--mode", "fanout", "--connections", "100", "--rounds", "3", "--gap", "200ms",
        "--newcomers", "200")
      #expect(run["deliveries"] == 300 && run["complete"] == true)
      #expect(run.number("passed") >= 20 && run["passers_failed"] == 0)
      let opened = try #require(try daemon.statistics()["bench-0"]?.connections)
      #expect(Int(opened) >= 100 + run.number("passed"))
    }
  }

  @Test func `a churn is as many connections as the daemon has counted`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(
        daemon, "--mode", "churn", "--seconds", "1", "--rate", "300", "--namespaces", "3",
        "--connections", "20")
      #expect(run["connected"] == 20 && run["passers_failed"] == 0 && run["complete"] == true)
      #expect((100...301).contains(run.number("passed")))
      #expect(
        run.isPositive("passers_per_second", "passer_first_event_p50_us", "passer_server_cpu_ns"))
      let opened = try daemon.statistics().values.reduce(0) { $0 + $1.connections }
      #expect(Int(opened) >= 20 + run.number("passed"))
      try daemon.awaitTotal(0)
    }
  }

  @Test func `those who do not read are closed, and the others get everything`() throws {
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

  @Test func `connections that the daemon refuses are failures with a status of their own`() throws
  {
    try RunningDaemon.serving("--max-connections", "30") { daemon in
      let run = try ProgramRun(
        arguments: arguments(daemon, ["--connections", "50", "--settle", "0", "--timeout", "5"]))
      #expect(run.status == 69)
      let figures = try Figures(run.output)
      #expect(figures["connected"] == 30 && figures["failed"] == 20)
      #expect(figures["complete"] == false)
      #expect(run.output.contains("closed by the server before the first event"))
    }
  }

  @Test func `a message that nobody gets is missed`() throws {
    try RunningDaemon.serving { daemon in
      let run = try ProgramRun(
        "bench", "--port", "\(daemon.audience)", "--mode", "fanout", "--connections", "5", "--json",
        "--rounds", "2", "--timeout", "0.2", "--settle", "0", "--trigger",
        "http://127.0.0.1:\(daemon.messages)/nobody/bench/{round}")
      #expect(run.status == 69)
      let figures = try Figures(run.output)
      #expect(figures["deliveries"] == 0 && figures["deliveries_missed"] == 10)
      #expect(figures["triggers_failed"] == 0)
    }
  }

  @Test func `an interrupted load tells what it has found so far`() throws {
    try RunningDaemon.serving { daemon in
      let viewer = try EventStream("/bench-0", of: daemon)
      let words = arguments(
        daemon, ["--mode", "fanout", "--connections", "10", "--rounds", "1000", "--gap", "0.2"])
      let program = try ChildProgram(path: ProgramRun.executable.path, words)
      // The first round begins when the load has seen its whole crowd come.
      _ = try viewer.read(untilData: "bench=1")
      kill(program.process, SIGINT)
      let end = try program.awaitExit()
      let figures = try Figures(end.said)
      // A round that had not come to all when it was told to stop is one in which something was missed.
      #expect(end.status == (figures["complete"] == true ? 0 : 69))
      #expect(figures["interrupted"] == true && figures["connected"] == 10)
      #expect(figures["left"] == 10)
    }
  }

  @Test func `a summary for people has a line for each thing`() throws {
    try RunningDaemon.serving { daemon in
      let run = try ProgramRun(
        "bench", "--port", "\(daemon.audience)", "--connections", "20", "--settle", "0",
        "--server-pid", "\(daemon.process)")
      #expect(run.status == 0 && run.complaint == "")
      let names = run.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      #expect(Set(["load", "connect", "leave", "memory"]).isSubset(of: names))
      #expect(run.output.contains("CPU per connect: server "))
      #expect(run.output.hasPrefix("load        connect: 20 connections, 1 namespace "))
    }
  }

  // MARK: What is refused

  @Test func `without a server there is one line`() throws {
    let run = try ProgramRun("bench", "--port", "1")
    #expect(run.complaint == "audience-meter: no server at 127.0.0.1:1: Connection refused\n")
    #expect(run.status == 1 && run.output == "")
  }

  @Test(arguments: [
    ["--host", "192.0.2.1"], ["--host", "192.0.2.1", "--remote"], ["--host", "2001:db8::1"],
    ["--host", "192.0.2.1", "--yes-i-may-load-it"], ["--host", "0.0.0.0"],
  ])
  func `another machine is loaded only by who has said so twice`(options: [String]) throws {
    let run = try ProgramRun(arguments: ["bench"] + options)
    #expect(run.complaint.contains("is no loopback address"))
    #expect(run.complaint.contains("--remote and --yes-i-may-load-it"))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
    #expect(run.status == 64)
  }

  @Test func `a trigger on another machine is refused too`() throws {
    try RunningDaemon.serving { daemon in
      let run = try ProgramRun(
        "bench", "--port", "\(daemon.audience)", "--mode", "fanout", "--trigger",
        "http://192.0.2.1:2442/{namespace}/a/{round}")
      #expect(
        run.complaint.hasPrefix("audience-meter: --trigger: 192.0.2.1 is no loopback address"))
      #expect(run.status == 64)
    }
  }

  @Test func `a process that there is not, and a crowd that does not fit, are refused`() throws {
    try RunningDaemon.serving { daemon in
      let port = "\(daemon.audience)"
      let pid = try ProgramRun("bench", "--port", port, "--server-pid", "4194304")
      #expect(
        pid.complaint
          == "audience-meter: --server-pid: no process 4194304 that can be looked at\n")
      #expect(pid.status == 1)
      let sizes = try ProgramRun("bench", "--port", port, "--largest", "2000")
      #expect(sizes.complaint.hasPrefix("audience-meter: --largest must be at most --connections"))
      #expect(sizes.status == 64)
      let ports = try ProgramRun("bench", "--host", "::1", "--connections", "100000")
      #expect(ports.complaint.contains("100000 connections are more than one address has ports"))
      #expect(ports.status == 1)
      let few = try ProgramRun(
        shell: "ulimit -n 60; exec \"$0\" bench --port \(port) --connections 100000")
      #expect(few.complaint.contains("raise the hard limit, ulimit -Hn"))
      #expect(few.status == 1)
    }
  }

  @Test func `everything ends at the limit`() throws {
    try RunningDaemon.serving { daemon in
      let run = try bench(
        daemon, "--mode", "hold", "--connections", "5", "--seconds", "1h", "--limit", "0.5")
      #expect(run["interrupted"] == true && run["left"] == 5)
    }
  }

  // MARK: Runs

  private func bench(_ daemon: RunningDaemon, _ options: String...) throws -> Figures {
    try bench(daemon, options)
  }

  /// The figures of a load that ends well.
  private func bench(_ daemon: RunningDaemon, _ options: [String]) throws -> Figures {
    let run = try ProgramRun(arguments: arguments(daemon, ["--settle", "0.1"] + options))
    try #require(run.status == 0, "\(run.complaint)\(run.output)")
    #expect(run.complaint == "")
    return try Figures(run.output)
  }

  private func arguments(_ daemon: RunningDaemon, _ options: [String]) -> [String] {
    [
      "bench", "--port", "\(daemon.audience)", "--json", "--server-pid", "\(daemon.process)",
      "--trigger", "http://127.0.0.1:\(daemon.messages)/{namespace}/bench/{round}",
    ] + options
  }
}

/// The JSON object of a load.
private struct Figures {
  private let members: [String: Any]

  init(_ text: String) throws {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    members = try #require(object as? [String: Any])
  }

  subscript(name: String) -> Int? { members[name] as? Int }
  subscript(name: String) -> Bool? { members[name] as? Bool }
  subscript(name: String) -> String? { members[name] as? String }

  /// -1 where there is no such number.
  func number(_ name: String) -> Int { self[name] ?? -1 }

  func isPositive(_ names: String...) -> Bool { names.allSatisfy { number($0) > 0 } }

  func isNull(_ names: String...) -> Bool { names.allSatisfy { members[$0] is NSNull } }
}
