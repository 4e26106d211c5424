import Glibc
import Testing

/// The start and the end of the daemon (§3).
@Suite struct `The daemon` {
  @Test func `the daemon writes each address on which it listens`() throws {
    try RunningDaemon.serving { daemon in
      #expect(
        daemon.lines == [
          "audience-meter: audience on [::]:\(daemon.audience)",
          "audience-meter: statistics on 127.0.0.1:\(daemon.statistics)",
          "audience-meter: messages on 127.0.0.1:\(daemon.messages)",
          "audience-meter: admin on 127.0.0.1:\(daemon.admin)",
          "audience-meter: demo on [::]:\(daemon.demo)",
        ])
    }
  }

  @Test func `the daemon takes any free port for port 0`() throws {
    let daemons = try (0..<3).map { _ in try RunningDaemon.start(["--port", "0"]) }
    #expect(Set(daemons.map(\.audience)).count == 3)
    for daemon in daemons {
      #expect(daemon.audience > 0)
      #expect(try EventStream("/ns", of: daemon, by: .v6).greeting.count == 1)
      #expect(try daemon.stop(by: SIGTERM) == 0)
    }
  }

  @Test func `the daemon listens on the given hosts only`() throws {
    try RunningDaemon.serving("--host", "127.0.0.1", "--stats-host", "::1") { daemon in
      #expect(daemon.lines[0] == "audience-meter: audience on 127.0.0.1:\(daemon.audience)")
      #expect(daemon.lines[1] == "audience-meter: statistics on [::1]:\(daemon.statistics)")
      #expect(throws: HarnessError.self) { try RawClient(port: daemon.audience, by: .v6) }
      #expect(throws: HarnessError.self) { try RawClient(port: daemon.statistics, by: .v4) }
      let client = try RawClient(port: daemon.statistics, by: .v6)
      #expect(try client.readToEnd() == "{}")
      #expect(throws: HarnessError.self) { try RawClient(port: daemon.messages, by: .v6) }
    }
  }

  @Test func `PORT and HOST are read where no option is given`() throws {
    let port = TestPorts.next()
    try RunningDaemon.serving(environment: ["PORT": "\(port)", "HOST": "127.0.0.1"]) { daemon in
      #expect(daemon.lines[0] == "audience-meter: audience on 127.0.0.1:\(port)")
    }
    try RunningDaemon.serving(
      "--port", "0", "--host", "::1", environment: ["PORT": "1", "HOST": "127.0.0.1"]
    ) { daemon in
      #expect(daemon.lines[0] == "audience-meter: audience on [::1]:\(daemon.audience)")
    }
  }

  @Test(arguments: RunningDaemon.portOptions)
  func `the daemon does not start when a port is in use`(option: String) throws {
    let taken = try Loopback.v4.listen()
    defer { close(taken.socket) }
    let others = RunningDaemon.portOptions.filter { $0 != option }.flatMap {
      [$0, "\(TestPorts.next())"]
    }
    let run = try ProgramRun(arguments: others + [option, "\(taken.port)"])
    #expect(run.status == 1)
    #expect(run.output == "")
    #expect(run.errors.hasPrefix("audience-meter: \(option): "))
    #expect(run.errors.contains("in use"))
    #expect(run.errorLines == 1)
    let first = try #require(UInt16(others[1]))
    #expect(throws: HarnessError.self) { try RawClient(port: first) }
  }

  @Test func `two daemons do not share a port`() throws {
    try RunningDaemon.serving { daemon in
      for (option, port) in [("--port", daemon.audience), ("--stats-port", daemon.statistics)] {
        let run = try ProgramRun(arguments: ProgramRun.freePorts + [option, "\(port)"])
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("audience-meter: \(option): "))
      }
      #expect(try EventStream("/ns", of: daemon).greeting.count == 1)
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
  func `a signal ends every stream with FIN and the daemon with 0`(signal: Int32) throws {
    let daemon = try RunningDaemon.start(["--workers", "2"])
    let streams = try (0..<50).map { try EventStream("/ns\($0 % 5)", of: daemon) }
    // A stream that sent what the daemon may not have read, a connection within its head, and a
    // silent one, which is not accepted yet: it gets a reset when it sends.
    try streams[0].client.send([UInt8](repeating: 97, count: 10_000))
    let silent = try RawClient(port: daemon.audience)
    let half = try RawClient(port: daemon.audience)
    try half.send("GET /ns HT")
    _ = try daemon.figures()
    #expect(try daemon.stop(by: signal) == 0)
    for client in streams.map(\.client) + [half] {
      #expect(try client.awaitEnd() == .finished)
    }
    try silent.send("GET ")
    #expect(try silent.awaitEnd() == .reset)
    #expect(daemon.laterLines == "")
  }

  @Test func `a daemon starts at once on the ports of a daemon that has just ended`() throws {
    let first = try RunningDaemon.start(["--workers", "3"])
    let ports = [first.audience, first.statistics, first.messages, first.admin, first.demo]
    let options = zip(RunningDaemon.portOptions, ports).flatMap { [$0, "\($1)"] }
    var streams = try (0..<20).map { _ in try EventStream("/ns", of: first) }
    _ = try RawClient(port: first.statistics).readToEnd()
    try first.stop()
    let second = try RunningDaemon.start(options)
    streams += try (0..<20).map { _ in try EventStream("/ns", of: second) }
    #expect(try second.count("ns") == 20)
    withExtendedLifetime(streams) {}
    #expect(try second.stop(by: SIGINT) == 0)
  }

  @Test func `the daemon stops while connections come and go`() throws {
    for _ in 0..<5 {
      let daemon = try RunningDaemon.start(["--workers", "2"])
      for index in 0..<100 {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        if index.isMultiple(of: 2) { client.reset() }
      }
      #expect(try daemon.stop(by: SIGTERM) == 0)
    }
  }

  @Test func `the daemon runs with closed standard streams, and with a full disk as its output`()
    throws
  {
    for redirection in ["0<&- 1>&-", ">/dev/full"] {
      try RunningDaemon.serving(shell: "exec \"$0\" \"$@\" \(redirection)") { daemon in
        let stream = try EventStream("/ns", of: daemon)
        #expect(stream.greeting.count == 1)
      }
    }
  }

  @Test func `--debug adds lines to the log`() throws {
    let daemon = try RunningDaemon.start(["--debug"])
    let stream = try EventStream("/football", of: daemon)
    #expect(stream.greeting.count == 1)
    try daemon.stop()
    #expect(daemon.laterLines.split(separator: "\n").count > 1)
  }

  @Test func `the daemon goes on when its log is not read`() throws {
    try RunningDaemon.serving("--debug") { daemon in
      for _ in 0..<3000 {
        try EventStream("/a-namespace-with-a-long-name", of: daemon).client.close()
      }
    }
  }
}
