import Foundation
import Testing

/// How an event stream begins, on real sockets (SPEC §4).
@Suite struct `An event stream` {
  @Test func `begins with its head and its first event in one segment`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(request("GET /football", "Accept: text/event-stream"))
      let segment = String(decoding: try client.receiveOnce(), as: UTF8.self)
      let parts = segment.components(separatedBy: "\r\n\r\n")
      #expect(parts.count == 2)
      let head = try HTTPAnswer(head: (parts.first ?? "") + "\r\n\r\n")
      #expect(
        head.datelessHead == """
          HTTP/1.1 200 OK\r
          Content-Type: text/event-stream\r
          Cache-Control: no-cache, no-transform\r
          X-Accel-Buffering: no\r
          Access-Control-Allow-Origin: *\r
          Connection: close\r
          \r

          """)
      #expect(head["Date"]?.hasSuffix(" GMT") == true)
      let event = try Regex("retry: 2000\nid: [!-~]+\ndata: 1\n\n")
      #expect(try event.wholeMatch(in: parts.last ?? "") != nil)
    }
  }

  @Test(arguments: [
    "GET /ns HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n",
    "GET /ns HTTP/1.1\r\nHost: a\r\naccept: TEXT/Event-Stream\r\n\r\n",
    "GET /ns HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nAccept: text/html, text/event-stream;q=1\r\n\r\n",
    "GET /ns?a=/b?c HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n",
    "GET http://x/ns?q HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n",
    "POST /ns HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nContent-Length: 0\r\n\r\n",
    "POST /ns HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nContent-Length: 9\r\n\r\nabc",
    "POST /ns HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET /ns/viewer HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nContent-Length: 5000000\r\n\r\n",
    "\r\nGET /ns HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nAccept: text/event-stream\r\n\r\n",
  ])
  func `is opened by every form of the request`(text: String) throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(text)
      let head = try HTTPAnswer(head: try client.read(through: "\r\n\r\n"))
      #expect(head.status == 200)
      #expect(head["Connection"] == "close")
      #expect(head["Transfer-Encoding"] == nil)
      #expect(try client.read(through: "\n\n").hasSuffix("\ndata: 1\n\n"))
      #expect(try daemon.statistics()["ns"]?.members == 1)
    }
  }

  @Test func `starts with 2 KB of padding for old Internet Explorers`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(
        request("GET /ns", "Accept: text/event-stream", "User-Agent: Mozilla/4.0 (MSIE 8.0)"))
      let head = try client.read(through: "\r\n\r\n")
      #expect(head.contains("200 OK"))
      let padding = String(repeating: "\n", count: 2048)
      #expect(try client.read(count: 2048 + 7) == padding + "retry: ")
      #expect(try client.read(through: "\n\n").hasSuffix("data: 1\n\n"))
    }
  }

  @Test func `has an id of its own`() throws {
    try RunningDaemon.serving { daemon in
      let streams = try (0..<3).map { _ in try EventStream("/ns", of: daemon) }
      #expect(Set(streams.compactMap(\.greeting.id)).count == 3)
    }
  }

  @Test func `greets everyone with the count that includes him`() throws {
    try RunningDaemon.serving("--notify-min-delay", "60") { daemon in
      let streams = try (0..<5).map { _ in try EventStream("/ns", of: daemon) }
      #expect(streams.compactMap(\.greeting.count) == [1, 2, 3, 4, 5])
      #expect(try EventStream("/other", of: daemon).greeting.count == 1)
      #expect(try daemon.count("ns") == 5)
    }
  }

  @Test func `younger than the increment delay is greeted and not counted`() throws {
    try RunningDaemon.serving("--increment-delay", "60") { daemon in
      let streams = try (0..<3).map { _ in try EventStream("/ns", of: daemon) }
      #expect(streams.compactMap(\.greeting.count) == [1, 1, 1])
      let figures = try daemon.statistics()["ns"]
      #expect(figures?.members == 0)
      #expect(figures?.connections == 0)
    }
  }

  @Test func `that closes within the increment delay was never counted`() throws {
    try RunningDaemon.serving("--increment-delay", "400ms") { daemon in
      let stays = try EventStream("/ns", of: daemon)
      for _ in 0..<20 { try EventStream("/ns", of: daemon).client.close() }
      try stays.read(untilTold: 1)
      try daemon.awaitMembers("ns", 1)
      #expect(try daemon.statistics()["ns"]?.connections == 1)
    }
  }

  @Test func `drops what follows its request`() throws {
    try RunningDaemon.serving("--notify-max-delay", "200ms") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      try stream.client.send(request("GET /other", "Accept: text/event-stream"))
      try stream.client.send([UInt8](repeating: 0, count: 300_000))
      #expect(try stream.next().lines == ["data: 1"])
      #expect(try daemon.statistics().keys.sorted() == ["ns"])
    }
  }

  @Test func `ends at its maximum duration, with FIN`() throws {
    try RunningDaemon.serving("--max-conn-duration", "1") { daemon in
      let started = ContinuousClock.now
      let stream = try EventStream("/ns", of: daemon)
      #expect(try stream.client.readToEnd() == "")
      let lasted = started.duration(to: .now)
      #expect(lasted > .milliseconds(790) && lasted < .seconds(Deadline.soon))
      try daemon.awaitMembers("ns", 0)
    }
  }

  @Test func `is served by IPv4 and by IPv6`() throws {
    try RunningDaemon.serving { daemon in
      let old = try EventStream("/ns", of: daemon, by: .v4)
      let new = try EventStream("/ns", of: daemon, by: .v6)
      #expect([old.greeting.count, new.greeting.count] == [1, 2])
    }
  }
}
