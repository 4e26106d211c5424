import Foundation
import Testing

/// How the daemon starts and stops (SPEC §3).
@Suite struct `The daemon` {
  private static let portOptions = ["--port", "--stats-port", "--notification-port", "--demo-port"]

  @Test func `says each address on which it listens`() throws {
    try RunningDaemon.serving { daemon in
      #expect(
        daemon.lines == [
          "audience-meter: audience on [::]:\(daemon.audience)",
          "audience-meter: statistics on 127.0.0.1:\(daemon.statistics)",
          "audience-meter: messages on 127.0.0.1:\(daemon.messages)",
          "audience-meter: demo on [::]:\(daemon.demo)",
        ])
    }
  }

  @Test func `takes any free port for port 0`() throws {
    let daemons = try (0..<3).map { _ in try RunningDaemon.start(["--port", "0"]) }
    #expect(Set(daemons.map(\.audience)).count == 3)
    for daemon in daemons {
      #expect(daemon.audience > 0)
      #expect(try EventStream("/ns", of: daemon, by: .v6).greeting.count == 1)
      #expect(try daemon.stop(by: SIGTERM) == 0)
    }
  }

  @Test func `listens where it is told to`() throws {
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

  @Test func `reads PORT and HOST, and the options win`() throws {
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

  @Test(arguments: portOptions)
  func `does not start when a port is in use, and leaves nothing behind`(option: String) throws {
    let taken = try Loopback.v4.listen()
    defer { close(taken.socket) }
    let others = Self.portOptions.filter { $0 != option }.flatMap {
      [$0, "\(TestPorts.next())"]
    }
    let run = try ProgramRun(arguments: others + [option, "\(taken.port)"])
    #expect(run.status == 1)
    #expect(run.output == "")
    #expect(run.complaint.hasPrefix("audience-meter: \(option): "))
    #expect(run.complaint.contains("in use"))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
    let first = try #require(UInt16(others[1]))
    #expect(throws: HarnessError.self) { try RawClient(port: first) }
  }

  @Test func `does not share a port with another daemon`() throws {
    try RunningDaemon.serving { daemon in
      for (option, port) in [("--port", daemon.audience), ("--stats-port", daemon.statistics)] {
        var arguments = [
          "--stats-port", "0", "--notification-port", "0", "--demo-port", "0", "--port", "0",
        ]
        arguments += [option, "\(port)"]
        let run = try ProgramRun(arguments: arguments)
        #expect(run.status == 1)
        #expect(run.complaint.hasPrefix("audience-meter: \(option): "))
      }
      #expect(try EventStream("/ns", of: daemon).greeting.count == 1)
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
  func `ends every stream with FIN and exits 0 on a signal`(signal: Int32) throws {
    let daemon = try RunningDaemon.start(["--workers", "2"])
    let streams = try (0..<50).map { try EventStream("/ns\($0 % 5)", of: daemon) }
    // One that sent what the daemon has perhaps not read, one amid its head, and one that says nothing, which
    // is not accepted so soon: it is told when it speaks.
    try streams[0].client.send([UInt8](repeating: 97, count: 10_000))
    let silent = try RawClient(port: daemon.audience)
    let half = try RawClient(port: daemon.audience)
    try half.send("GET /ns HT")
    _ = try daemon.statistics()
    #expect(try daemon.stop(by: signal) == 0)
    for client in streams.map(\.client) + [half] {
      #expect(try client.awaitEnd() == .finished)
    }
    try silent.send("GET ")
    #expect(try silent.awaitEnd() == .reset)
    #expect(daemon.lastWords == "")
  }

  @Test func `starts again at once on the port that it left`() throws {
    let first = try RunningDaemon.start(["--workers", "3"])
    let ports = [first.audience, first.statistics, first.messages, first.demo]
    let options = zip(Self.portOptions, ports).flatMap { [$0, "\($1)"] }
    var streams = try (0..<20).map { _ in try EventStream("/ns", of: first) }
    _ = try RawClient(port: first.statistics).readToEnd()
    #expect(try first.stop(by: SIGTERM) == 0)
    let second = try RunningDaemon.start(options)
    streams += try (0..<20).map { _ in try EventStream("/ns", of: second) }
    #expect(try second.count("ns") == 20)
    #expect(try second.stop(by: SIGINT) == 0)
  }

  @Test func `stops while connections come and go`() throws {
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

  @Test func `goes on with closed standard streams, and when nobody hears it`() throws {
    for redirection in ["0<&- 1>&-", ">/dev/full"] {
      try RunningDaemon.serving(shell: "exec \"$0\" \"$@\" \(redirection)") { daemon in
        let stream = try EventStream("/ns", of: daemon)
        #expect(stream.greeting.count == 1)
      }
    }
  }

  @Test func `logs everything with --debug`() throws {
    let daemon = try RunningDaemon.start(["--debug"])
    let stream = try EventStream("/football", of: daemon)
    #expect(stream.greeting.count == 1)
    #expect(try daemon.stop(by: SIGTERM) == 0)
    #expect(daemon.lastWords.split(separator: "\n").count > 1)
  }

  @Test func `goes on when nobody reads what it logs`() throws {
    try RunningDaemon.serving("--debug") { daemon in
      for _ in 0..<3000 {
        try EventStream("/a-namespace-with-a-long-name", of: daemon).client.close()
      }
    }
  }
}
