// Request heads that are refused, because two readers could understand them differently.

import MeterModel
import Testing

@Suite struct `A refused request head` {
  @Test(arguments: [
    "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: a\n", "GET / HTTP/1.1\r\nHost: a\r\n\n", "\nGET",
  ])
  func `has a bare line feed`(text: String) {
    #expect(HTTP.parse(text) == .failed(.badRequest))
  }

  @Test(arguments: [
    "GET / HTTP/1.1\rH", "GET / HTTP/1.1\r\nHost: a\rX", "GET / HTTP/1.1\r\nHost: a\r\n\rX",
    "GET\r", "GET /\r", "\rG", "GET / HTTP/1.1\r\nHo\rst: a", "GET / HTTP/1.1\r\nHost: a\r\r\n",
  ])
  func `has a bare carriage return`(text: String) {
    #expect(HTTP.parse(text) == .failed(.badRequest))
  }

  @Test(arguments: [
    "Host : a", "Host\t: a", " Host: a", "\tHost: a", ": a", "Host", "Ho st: a", "H\u{7F}: a",
    "Bad[Name: a",
    "Host: a\r\n folded: b", "Host: a\r\n\tfolded", "Host: a\r\nX: y\r\n ", "F\u{E9}: a", "(x): a",
  ])
  func `has a malformed field line`(lines: String) {
    #expect(HTTP.parse("GET / HTTP/1.1\r\n\(lines)\r\n\r\n") == .failed(.badRequest))
  }

  @Test(arguments: [0x00, 0x01, 0x08, 0x0B, 0x0C, 0x1F, 0x7F] as [UInt8])
  func `has a control byte in a value`(byte: UInt8) {
    #expect(
      HTTP.parse(HTTP.bytes("GET / HTTP/1.1\r\nHost: a\r\nX: y") + [byte]) == .failed(.badRequest))
    #expect(HTTP.parse(HTTP.bytes("GET / HTTP/1.1\r\nX:") + [byte]) == .failed(.badRequest))
  }

  @Test(arguments: [
    "", "X: y\r\n", "Host: \r\n", "Host:\r\n", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n",
  ])
  func `of HTTP 1.1 has no Host or several`(lines: String) {
    #expect(HTTP.parse("GET / HTTP/1.1\r\n\(lines)\r\n") == .failed(.badRequest))
  }

  @Test func `of HTTP 1.0 has two Hosts, and may have none`() throws {
    #expect(HTTP.parse("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n") == .failed(.badRequest))
    #expect(try HTTP.head("GET / HTTP/1.0\r\n\r\n").host.isEmpty)
  }

  @Test(arguments: [
    "a", "a,b", "a.example", "a:80", "a:", "127.0.0.1:8080", "0.0.0.0=5000", "a_b", "a%20b",
    "[::1]", "[::1]:80",
    "[1:2:3:4:5:6:7:8]", "[::ffff:1.2.3.4]", "[1::]", "[v1.a:b]", "[::]", "[1:2:3:4:5:6:1.2.3.4]",
    "[fe80::1:2]", "xn--a",
  ])
  func `is not one with a valid Host`(host: String) throws {
    let request = "GET / HTTP/1.1\r\nHost:  \(host)\t\r\n\r\n"
    #expect(try HTTP.slice(HTTP.head(request).host, of: request) == host)
  }

  @Test(arguments: [
    "a b", "a@b", "a/b", "a?b", "a:b", "a:1:2", ":80", "a%2", "a%zz", "%", "[", "[]", "[::1",
    "[:::]",
    "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[::1]x", "[1::2::3]", "[12345::]", "[v.a]", "[v1.]",
    "[v1]", "[1:]", "[:1]", "[1:2:3:4:5:6:7::8]", "[::1.2.3]", "[::1.2.3.256]", "[::01.2.3.4]",
    "a]", "a\"b",
    "http://a", "a\\b", "[::1%25eth0]", "[::1.2.3.4.5]", "[1.2.3.4::]", "[g::]",
  ])
  func `has an invalid Host`(host: String) {
    #expect(HTTP.parse("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == .failed(.badRequest))
  }

  @Test(
    arguments: [
      ("0", 0), ("003", 3), ("42", 42), ("18446744073709551615", .max),
    ] as [(String, UInt64)])
  func `is not one with a valid Content-Length`(value: String, length: UInt64) throws {
    #expect(
      try HTTP.head(HTTP.request("POST", "/", ["content-length: \(value) "])).body
        == .length(length))
  }

  @Test(arguments: [
    "", "+5", "-1", "5 5", "5,5", "5, 5", "0x5", "5.0", "1e3", "18446744073709551616", "a", "5;",
    "\u{661}",
    "99999999999999999999999999", "5\u{0B}", "_5", "1_000",
  ])
  func `has a Content-Length that is no number`(value: String) {
    #expect(
      HTTP.parse(HTTP.request("POST", "/", ["Content-Length: \(value)"])) == .failed(.badRequest))
  }

  @Test(arguments: [
    "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length: 0\r\ncontent-length: 00",
    "Content-Length: 5\r\nX: y\r\nTransfer-Encoding: identity",
  ])
  func `has two framings`(lines: String) {
    #expect(HTTP.parse(HTTP.request("POST", "/", [lines])) == .failed(.badRequest))
  }

  @Test(arguments: [
    "chunked", "Chunked", "CHUNKED\t", ",chunked", "chunked,", " , ,\t,chunked , ,",
    "chunked\r\nTransfer-Encoding:", ",\r\nTransfer-Encoding: chunked",
  ])
  func `is not one with a valid Transfer-Encoding`(value: String) throws {
    #expect(
      try HTTP.head(HTTP.request("POST", "/", ["Transfer-Encoding: \(value)"])).body == .chunked)
  }

  @Test(arguments: [
    "", ",", ", ,", "chunked, chunked", "chunked,,chunked", "chunked, gzip", "gzip", "identity",
    "xchunked",
    "chunkedchunked", "chunked;q=1", "chunked ;x", "\"chunked\"", "chunked gzip", "gzip chunked",
    "'chunked",
    "chunked\r\nTransfer-Encoding: chunked", "chunked\r\nTransfer-Encoding: gzip", "chun ked",
    "gzip,,", "chunked,,gzip", "gzip, @", "chunked\u{0B}", "\u{0B}chunked",
  ])
  func `has no usable Transfer-Encoding`(value: String) {
    let outcome = HTTP.parse(HTTP.request("POST", "/", ["Transfer-Encoding: \(value)"]))
    #expect(outcome == .failed(.badRequest))
  }

  @Test(arguments: [
    "gzip, chunked", "gzip,,chunked", "gzip\r\nTransfer-Encoding: chunked", "x;y=z , chunked",
  ])
  func `has another coding under chunked`(value: String) {
    let outcome = HTTP.parse(HTTP.request("POST", "/", ["Transfer-Encoding: \(value)"]))
    #expect(outcome == .failed(.notImplemented))
  }

  @Test func `of HTTP 1.0 has a Transfer-Encoding`() {
    let text = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(HTTP.parse(text) == .failed(.badRequest))
  }

  @Test(arguments: [
    "/a#b", "/\u{7F}", "/\u{E9}", "/a\tb", "/a b", "", "a", "a:80", "http:/a", "http:a", "://a",
    "http://", "1x://a",
    "http:///a", "http://a b", "*", "*a", "**", "http://[x/", "http://%@h/x", "http://h:x/",
    "http://@/a", "@h/x",
    "http://u@/x", "example.org", "example.org:80", "http://a@b@c/",
  ])
  func `has a malformed target`(target: String) {
    #expect(HTTP.parse(HTTP.get(target)) == .failed(.badRequest))
  }

  @Test(arguments: ["example.org:443", "[::1]:1"])
  func `of CONNECT has a host and a port`(target: String) throws {
    #expect(try HTTP.head(HTTP.request("CONNECT", target)).form == .authority)
  }

  @Test(arguments: ["/", "example.org", "example.org:", "*", "http://a/", ":80", "u@h:80"])
  func `of CONNECT has a malformed target`(target: String) {
    #expect(HTTP.parse(HTTP.request("CONNECT", target)) == .failed(.badRequest))
  }

  @Test func `in TLS is refused at its first byte`() {
    #expect(HTTP.parse([0x16, 0x03, 0x01]) == .failed(.badRequest))
  }
}
