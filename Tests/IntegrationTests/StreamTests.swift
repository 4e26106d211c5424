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
      #expect(try parts.last?.wholeMatch(of: Regex("retry: 2000\nid: [!-~]+\ndata: 1\n\n")) != nil)
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
}
