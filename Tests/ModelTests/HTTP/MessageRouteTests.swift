// The routes of requests to the message port.

import MeterModel
import Testing

@Suite struct `The message port` {
  private func route(_ method: String, _ target: String, _ fields: [String] = []) throws -> String {
    let request = HTTP.request(method, target, fields)
    let head = try HTTP.head(HTTP.bytes(request), limits: .messages)
    func slice(_ range: ByteRange) -> String { HTTP.slice(range, of: request) }
    switch MessageRoute(head, in: HTTP.bytes(request).span) {
    case .text(let namespace, let service, let text):
      return "\(slice(namespace)) \(slice(service))=\(slice(text))"
    case .body(let namespace, let service): return "\(slice(namespace)) \(slice(service))=…"
    case .retain(let namespace, let service):
      return "\(slice(namespace)) \(slice(service)) retained"
    case .count(let namespace, let source): return "\(slice(namespace)) count of \(slice(source))"
    case .countEnd(let namespace, let source): return "\(slice(namespace)) end of \(slice(source))"
    case .noSource: return "400"
    case .notFound: return "404"
    case .methodNotAllowed(let allowed): return "405 \(allowed)"
    case .forbidden: return "403"
    case .contentTooLarge: return "413"
    }
  }

  @Test func `takes a text from the target, verbatim and without the query`() throws {
    #expect(try route("GET", "/ns/svc/hello") == "ns svc=hello")
    #expect(try route("GET", "/ns/svc/") == "ns svc=")
    #expect(try route("GET", "/ns/s=v/m=1?x/y") == "ns s=v=m=1")
    #expect(try route("GET", "/ns/svc/a%20b%0Adata:%20x") == "ns svc=a%20b%0Adata:%20x")
    #expect(try route("GET", "/ns/svc/a\\b") == "ns svc=a\\b")
    #expect(try route("POST", "/ns/svc/hello") == "ns svc=hello")
  }

  @Test func `takes a text from the body of a POST`() throws {
    #expect(try route("POST", "/ns/svc", ["Content-Length: 5"]) == "ns svc=…")
    #expect(try route("POST", "/ns/svc?x", ["Transfer-Encoding: chunked"]) == "ns svc=…")
    #expect(try route("POST", "/ns/svc") == "ns svc=…")
  }

  @Test func `retains a text from the body of a POST`() throws {
    #expect(try route("POST", "/ns/svc?retain", ["Content-Length: 5"]) == "ns svc retained")
    #expect(try route("POST", "/ns/svc?x=1&retain") == "ns svc retained")
    #expect(try route("POST", "/ns/svc?retain=") == "ns svc retained")
    for target in ["/ns/svc?", "/ns/svc?retained", "/ns/svc?x=retain", "/ns/svc?Retain"] {
      #expect(try route("POST", target) == "ns svc=…")
    }
    #expect(try route("POST", "/ns/svc/m?retain") == "ns svc=m")
    #expect(try route("GET", "/ns/svc?retain") == "405 POST")
    let longest = String(repeating: "s", count: 255)
    #expect(try route("POST", "/ns/\(longest)?retain") == "ns \(longest) retained")
    #expect(try route("POST", "/ns/\(longest)s?retain") == "404")
  }

  @Test(arguments: ["/", "/ns", "/ns/", "/ns/svc/m/x", "/ns//m", "//svc/m", "/ns/svc//", "/ns//"])
  func `has nothing at other paths`(target: String) throws {
    #expect(try route("GET", target) == "404")
    #expect(try route("POST", target) == "404")
  }

  @Test func `takes a message from the path of a GET or a POST only`() throws {
    for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND"] {
      #expect(try route(method, "/ns/svc/m") == "405 GET, POST")
    }
    #expect(try route("OPTIONS", "*") == "405 GET, POST")
    #expect(try route("CONNECT", "h:80") == "405 GET, POST")
    #expect(try route("GET", "/ns/svc") == "405 POST")
  }

  @Test func `takes the count of a source by PUT and ends it by DELETE`() throws {
    #expect(try route("PUT", "/ns?source=youtube") == "ns count of youtube")
    #expect(try route("DELETE", "/ns?source=youtube") == "ns end of youtube")
    #expect(try route("PUT", "/ns?x=1&source=a%20b&source=c") == "ns count of a%20b")
    let longest = String(repeating: "s", count: 255)
    #expect(try route("PUT", "/ns?source=\(longest)") == "ns count of \(longest)")
    for target in ["/ns", "/ns?", "/ns?source", "/ns?source=", "/ns?sources=a&Source=a"] {
      #expect(try route("PUT", target) == "400")
      #expect(try route("DELETE", target) == "400")
    }
    #expect(try route("PUT", "/ns?source=\(longest)s") == "400")
    for method in ["HEAD", "OPTIONS", "TRACE", "PATCH"] {
      #expect(try route(method, "/ns?source=a") == "405 PUT, DELETE")
    }
    for target in ["/", "/ns/svc?source=a", "/ns/?source=a", "//"] {
      #expect(try route("PUT", target) == "405 GET, POST")
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("9007199254740991", 9_007_199_254_740_991), (" 17\t\r\n", 17), ("007", 7),
      ("9007199254740992", nil), ("", nil), (" ", nil), ("-1", nil), ("+1", nil), ("1.0", nil),
      ("1 2", nil), ("1e3", nil), ("18446744073709551617", nil), ("\u{661}", nil),
    ] as [(String, UInt64?)])
  func `takes a whole number up to 2^53 - 1 as a count`(text: String, number: UInt64?) {
    #expect(MessageRoute.count(in: Array(text.utf8).span) == number)
  }

  @Test func `has no namespace of more than 255 bytes`() throws {
    func name(_ count: Int) -> String { String(repeating: "n", count: count) }
    #expect(try route("GET", "/\(name(255))/svc/m") == "\(name(255)) svc=m")
    #expect(try route("GET", "/\(name(256))/svc/m") == "404")
    #expect(try route("POST", "/\(name(256))/svc") == "404")
  }

  @Test func `refuses what a page of another origin sends with an image or a link`() throws {
    for value in ["cross-site", "same-site", "", "Same-Origin", "new-value"] {
      let fields = ["Sec-Fetch-Site: \(value)"]
      #expect(try route("GET", "/ns/svc/m", fields) == "403")
      #expect(try route("POST", "/ns/svc", fields) == "403")
      #expect(try route("OPTIONS", "/ns/svc", fields) == "403")
    }
    for value in ["same-origin", "none"] {
      #expect(try route("GET", "/ns/svc/m", ["sec-fetch-site: \(value)"]) == "ns svc=m")
    }
  }

  @Test func `takes texts of up to 16,384 bytes`() throws {
    func text(_ count: Int) -> String { String(repeating: "t", count: count) }
    #expect(try route("GET", "/n/s/" + text(16_383)) == "n s=" + text(16_383))
    #expect(try route("GET", "/n/s/" + text(16_384)) == "n s=" + text(16_384))
    #expect(try route("GET", "/n/s/" + text(16_385)) == "413")
    #expect(try route("POST", "/n/s/" + text(16_385)) == "413")
  }
}
