import Glibc
import Testing

/// Requests that are refused, on real sockets (§4).
@Suite struct `A refused request` {
  private static let long = String(repeating: "a", count: 9000)

  @Test(arguments: [
    ("GET /ns\r\n\r\n", 400), ("GET  /ns HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ns HTTP/1.1\r\n\r\n", 400), ("GET /ns HTTP/1.1\nHost: a\n\n", 400),
    ("GET /n\u{1}s HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /é HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ns#f HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET ns HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("get /ns HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    ("GET /ns HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("GET /ns HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("GET /ns HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
    ("GET /ns HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
    ("POST /ns HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("POST /ns HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
    (
      "POST /ns HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400
    ),
    ("POST /ns HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ("POST /ns HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ("GET /ns HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("GET /ns HTTP/0.9\r\n\r\n", 505), ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\u{3}\u{3}", 400),
    ("GET /\(Self.long) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ("GET /\(Self.long.prefix(256)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ("GET /\(Self.long.prefix(256)) HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n", 414),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: \(Self.long)\r\nY: \(Self.long)\r\n\r\n", 431),
    (request("GET /", (0..<100).map { "X\($0): 1" }), 431),
  ])
  func `a refused request is answered, and its connection ends with FIN`(
    text: String, status: Int
  ) throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(text)
      let answer = try client.readAnswer()
      #expect(answer.status == status)
      #expect(answer["Connection"] == "close")
      #expect(answer["Content-Type"] == "text/plain; charset=utf-8")
      #expect(!answer.body.isEmpty && answer.body.count < 100)
      #expect(try client.awaitEnd() == .finished)
      #expect(try daemon.figures().isEmpty)
    }
  }

  @Test(arguments: [
    ("HEAD /ns#f HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("HEAD  /ns HTTP/1.1\r\n\r\n", 400),
    ("HEAD /ns HTTP/1.1\r\n\r\n", 400), ("HEAD /\(Self.long) HTTP/1.1\r\n\r\n", 414),
    ("HEAD /ns HTTP/1.1\r\nHost: a\r\nContent-Length: 12000000\r\n\r\n", 413),
    ("HEAD /ns HTTP/1.1\r\nHost: a\r\nX: \(Self.long)\(Self.long)\r\n\r\n", 431),
    ("HEAD /ns HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ("HEAD /ns HTTP/2.0\r\nHost: a\r\n\r\n", 505),
  ])
  func `a refused HEAD is answered without a body`(text: String, status: Int) throws {
    try RunningDaemon.serving { daemon in
      // The message port takes longer targets, so that its 414 needs a longer one.
      for port in [daemon.audience, daemon.demo] {
        let client = try RawClient(port: port)
        try client.send(text)
        let answer = try client.readAnswer(isHead: true)
        #expect(answer.status == status)
        #expect(answer["Content-Length"].map { $0 != "0" } == true)
        #expect(answer["Connection"] == "close")
        #expect(try client.readToEnd() == "")
      }
    }
  }

  @Test(arguments: [
    "GET /\(Self.long.prefix(255)) HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /ns/\(Self.long.prefix(300)) HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /?\(Self.long.prefix(8190)) HTTP/1.1\r\nHost: a\r\n\r\n",
    request("GET /", (0..<99).map { "X\($0): 1" }),
  ])
  func `a request at a limit is not refused`(text: String) throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.audience, text)
      #expect(answer.status == 200)
    }
  }

  @Test func `a viewer id of more than 128 bytes is refused where ids are enabled`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let path = "/ns/\(Self.long.prefix(128))"
      let answer = try daemon.ask(daemon.audience, request("GET \(path)"))
      #expect(answer.status == 200)
      #expect(try daemon.ask(daemon.audience, request("GET \(path)a")).status == 414)
      #expect(try EventStream(path, of: daemon).greeting.count == 1)
    }
  }

  @Test func `a request with too large a body is answered while its client still sends`() throws {
    try RunningDaemon.serving { daemon in
      for (port, status) in [(daemon.messages, 413), (daemon.audience, 413), (daemon.demo, 413)] {
        let client = try RawClient(port: port)
        try client.send(request("POST /ns/s", "Content-Length: 12000000"))
        try client.send([UInt8](repeating: 97, count: 12_000_000))
        let answer = try client.readAnswer()
        #expect(answer.status == status)
        #expect(answer["Connection"] == "close")
        #expect(try client.awaitEnd() == .finished)
      }
    }
  }

  @Test func `a refused client that never stops sending is cut off in the end`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send("nonsense\r\n")
      let chunk = [UInt8](repeating: 97, count: 1 << 20)
      var sent = 0
      while sent < 1 << 30 {
        let went = client.sendUntilRefused(chunk)
        sent += went
        if went < chunk.count { break }
      }
      #expect(sent < 1 << 30)
    }
  }

  @Test func `a request is answered alike wherever its bytes are cut in two`() throws {
    // One reactor reads in the order of arrival.
    try RunningDaemon.serving("--workers", "1") { daemon in
      let cases = [
        (request("GET /ns/v?q", "Accept: application/json"), 200),
        (request("POST /ns", "Content-Length: 3") + "abc", 200),
        (
          request("POST /ns", "Transfer-Encoding: chunked") + "3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n",
          200
        ),
        (request("GET /ns#"), 400),
      ]
      for (text, status) in cases {
        let bytes = Array(text.utf8)
        // The daemon may refuse a request before all of it was sent.
        for cut in 1..<(status == 200 ? bytes.count : 8) {
          let client = try RawClient(port: daemon.audience)
          try client.send(bytes[..<cut])
          // The daemon has read the first part before the second is sent.
          _ = try daemon.ask(daemon.audience, request("GET /"))
          try client.send(bytes[cut...])
          #expect(try client.readAnswer().status == status)
        }
      }
    }
  }

  @Test func `a request that comes byte by byte is answered`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      for byte in request("GET /ns", "Accept: text/event-stream").utf8 { try client.send([byte]) }
      #expect(try client.read(through: "\n\n").contains("data: 1\n"))
    }
  }

  @Test func `a request whose rest comes in time is answered, however late the daemon reads it`()
    async throws
  {
    // Two daemons with the same timeouts: the end of a request at the second tells when the one at
    // the first, which began before, is overdue.
    let daemon = try RunningDaemon.start(["--workers", "1"])
    let clock = try RunningDaemon.start(["--workers", "1"])
    let client = try daemon.suspend(within: 10) {
      let client = try RawClient(port: daemon.audience)
      try client.send("GET / HTTP/1.1\r\nHo")
      // The daemon has read the first part before it answers this request.
      _ = try daemon.ask(daemon.audience, request("GET /"))
      return client
    }
    let timed = try RawClient(port: clock.audience)
    try timed.send("GET / HTTP/1.1\r\nHo")
    // More than is received at once.
    let field = "X: " + String(repeating: "x", count: 6000)
    try client.send("st: a\r\n\(field)\r\n\r\n")
    let late = try await onNewThread { try timed.readAnswer(within: 10 + Deadline.timeout) }
    #expect(late.status == 408)
    daemon.resume()
    #expect(try client.readAnswer().status == 200)
    try daemon.stop()
    try clock.stop()
  }

  @Test func `an unfinished head gets 408 after 10 s; silence and half a body get an end`()
    async throws
  {
    let daemon = try RunningDaemon.start([])
    let port = daemon.audience
    let (ends, waited) = try await onNewThread {
      let started = ContinuousClock.now
      let silent = try RawClient(port: port)
      let half = try RawClient(port: port)
      try half.send("GET /ns HTTP/1.1\r\nHo")
      let headless = try RawClient(port: port)
      try headless.send("HEAD /ns HTTP/1.1\r\nHo")
      let body = try RawClient(port: port)
      try body.send(request("POST /ns", "Content-Length: 10") + "abc")
      let ends = try [half, headless, silent, body].map { try $0.readToEnd() }
      return (ends, started.duration(to: .now))
    }
    #expect(waited > .milliseconds(9900))
    #expect(ends[0].hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    #expect(ends[1].hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    #expect(ends[1].hasSuffix("\r\n\r\n"))
    #expect(ends[2...] == ["", ""])
    try daemon.stop()
  }
}
