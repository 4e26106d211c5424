// The limits of request heads at n − 1, n and n + 1, and heads that arrive in pieces.

import MeterModel
import Testing

@Suite struct `The limits of a request head` {
  /// A GET whose target has `count` bytes.
  private func request(target count: Int) -> String {
    HTTP.get("/" + String(repeating: "a", count: count - 1))
  }

  /// A GET whose head has `count` bytes.
  private func request(head count: Int) -> String {
    let rest = HTTP.get("/a", "X: ").utf8.count
    return HTTP.get("/a", "X: " + String(repeating: "y", count: count - rest))
  }

  @Test func `allow a target of 8,192 bytes`() throws {
    #expect(try HTTP.head(request(target: 8191)).target.count == 8191)
    #expect(try HTTP.head(request(target: 8192)).target.count == 8192)
    #expect(HTTP.parse(request(target: 8193)) == .failed(.targetTooLong))
  }

  @Test func `are enforced at the first byte beyond`() {
    let start = "GET /" + String(repeating: "a", count: 8191)
    #expect(HTTP.parse(start) == .incomplete)
    #expect(HTTP.parse(start + "a") == .failed(.targetTooLong))
  }

  @Test func `allow a head of 16,384 bytes`() throws {
    #expect(try HTTP.head(request(head: 16_383)).length == 16_383)
    #expect(try HTTP.head(request(head: 16_384)).length == 16_384)
    #expect(HTTP.parse(request(head: 16_385)) == .failed(.headTooLarge))
    let incomplete = Array(HTTP.bytes(request(head: 16_385))[..<16_383])
    #expect(HTTP.parse(incomplete) == .incomplete)
  }

  @Test func `allow 100 fields`() throws {
    func request(fields count: Int) -> String {
      "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: count - 1) + "\r\n"
    }
    _ = try HTTP.head(request(fields: 99))
    _ = try HTTP.head(request(fields: 100))
    #expect(HTTP.parse(request(fields: 101)) == .failed(.headTooLarge))
  }

  @Test func `are higher for messages`() throws {
    let target = "/ns/svc/" + String(repeating: "a", count: 16_384)
    #expect(HTTP.parse(HTTP.get(target)) == .failed(.targetTooLong))
    #expect(
      try HTTP.head(HTTP.get(target), limits: .messages).target.count == UInt32(target.utf8.count))
    let longest = HTTP.get("/" + String(repeating: "a", count: 32_767))
    #expect(try HTTP.head(longest, limits: .messages).target.count == 32_768)
  }
}

@Suite struct `A request head in pieces` {
  static let requests: [String] = [
    HTTP.get("/football/ab12?x=1", "Accept: text/event-stream", "Last-Event-ID: 7"),
    "\r\n" + HTTP.request("POST", "/a", ["Content-Length: 5", "Expect: 100-continue"]) + "hello",
    HTTP.request("POST", "http://a.example:80/b", ["Transfer-Encoding: chunked"]) + "0\r\n\r\n",
    HTTP.request("POST", "/", ["Transfer-Encoding: gzip, chunked"]), HTTP.request("FOO", "/"),
    HTTP.get("/a b"),
    "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n x\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
    HTTP.get("/", "Connection: close", "User-Agent: MSIE", "Host: b"), HTTP.get("*"),
    "GET / HTTP/1.1\r\n\r\n",
    HTTP.get("/a") + HTTP.get("/b"), "\r\n\r\n\r\n\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
  ]

  @Test(arguments: requests)
  func `has the same outcome at any split in two`(text: String) {
    let request = HTTP.bytes(text)
    let whole = HTTP.parse(request)
    for split in 0...request.count {
      #expect(HTTP.parse(request, splits: [split]) == whole, "split at \(split)")
    }
  }

  @Test(arguments: requests)
  func `has the same outcome byte by byte`(text: String) {
    let request = HTTP.bytes(text)
    #expect(HTTP.parse(request, splits: Array(0...request.count)) == HTTP.parse(request))
  }

  @Test func `is never complete before its last byte`() {
    let request = HTTP.bytes(HTTP.get("/a", "Accept: text/event-stream"))
    for end in 0..<request.count { #expect(HTTP.parse(Array(request[..<end])) == .incomplete) }
  }
}
