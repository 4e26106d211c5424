// Valid request heads and the values that are read from them.

import MeterModel
import Testing

@Suite struct `A request head` {
  @Test func `names its parts as ranges of the buffer`() throws {
    let request = HTTP.get("/football/ab12?x=1", "Last-Event-ID: 77", "Accept: text/event-stream")
    let head = try HTTP.head(request)
    #expect(head.method == .get)
    #expect(head.form == .origin)
    #expect(HTTP.slice(head.target, of: request) == "/football/ab12?x=1")
    #expect(HTTP.slice(head.path, of: request) == "/football/ab12")
    #expect(HTTP.slice(head.host, of: request) == "example.org")
    #expect(HTTP.slice(head.lastEventID, of: request) == "77")
    #expect(head.length == request.utf8.count)
    #expect(head.minorVersion == 1)
    #expect(head.keepsAlive)
    #expect(head.body == .none)
    #expect(head.acceptsEventStream)
    #expect(!head.acceptsJSON)
  }

  @Test func `ends where the next request starts`() throws {
    let first = HTTP.get("/a")
    let head = try HTTP.head(first + HTTP.get("/b"))
    #expect(head.length == first.utf8.count)
  }

  @Test(arguments: [
    ("GET", RequestMethod.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("TRACE", .trace),
    ("DELETE", .delete), ("OPTIONS", .options), ("PATCH", .patch), ("PROPFIND", .other),
    ("MKCALENDAR", .other), ("UNLOCK", .other), ("UPDATEREDIRECTREF", .other), ("ACL", .other),
  ])
  func `has a registered method`(name: String, method: RequestMethod) throws {
    #expect(try HTTP.head(HTTP.request(name, "/a")).method == method)
  }

  @Test(arguments: ["get", "Get", "FOO", "MKCOLA", "LINKLOCK", "ROPPATCHX", "K COPY"])
  func `with an unknown method fails with 501 or 400`(name: String) {
    let expected: RequestFailure = name.contains(" ") ? .badRequest : .notImplemented
    #expect(HTTP.parse(HTTP.request(name, "/a")) == .failed(expected))
  }

  /// The longest target.
  private static let long = String(repeating: "a", count: 8192)

  @Test func `with a method longer than every known one fails before its end`() {
    #expect(HTTP.parse("UPDATEREDIRECTREF") == .incomplete)
    #expect(HTTP.parse("UPDATEREDIRECTREFX") == .failed(.notImplemented))
  }

  @Test func `may follow up to four empty lines`() throws {
    let lines = String(repeating: "\r\n", count: 4)
    let head = try HTTP.head(lines + HTTP.get("/a"))
    #expect(head.length == lines.utf8.count + HTTP.get("/a").utf8.count)
    #expect(HTTP.parse("\r\n" + lines + HTTP.get("/a")) == .failed(.badRequest))
  }

  @Test func `has not begun after empty lines only`() {
    var parser = RequestHeadParser()
    #expect(parser.parse(HTTP.bytes("\r\n\r\n").span) == .incomplete)
    #expect(!parser.hasBegun)
    #expect(parser.parse(HTTP.bytes("\r\n\r\nG").span) == .incomplete)
    #expect(parser.hasBegun)
  }

  @Test(arguments: [
    ("GET /stats HTTP/1.1\r", false), ("GET /stats HTTP/1.1\r\n", true), ("hello\n", false),
    ("GET /stats HTTP/1.0\r\n\n", true), ("GET /stats\r\n", false), ("", false),
    ("GET /\(Self.long.dropFirst())", false), ("GET /\(Self.long)", true),
    ("stats \(Self.long)a", false),
    ("FOO /stats HTTP/1.1\r\n", true), ("GET /stats HTTP/2.0", true), ("GET /a b", false),
    ("AMETHODTHATISTOOLONG", false),
  ])
  func `has a request line when that line is complete, or enough of it to be refused as one`(
    start: String, hasLine: Bool
  ) {
    var parser = RequestHeadParser()
    _ = parser.parse(HTTP.bytes(start).span)
    #expect(parser.hasRequestLine == hasLine)
  }

  @Test func `stays failed and stays complete`() throws {
    var parser = RequestHeadParser()
    #expect(parser.parse(HTTP.bytes("GET\n").span) == .failed(.badRequest))
    #expect(parser.parse(HTTP.bytes(HTTP.get("/a")).span) == .failed(.badRequest))
    parser = RequestHeadParser()
    let complete = parser.parse(HTTP.bytes(HTTP.get("/a")).span)
    #expect(parser.parse(HTTP.bytes(HTTP.get("/a") + "more").span) == complete)
  }

  @Test(
    arguments: [
      ("HTTP/1.0", 0), ("HTTP/1.1", 1), ("HTTP/1.2", 2), ("HTTP/1.9", 9),
    ] as [(String, UInt8)])
  func `of any version 1.x is accepted`(version: String, minor: UInt8) throws {
    #expect(try HTTP.head("GET / \(version)\r\nHost: a\r\n\r\n").minorVersion == minor)
  }

  @Test(arguments: ["HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/5.6"])
  func `of another version fails with 505`(version: String) {
    #expect(HTTP.parse("GET / \(version)\r\nHost: a\r\n\r\n") == .failed(.versionNotSupported))
  }

  @Test func `that starts HTTP 2 fails with 505`() {
    #expect(HTTP.parse("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == .failed(.versionNotSupported))
  }

  @Test(arguments: [
    "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/1.10", "HTTP/01.1", "HTTP/11.1", "http/1.1", "HTTP/1,1",
    "HTTP/ 1.1", "HTTP/1.1 ", "HTTP1.1", "ICE/1.0", "HTTP/x.1", "HTTP/1.x", " HTTP/1.1",
    "HTTPS/1.1",
  ])
  func `with a malformed version fails with 400`(version: String) {
    #expect(HTTP.parse("GET / \(version)\r\nHost: a\r\n\r\n") == .failed(.badRequest))
  }

  @Test(arguments: [
    ("", true), ("Connection: close", false), ("Connection: keep-alive", true),
    ("Connection: Upgrade, CLOSE", false), ("connection: keep-alive,close ", false),
    ("Connection: closed", true), ("Connection:", true), ("Connection: ,, close", false),
  ])
  func `of HTTP 1.1 keeps the connection unless it contains close`(
    line: String, keeps: Bool
  ) throws {
    let text = line.isEmpty ? HTTP.get("/") : HTTP.get("/", line)
    #expect(try HTTP.head(text).keepsAlive == keeps)
  }

  @Test(arguments: [
    ("X: y", false), ("Connection: keep-alive", true), ("Connection: Keep-Alive, x", true),
    ("Connection: keep-alive, close", false),
  ])
  func `of HTTP 1.0 ends the connection unless it contains keep-alive`(
    line: String, keeps: Bool
  ) throws {
    #expect(try HTTP.head("GET / HTTP/1.0\r\n\(line)\r\n\r\n").keepsAlive == keeps)
  }

  @Test(arguments: [
    ("Accept: text/event-stream", true), ("ACCEPT:TEXT/Event-Stream", true),
    ("Accept: text/html, text/event-stream;q=0.5 , */*", true), ("Accept: */*", false),
    ("Accept: text/event-strea", false), ("Accept:", false), ("X-Accept: text/event-stream", false),
    ("Accept: a\r\nAccept: text/event-stream\r\nAccept: b", true),
    ("Accept: text/event-\r\nAccept: stream", false),
    ("Accept: text/event-stream;q=0, text/plain", false),
    ("Accept: text/event-stream; Q=0.000", false),
    ("Accept: text/event-stream;q=0.001", true), ("Accept: */*;q=0, text/event-stream", true),
    ("Accept: text/event-stream;charset=utf-8;q=0;a=b", false),
    ("Accept: text/event-stream;q=", true),
    ("Accept: text/event-stream;q=0,text/event-stream", true), ("Accept: text/event-stream;", true),
    ("Accept: ,, text/event-stream,", true), ("Accept: ,", false),
  ])
  func `accepts an event stream in any case and in any Accept`(line: String, accepts: Bool) throws {
    #expect(try HTTP.head(HTTP.get("/a", line)).acceptsEventStream == accepts)
  }

  @Test func `accepts JSON`() throws {
    #expect(try HTTP.head(HTTP.get("/a", "accept: Application/JSON, text/html")).acceptsJSON)
    #expect(try !HTTP.head(HTTP.get("/a", "Accept: application/jso")).acceptsJSON)
  }

  @Test func `detects old Internet Explorers by MSIE in upper case`() throws {
    #expect(
      try HTTP.head(HTTP.get("/a", "User-Agent: x (compatible; MSIE 9.0)")).isOldInternetExplorer)
    #expect(try !HTTP.head(HTTP.get("/a", "User-Agent: msie 9.0")).isOldInternetExplorer)
    #expect(try !HTTP.head(HTTP.get("/a", "Accept: MSIE")).isOldInternetExplorer)
  }

  @Test func `contains the headers that a preflight asks for`() throws {
    let request = HTTP.request(
      "OPTIONS", "/a",
      [
        "Origin: https://a.example", "Access-Control-Request-Method: GET",
        "access-control-request-headers: last-event-id, cache-control ",
      ])
    let head = try HTTP.head(request)
    #expect(head.isPreflight)
    #expect(HTTP.slice(head.requestedHeaders, of: request) == "last-event-id, cache-control")
  }

  @Test(arguments: [
    ("/ns", "Last-Event-ID: 77", "77"), ("/ns?lastEventId=1", "Last-Event-ID: 77", "77"),
    ("/ns?lastEventId=1", "Last-Event-ID:", ""), ("/ns?lastEventId=1", "X: y", "1"),
    ("/ns?last_event_id=1", "X: y", "1"), ("/ns?a&b=c&lastEventId=1&lastEventId=2", "X: y", "1"),
    ("/ns?last_event_id=1&lastEventId=2", "X: y", "1"), ("/ns?lastEventId=", "X: y", ""),
    ("/ns?lastEventId", "X: y", ""), ("/ns?lasteventid=1", "X: y", ""), ("/ns?", "X: y", ""),
    ("/ns?xlastEventId=1", "X: y", ""), ("/ns?&&lastEventId=a=b&", "X: y", "a=b"),
    ("/ns?x?lastEventId=1", "X: y", ""), ("/ns/lastEventId=1", "X: y", ""),
    ("http://h/ns?lastEventId=1", "X: y", "1"), ("http://h?lastEventId=1", "X: y", "1"),
  ])
  func `has the id of the former stream in a field or in the query`(
    target: String, field: String, id: String
  ) throws {
    let request = HTTP.get(target, field)
    let range = try HTTP.head(request).formerStream(in: HTTP.bytes(request).span)
    #expect(HTTP.slice(range, of: request) == id)
  }

  @Test(arguments: [
    ("Sec-Purpose: prefetch", true), ("Sec-Purpose: prefetch;prerender", true),
    ("sec-purpose:PREFETCH ; anonymous-client-ip", true), ("Purpose: prefetch", true),
    ("Purpose: ,a, prefetch", true), ("Sec-Purpose: a\r\nPurpose: prefetch", true),
    ("Sec-Purpose: prerender", false), ("Sec-Purpose: prefetched", false),
    ("Sec-Purpose: a;prefetch", false), ("Sec-Purpose:", false), ("X-Purpose: prefetch", false),
  ])
  func `is that of a prefetched page if its purpose names prefetch`(
    line: String, isPrefetch: Bool
  ) throws {
    #expect(try HTTP.head(HTTP.get("/a", line)).isPrefetch == isPrefetch)
  }

  @Test func `expects 100 Continue only with a body and from HTTP 1.1 on`() throws {
    let line = "Expect: 100-Continue"
    for line in [line, "Expect: ,100-continue,", "Expect: a , 100-continue"] {
      #expect(
        try HTTP.head(HTTP.request("POST", "/a", [line, "Content-Length: 1"])).expectsContinue)
    }
    #expect(
      try HTTP.head(HTTP.request("POST", "/a", [line, "Transfer-Encoding: chunked"]))
        .expectsContinue)
    #expect(
      try !HTTP.head(HTTP.request("POST", "/a", [line, "Content-Length: 0"])).expectsContinue)
    #expect(try !HTTP.head(HTTP.request("POST", "/a", [line])).expectsContinue)
    #expect(
      try !HTTP.head(HTTP.request("POST", "/a", ["Expect: 200", "Content-Length: 1"]))
        .expectsContinue)
    #expect(
      try !HTTP.head("POST /a HTTP/1.0\r\n\(line)\r\nContent-Length: 1\r\n\r\n").expectsContinue)
  }

  @Test func `may contain bytes above ASCII and tabs in its values`() throws {
    let request =
      HTTP.bytes("GET / HTTP/1.1\r\nHost: a\r\nX: \t D") + [0xFC, 0xFF, 0x09]
      + HTTP.bytes("x\r\n\r\n")
    #expect(try HTTP.head(request).length == request.count)
  }
}
