import Testing

/// The responses of the public port to requests that open no stream (§4, the table).
@Suite struct `The public port` {
  @Test func `a plain request gets the count and is not counted`() throws {
    try RunningDaemon.serving { daemon in
      let streams = try (0..<2).map { _ in try EventStream("/ns", of: daemon) }
      let text = try daemon.ask(daemon.audience, request("GET /ns"))
      #expect(text.status == 200)
      #expect(text.body == "2\n")
      #expect(text["Content-Type"] == "text/plain; charset=utf-8")
      #expect(text["Access-Control-Allow-Origin"] == "*")
      #expect(text["Cache-Control"] == "no-cache")
      #expect(text["Connection"] == nil)
      let json = try daemon.ask(daemon.audience, request("POST /ns/x", "Accept: Application/JSON"))
      #expect(json.body == #"{"members":2}"#)
      #expect(json["Content-Type"] == "application/json")
      #expect(json["Access-Control-Allow-Origin"] == "*")
      #expect(try daemon.ask(daemon.audience, request("GET /unknown")).body == "0\n")
      #expect(try daemon.figures().keys.sorted() == ["ns"])
      #expect(try daemon.figures()["ns"]?.connections == UInt64(streams.count))
    }
  }

  @Test func `HEAD is answered with a head, and counts nobody`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try daemon.ask(daemon.audience, request("HEAD /ns", "Accept: text/event-stream"))
      #expect(stream.status == 200)
      #expect(stream["Content-Type"] == "text/event-stream")
      #expect(stream["Connection"] == "close")
      let client = try RawClient(port: daemon.audience)
      try client.send(request("HEAD /ns", "Accept: text/event-stream"))
      #expect(try client.readToEnd().hasSuffix("\r\n\r\n"))
      let count = try daemon.ask(daemon.audience, request("HEAD /ns"))
      #expect(count.status == 200)
      #expect(count["Content-Length"] == "2")
      #expect(try daemon.ask(daemon.audience, request("HEAD /")).status == 200)
      #expect(try daemon.ask(daemon.audience, request("HEAD /a/b/c")).status == 404)
      #expect(try daemon.figures().isEmpty)
    }
  }

  @Test(arguments: ["/ns", "/", "*", "/a/b/c", "/ns/viewer"])
  func `OPTIONS is answered as a preflight request asks`(target: String) throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(
        daemon.audience,
        request(
          "OPTIONS \(target)", "Origin: http://example.org", "Access-Control-Request-Method: GET",
          "Access-Control-Request-Headers: x-one, last-event-id"))
      #expect(answer.status == 204)
      #expect(answer["Access-Control-Allow-Origin"] == "http://example.org")
      #expect(answer["Access-Control-Allow-Credentials"] == "true")
      #expect(answer["Vary"] == "Origin")
      #expect(answer["Access-Control-Allow-Methods"]?.contains("GET") == true)
      #expect(answer["Access-Control-Allow-Headers"] == "x-one, last-event-id")
      #expect(answer["Content-Length"] == nil)
    }
  }

  @Test func `a connection stays open after success, 404 and 405`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      for (line, status) in [
        ("GET /ns", 200), ("GET /", 200), ("OPTIONS *", 204), ("GET /crossdomain.xml", 200),
        ("HEAD /ns", 200), ("GET /a/b/c", 404), ("GET /ns/", 404), ("GET //", 404),
        ("GET //ns", 404), ("GET /ns//", 404), ("PUT /ns", 405), ("DELETE /", 405),
        ("TRACE /ns", 405), ("PATCH /ns", 405), ("GET /last", 200),
      ] {
        try client.send(request(line))
        let answer = try client.readAnswer(isHead: line.hasPrefix("HEAD"))
        #expect(answer.status == status, "\(line)")
        #expect(answer["Connection"] == nil, "\(line)")
        if status == 405 { #expect(answer["Allow"] == "GET, HEAD, POST, OPTIONS") }
        if status >= 400 { #expect(answer["Content-Type"]?.hasPrefix("text/plain") == true) }
      }
    }
  }

  @Test func `an unknown method is answered with 501, and the connection ends`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(request("FOO /ns"))
      let answer = try client.readAnswer()
      #expect(answer.status == 501)
      #expect(answer["Connection"] == "close")
      #expect(try client.awaitEnd() == .finished)
    }
  }

  @Test func `the public port serves the policy file of Flash`() throws {
    try RunningDaemon.serving { daemon in
      for line in ["GET /crossdomain.xml", "POST /crossdomain.xml?a"] {
        let answer = try daemon.ask(daemon.audience, request(line, "Accept: text/event-stream"))
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/xml")
        // The three elements of the original, in one line.
        #expect(answer.body.utf8.count == 331 && !answer.body.contains("\n"))
        #expect(answer.body.hasPrefix(#"<?xml version="1.0"?><!DOCTYPE cross-domain-policy "#))
        #expect(
          answer.body.hasSuffix(
            #"<site-control permitted-cross-domain-policies="master-only"/>"#
              + #"<allow-access-from domain="*" secure="false"/>"#
              + #"<allow-http-request-headers-from domain="*" headers="Accept"/>"#
              + "</cross-domain-policy>"))
      }
      #expect(try daemon.ask(daemon.audience, request("GET /CROSSDOMAIN.XML")).body == "0\n")
    }
  }

  @Test func `the root is answered with an empty body`() throws {
    try RunningDaemon.serving { daemon in
      for line in ["GET /", "GET /?probe=1", "GET http://host", "GET http://host?a", "POST /"] {
        let answer = try daemon.ask(daemon.audience, request(line, "Accept: text/event-stream"))
        #expect(answer.status == 200, "\(line)")
        #expect(answer["Content-Length"] == "0", "\(line)")
      }
    }
  }

  @Test func `pipelined requests are answered in their order`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/b", of: daemon)
      let client = try RawClient(port: daemon.audience)
      try client.send(
        request("GET /a") + request("HEAD /b") + request("POST /b", "Content-Length: 4") + "body"
          + request("GET /x/y/z") + request("GET /b", "Connection: close") + request("GET /c"))
      #expect(try client.readAnswer().body == "0\n")
      #expect(try client.readAnswer(isHead: true).status == 200)
      #expect(try client.readAnswer().body == "1\n")
      #expect(try client.readAnswer().status == 404)
      let last = try client.readAnswer()
      #expect(last.body == "1\n")
      #expect(last["Connection"] == "close")
      #expect(try client.readToEnd() == "")
      #expect(stream.greeting.count == 1)
    }
  }

  @Test func `thousands of requests that come at once are answered`() throws {
    try RunningDaemon.serving { daemon in
      for line in ["GET /", "GET /ns", "GET /a/b/c"] {
        let client = try RawClient(port: daemon.audience)
        let one = "\(line) HTTP/1.1\r\nHost:a\r\n\r\n"
        try client.send(String(repeating: one, count: 2400))
        for _ in 0..<2400 {
          #expect(try client.readAnswer().status == (line == "GET /a/b/c" ? 404 : 200))
        }
      }
    }
  }

  @Test func `requests that are pipelined faster than responses are read take little memory`()
    throws
  {
    try RunningDaemon.serving("--workers", "1") { daemon in
      let client = try RawClient(port: daemon.audience, receiveBuffer: 4096)
      let one = [UInt8]("GET / HTTP/1.1\r\nHost:a\r\n\r\n".utf8)
      let many = [UInt8](repeatElement(one, count: 400_000).joined())
      // No response is read, so the daemon receives nothing more at some point.
      #expect(client.sendUntilRefused(many, waiting: 1) < many.count)
      #expect(try daemon.residentMegabytes < 64)
      let answer = try daemon.ask(daemon.audience, request("GET /"))
      #expect(answer.status == 200)
    }
  }

  @Test func `a stream may open behind pipelined requests`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(request("GET /ns") + request("GET /ns", "Accept: text/event-stream"))
      #expect(try client.readAnswer().body == "0\n")
      #expect(try client.readAnswer(isHead: true)["Content-Type"] == "text/event-stream")
      #expect(try client.read(through: "\n\n").hasSuffix("data: 1\n\n"))
    }
  }

  @Test func `a connection of HTTP 1.0 stays open only with Keep-Alive`() throws {
    try RunningDaemon.serving { daemon in
      let closed = try RawClient(port: daemon.audience)
      try closed.send("GET /ns HTTP/1.0\r\n\r\n")
      let answer = try closed.readAnswer()
      #expect(answer["Connection"] == "close")
      #expect(try closed.awaitEnd() == .finished)
      let kept = try RawClient(port: daemon.audience)
      for _ in 0..<2 {
        try kept.send("GET /ns HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
        #expect(try kept.readAnswer()["Connection"] == "keep-alive")
      }
    }
  }

  @Test func `a request with Expect gets 100, except where it opens a stream`() throws {
    try RunningDaemon.serving { daemon in
      let fields = ["Expect: 100-continue", "Content-Length: 5"]
      let client = try RawClient(port: daemon.audience)
      try client.send(request("POST /ns", fields))
      #expect(try client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      try client.send("hello")
      #expect(try client.readAnswer().body == "0\n")
      let stream = try RawClient(port: daemon.audience)
      try stream.send(request("POST /ns", fields + ["Accept: text/event-stream"]))
      #expect(try stream.read(through: "\n\n").contains("data: 1\n"))
    }
  }

  @Test func `a client that has closed its sending side gets its responses`() throws {
    try RunningDaemon.serving { daemon in
      for (port, line) in [
        (daemon.audience, "GET /ns"), (daemon.audience, "GET /"), (daemon.messages, "GET /a/b/c"),
        (daemon.demo, "GET /ns"), (daemon.statistics, "GET /healthz"),
      ] {
        let client = try RawClient(port: port)
        try client.send(request(line) + request(line))
        client.finish()
        for _ in 0..<2 { #expect(try client.readAnswer().status == 200, "\(line)") }
        #expect(try client.readToEnd() == "")
      }
    }
  }
}
