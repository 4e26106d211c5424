import Foundation
import Testing

/// How an event stream begins and ends, on real sockets (§4).
@Suite struct `An event stream` {
  private static let accept = "Accept: text/event-stream\r\n"

  @Test func `a stream begins with its head and its first event in one segment`() throws {
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
          Cross-Origin-Resource-Policy: cross-origin\r
          Transfer-Encoding: chunked\r
          Connection: close\r
          \r

          """)
      #expect(head["Date"]?.hasSuffix(" GMT") == true)
      var body = ChunkedBody()
      let content = String(decoding: try body.decode((parts.last ?? "").utf8), as: UTF8.self)
      let event = try Regex("retry: 2000\nid: [!-~]+\ndata: 1\n\n")
      #expect(try event.wholeMatch(in: content) != nil)
      #expect(!body.isWhole)
    }
  }

  @Test(arguments: [
    "GET /ns HTTP/1.0\r\n\(accept)\r\n",
    "GET /ns HTTP/1.1\r\nHost: a\r\naccept: TEXT/Event-Stream\r\n\r\n",
    "GET /ns HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nAccept: a/b, text/event-stream;q=1\r\n\r\n",
    "GET /ns?a=/b?c HTTP/1.1\r\nHost: a\r\n\(accept)\r\n",
    "GET http://x/ns?q HTTP/1.1\r\nHost: a\r\n\(accept)\r\n",
    "POST /ns HTTP/1.1\r\nHost: a\r\n\(accept)Content-Length: 0\r\n\r\n",
    "POST /ns HTTP/1.1\r\nHost: a\r\n\(accept)Content-Length: 9\r\n\r\nabc",
    "POST /ns HTTP/1.1\r\nHost: a\r\n\(accept)Transfer-Encoding: chunked\r\n\r\n",
    "GET /ns/viewer HTTP/1.1\r\nHost: a\r\n\(accept)Content-Length: 5000000\r\n\r\n",
    "\r\nGET /ns HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\(accept)\r\n",
  ])
  func `every form of the request opens a stream`(text: String) throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(text)
      let head = try HTTPAnswer(head: try client.read(through: "\r\n\r\n"))
      #expect(head.status == 200)
      #expect(head["Connection"] == "close")
      #expect(head["Transfer-Encoding"] == (text.contains("HTTP/1.0") ? nil : "chunked"))
      #expect(try client.read(through: "\n\n").hasSuffix("\ndata: 1\n\n"))
      #expect(try daemon.figures()["ns"]?.members == 1)
    }
  }

  @Test func `a stream to an old Internet Explorer starts with 2 KB of padding`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(
        request("GET /ns", "Accept: text/event-stream", "User-Agent: Mozilla/4.0 (MSIE 8.0)"))
      #expect(try client.readAnswerHead().status == 200)
      let padding = String(repeating: "\n", count: 2048)
      #expect(try client.read(count: 2048 + 7) == padding + "retry: ")
      #expect(try client.read(through: "\n\n").hasSuffix("data: 1\n\n"))
    }
  }

  @Test(arguments: [
    "Sec-Purpose: prefetch;prerender", "Sec-Purpose: prefetch", "Purpose: prefetch",
  ])
  func `a prefetched page gets a stream that ends at once, and is not counted`(
    field: String
  ) throws {
    try RunningDaemon.serving("--enable-uuid", "--notify-max-delay", "60") { daemon in
      let viewer = try EventStream("/ns/me", of: daemon)
      let answer = try daemon.ask(
        daemon.audience, request("GET /ns/me", "Accept: text/event-stream", field))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "text/event-stream")
      #expect(answer.body == "retry: 2000\n\n")
      #expect(try daemon.figures()["ns"]?.connections == 1)
      // The stream with its viewer id was not excluded.
      try daemon.sendMessage("own", to: "ns")
      #expect(try viewer.next().data == "s=own")
    }
  }

  @Test func `each stream has an id of its own`() throws {
    try RunningDaemon.serving { daemon in
      let streams = try (0..<3).map { _ in try EventStream("/ns", of: daemon) }
      #expect(Set(streams.compactMap(\.greeting.id)).count == 3)
    }
  }

  @Test func `the greeting of a stream is the count that includes it`() throws {
    try RunningDaemon.serving("--notify-min-delay", "60") { daemon in
      let streams = try (0..<5).map { _ in try EventStream("/ns", of: daemon) }
      #expect(streams.compactMap(\.greeting.count) == [1, 2, 3, 4, 5])
      #expect(try EventStream("/other", of: daemon).greeting.count == 1)
      #expect(try daemon.count("ns") == 5)
    }
  }

  @Test func `a stream younger than the increment delay is greeted and not counted`() throws {
    try RunningDaemon.serving("--increment-delay", "60") { daemon in
      let streams = try (0..<3).map { _ in try EventStream("/ns", of: daemon) }
      #expect(streams.compactMap(\.greeting.count) == [1, 1, 1])
      let figures = try daemon.figures()["ns"]
      #expect(figures?.members == 0)
      #expect(figures?.connections == 0)
    }
  }

  @Test func `a stream that closes within the increment delay is never counted`() async throws {
    let daemon = try RunningDaemon.start(["--increment-delay", "\(Deadline.prompt)"])
    let stays = try EventStream("/ns", of: daemon)
    for _ in 0..<20 { try EventStream("/ns", of: daemon).client.close() }
    // The delay of the last stream ends last.
    let last = try EventStream("/ns", of: daemon).client
    try await onNewThread {
      let deadline = Deadline(within: Deadline.prompt + Deadline.timeout)
      var text = ""
      while !text.hasSuffix("data: 2\n\n") {
        text = try last.read(through: "\n\n", within: deadline.seconds)
      }
    }
    #expect(try daemon.count("ns") == 2)
    #expect(try daemon.figures()["ns"]?.connections == 2)
    #expect(stays.greeting.count == 1)
    try daemon.stop()
  }

  @Test func `the bytes that follow the request for a stream are dropped`() throws {
    try RunningDaemon.serving("--notify-max-delay", "200ms") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      try stream.client.send(request("GET /other", "Accept: text/event-stream"))
      try stream.client.send([UInt8](repeating: 0, count: 300_000))
      #expect(try stream.next().lines == ["data: 1"])
      #expect(try daemon.figures().keys.sorted() == ["ns"])
    }
  }

  @Test func `a stream ends with FIN at its maximum duration`() throws {
    try RunningDaemon.serving("--max-conn-duration", "1") { daemon in
      let started = ContinuousClock.now
      let stream = try EventStream("/ns", of: daemon)
      #expect(try stream.client.readToEnd() == "")
      #expect(stream.client.hasWholeBody == true)
      let lasted = started.duration(to: .now)
      #expect(lasted > .milliseconds(790))
      try daemon.awaitMembers("ns", 0)
    }
  }

  @Test func `streams are served over IPv4 and over IPv6`() throws {
    try RunningDaemon.serving { daemon in
      let old = try EventStream("/ns", of: daemon, by: .v4)
      let new = try EventStream("/ns", of: daemon, by: .v6)
      #expect([old.greeting.count, new.greeting.count] == [1, 2])
    }
  }
}
