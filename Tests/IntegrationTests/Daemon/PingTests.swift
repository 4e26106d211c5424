import Testing

/// Viewers without a stream, where viewer ids are shared (§4, §2 rule 9).
@Suite struct `A ping` {
  @Test func `counts its viewer once, whatever else it has`() throws {
    try RunningDaemon.serving("--viewer-ids", "shared") { daemon in
      func ask(_ line: String, _ fields: String...) throws -> String {
        try daemon.ask(daemon.audience, request(line, fields)).body
      }
      #expect(try ask("POST /a/me") == #"{"members":1,"ping":15}"#)
      #expect(try ask("POST /a/me") == #"{"members":1,"ping":15}"#)
      let stream = try EventStream("/a/me", of: daemon)
      let second = try EventStream("/a/me", of: daemon)
      #expect([stream, second].map(\.greeting.count) == [1, 1])
      #expect(try ask("POST /a/you", "Accept: */*") == #"{"members":2,"ping":15}"#)
      #expect(try ask("POST /b/me") == #"{"members":1,"ping":15}"#)
      #expect(try ask("GET /a/you") == "2\n")
      #expect(try ask("GET /a/you?leave") == "2\n")
      #expect(try ask("POST /a/you?leave") == #"{"members":1,"ping":15}"#)
      #expect(try ask("DELETE /a/me") == #"{"members":1,"ping":15}"#)
      stream.client.close()
      second.client.close()
      try daemon.awaitMembers("a", 0)
      #expect(try ask("DELETE /a/nobody") == #"{"members":0,"ping":15}"#)
      #expect(try ask("DELETE /c/nobody") == #"{"members":0,"ping":15}"#)
      #expect(try daemon.figures().keys.sorted() == ["a", "b"])
    }
  }

  @Test func `keeps its viewer for the timeout`() throws {
    try RunningDaemon.serving("--viewer-ids", "shared", "--ping-timeout", "1") { daemon in
      let answer = try daemon.ask(daemon.audience, request("POST /a/me"))
      #expect(answer.body == #"{"members":1,"ping":1}"#)
      #expect(try daemon.count("a") == 1)
      try daemon.awaitMembers("a", 0)
    }
  }

  @Test func `of a page that leaves, sent as a beacon, is taken`() throws {
    try RunningDaemon.serving("--viewer-ids", "shared") { daemon in
      let answer = try daemon.ask(
        daemon.audience,
        request(
          "POST /a/me?leave",
          [
            "Accept: */*", "Origin: http://site.example", "Cookie: a=b",
            "Content-Type: text/plain;charset=UTF-8", "Sec-Fetch-Mode: no-cors",
            "Content-Length: 4",
          ]) + "body")
      #expect(answer.status == 200)
      #expect(answer.body == #"{"members":0,"ping":15}"#)
      #expect(answer["Access-Control-Allow-Origin"] == "http://site.example")
      #expect(answer["Access-Control-Allow-Credentials"] == "true")
      #expect(answer["Content-Type"] == "application/json")
      #expect(answer["Cache-Control"] == "no-cache")
    }
  }

  @Test func `past the limit is refused for a while`() throws {
    try RunningDaemon.serving("--viewer-ids", "shared", "--max-pings", "1") { daemon in
      #expect(try daemon.ask(daemon.audience, request("POST /a/me")).status == 200)
      let refused = try daemon.ask(daemon.audience, request("POST /b/you"))
      #expect(refused.status == 503)
      #expect(refused["Retry-After"].flatMap { Int($0) } != nil)
      #expect(refused["Access-Control-Allow-Origin"] == "*")
      #expect(try daemon.ask(daemon.audience, request("POST /a/me")).status == 200)
      #expect(try daemon.figures().keys.sorted() == ["a"])
      #expect(try daemon.ask(daemon.audience, request("DELETE /a/me")).status == 200)
      #expect(try daemon.ask(daemon.audience, request("POST /b/you")).status == 200)
    }
  }

  @Test(arguments: [("off", false), ("exclusive", false), ("shared", true)])
  func `and DELETE exist only where viewer ids are shared`(mode: String, isShared: Bool) throws {
    try RunningDaemon.serving("--viewer-ids", mode) { daemon in
      func ask(_ line: String, _ fields: String...) throws -> HTTPAnswer {
        try daemon.ask(daemon.audience, request(line, fields))
      }
      #expect(try ask("POST /a/me").body == (isShared ? #"{"members":1,"ping":15}"# : "0\n"))
      let methods =
        isShared ? "GET, HEAD, POST, DELETE, OPTIONS" : "GET, HEAD, POST, OPTIONS"
      #expect(try ask("DELETE /a/me").status == (isShared ? 200 : 405))
      let refused = try ask("DELETE /a")
      #expect(refused.status == 405)
      #expect(refused["Allow"] == methods)
      let preflight = try ask(
        "OPTIONS /a/me", "Origin: http://site.example", "Access-Control-Request-Method: DELETE")
      #expect(preflight.status == 204)
      #expect(preflight["Access-Control-Allow-Methods"] == methods)
      #expect(preflight["Access-Control-Allow-Origin"] == "http://site.example")
    }
  }
}
