import Foundation
import Testing

/// The statistics port (§5).
@Suite struct `The statistics port` {
  @Test func `a silent client gets bare JSON in the order of creation, and the end`() throws {
    try RunningDaemon.serving { daemon in
      #expect(try RawClient(port: daemon.statistics).readToEnd() == "{}")
      let names = ["zebra", "10", "2", "a\"b\\c", "__proto__", "apple", "%2F"]
      let streams = try names.map { try EventStream("/\($0)", of: daemon) }
      let client = try RawClient(port: daemon.statistics)
      let text = try client.readToEnd()
      let keys =
        #""([^:]+)":\{"created":\d{10},"members":1,"connections":1,"modified":\d+,"#
        + #""peak":1,"peak_at":\d{10},"member_seconds":\d+\}"#
      #expect(
        try text.matches(of: Regex(keys)).compactMap { $0.output[1].substring } == [
          "zebra", "10", "2", #"a\"b\\c"#, "__proto__", "apple", "%2F",
        ])
      #expect(text.hasPrefix("{\"zebra\":{") && text.hasSuffix("}}"))
      withExtendedLifetime(streams) {}
    }
  }

  @Test func `the statistics have the times of the creation and of the last notification`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "3600") { daemon in
      func seconds() -> UInt64 { UInt64(Date().timeIntervalSince1970) }
      let start = seconds()
      let stream = try EventStream("/ns", of: daemon)
      let created = try daemon.figures()["ns"]
      let middle = seconds()
      #expect(created.map { start...middle ~= $0.created } == true)
      #expect(created?.modified == 0)
      let other = try EventStream("/ns", of: daemon)
      try stream.read(untilCount: 2)
      let notified = try daemon.figures()["ns"]
      #expect(notified.map { middle...seconds() ~= $0.modified } == true)
      #expect(notified?.created == created?.created)
      withExtendedLifetime(other) {}
    }
  }

  @Test func `the statistics have the peak, its time and the member seconds`() throws {
    try RunningDaemon.serving { daemon in
      func seconds() -> UInt64 { UInt64(Date().timeIntervalSince1970) }
      let stream = try EventStream("/ns", of: daemon)
      let start = seconds()
      let others = try (0..<2).map { _ in try EventStream("/ns", of: daemon) }
      let reached = seconds()
      for other in others { other.client.finish() }
      try daemon.awaitTotal(1)
      let figures = try #require(try daemon.figures()["ns"])
      #expect(figures.peak == 3 && start...reached ~= figures.peakAt)
      try eventually("two member seconds") {
        try daemon.figures()["ns"].map { $0.memberSeconds >= 2 } == true
      }
      withExtendedLifetime(stream) {}
    }
  }

  @Test func `a client that sends an HTTP request gets an HTTP response`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let client = try RawClient(port: daemon.statistics)
      try client.send(request("GET /healthz") + request("HEAD /healthz") + request("GET /nothing"))
      let health = try client.readAnswer()
      #expect(health.status == 200 && health.body == "ok")
      #expect(try client.readAnswer(isHead: true)["Content-Length"] == "2")
      #expect(try client.readAnswer().status == 404)
      try client.send(request("GET /stats"))
      let answer = try client.readAnswer()
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "application/json")
      #expect(answer.body.hasPrefix(#"{"ns":{"created":"#) && answer.body.hasSuffix("}}"))
      #expect(try client.awaitEnd() == .finished)
      let old = try RawClient(port: daemon.statistics)
      try old.send("GET /stats HTTP/1.0\r\n\r\n")
      #expect(try old.readAnswer().body == answer.body)
      #expect(stream.greeting.count == 1)
    }
  }

  @Test func `one namespace has its statistics, and all together have a total`() throws {
    try RunningDaemon.serving { daemon in
      let streams = try ["a", "b", "b", "%2F"].map { try EventStream("/\($0)", of: daemon) }
      for port in [daemon.statistics, daemon.admin] {
        let answer = try daemon.ask(port, request("GET /stats/b"))
        #expect(answer["Content-Type"] == "application/json")
        #expect(answer.body.contains(#""members":2,"connections":2,"#))
        #expect(try daemon.ask(port, request("GET /stats/%2F")).status == 200)
        for target in ["/stats/c", "/stats/", "/stats/a/b"] {
          #expect(try daemon.ask(port, request("GET \(target)")).status == 404)
        }
        let total = try daemon.ask(port, request("GET /total"))
        #expect(total.body == "4\n")
        #expect(total["Content-Type"] == "text/plain; charset=utf-8")
        #expect(try daemon.ask(port, request("HEAD /total"))["Content-Length"] == "2")
      }
      withExtendedLifetime(streams) {}
    }
  }

  @Test func `the total of more namespaces than one piece has is one number`() throws {
    try RunningDaemon.serving { daemon in
      let streams = try (0..<1100).map { try EventStream("/\($0)", of: daemon) }
      #expect(try daemon.ask(daemon.admin, request("GET /total")).body == "1100\n")
      withExtendedLifetime(streams) {}
    }
  }

  @Test(arguments: [
    "stats\n", "\u{16}\u{3}\u{1}\0", "GET /stats\r\n\r\n", "\r\n\r\n\r\n", "x",
    "stats \(String(repeating: "x", count: 9000))", String(repeating: "x", count: 20_000),
    "\(String(repeating: "x", count: 20)) /stats\r\n",
  ])
  func `bytes that are no HTTP are ignored`(text: String) throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.statistics)
      try client.send(text)
      #expect(try client.readToEnd() == "{}")
    }
  }

  @Test func `a request line that no port accepts gets its error and no bare JSON`() throws {
    try RunningDaemon.serving { daemon in
      let long = String(repeating: "x", count: 8193)
      for (text, status) in [
        (request("GET /stats?\(long)"), 414), ("GET /\(long)", 414),
        (request("GET /stats HTTP/2.0"), 505), (request("FOO /stats"), 501),
        (request("FOO /stats?\(long)"), 414),
        (request("\(String(repeating: "x", count: 18)) /stats"), 501),
        (request("\(String(repeating: "x", count: 40_000)) /stats"), 501),
      ] {
        let answer = try daemon.ask(daemon.statistics, text)
        #expect(answer.status == status)
        #expect(answer["Connection"] == "close")
      }
    }
  }

  @Test func `a flood of bytes that are no HTTP takes no memory`() throws {
    try RunningDaemon.serving { daemon in
      let before = try daemon.residentMegabytes
      let clients = try (0..<4).map { _ in try RawClient(port: daemon.statistics) }
      let flood = [UInt8](repeating: 0, count: 1 << 23)
      for client in clients { _ = client.sendUntilRefused(flood, waiting: 0.05) }
      #expect(try daemon.residentMegabytes < before + 8)
      for client in clients { #expect(try client.read(count: 2) == "{}") }
    }
  }

  @Test func `a client that closes its sending side at once gets the statistics too`() throws {
    try RunningDaemon.serving { daemon in
      for text in ["", "", "", "x", "GET /stats HTTP/1.0\r\n\r\n"] {
        let client = try RawClient(port: daemon.statistics)
        if !text.isEmpty { try client.send(text) }
        client.finish()
        #expect(try client.readToEnd().hasSuffix("{}"), "\(text)")
      }
    }
  }

  @Test func `20,000 namespaces are sent while other clients are served`() throws {
    try RunningDaemon.serving("--increment-delay", "60") { daemon in
      for index in 0..<20_000 {
        let client = try RawClient(port: daemon.audience)
        try client.send("GET /name-\(index) HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n")
        _ = try client.receiveOnce()
      }
      // A client that does not read and one that reads slowly delay no other client.
      let stuck = try RawClient(port: daemon.statistics, receiveBuffer: 4096)
      try stuck.send(request("GET /stats"))
      let slow = try RawClient(port: daemon.statistics, receiveBuffer: 4096)
      try slow.send(request("GET /stats"))
      let head = try slow.read(through: "\r\n\r\n")
      #expect(head.contains("200 OK"))
      // The client cannot know that the response to its first request ends the connection.
      try slow.send(request("GET /healthz"))
      for _ in 0..<20 {
        #expect(try EventStream("/live", of: daemon).greeting.count == 1)
        _ = try slow.read(count: 1000)
      }
      #expect(try daemon.figures().count == 20_001)
      #expect(try daemon.residentMegabytes < 200)
      let rest = try slow.readToEnd()
      #expect(rest.hasSuffix("}}"))
      stuck.reset()
      #expect(try daemon.ask(daemon.statistics, request("GET /healthz")).body == "ok")
    }
  }
}
