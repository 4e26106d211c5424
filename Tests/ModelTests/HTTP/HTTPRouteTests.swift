// The routes of each port: the tables of §4 and §5, row by row.

import MeterModel
import Testing

@Suite struct `The public port` {
  /// A route in words: its name and the texts of its ranges.
  private func route(
    _ method: String, _ target: String, _ fields: [String] = [], viewersEnabled: Bool = true
  ) throws -> String {
    let request = HTTP.request(method, target, fields)
    let route = AudienceRoute(
      try HTTP.head(request), in: HTTP.bytes(request).span, viewersEnabled: viewersEnabled)
    func slice(_ range: ByteRange) -> String { HTTP.slice(range, of: request) }
    switch route {
    case .stream(let namespace, let viewer): return "stream \(slice(namespace)) [\(slice(viewer))]"
    case .count(let namespace, let viewer): return "count \(slice(namespace)) [\(slice(viewer))]"
    case .prefetchedStream: return "prefetched"
    case .streamHead: return "streamHead"
    case .root: return "root"
    case .crossDomainPolicy: return "policy"
    case .options: return "options"
    case .notFound: return "404"
    case .methodNotAllowed: return "405"
    case .failure(let failure): return "\(failure.rawValue)"
    }
  }

  private static let accept = ["Accept: text/event-stream"]

  @Test(arguments: ["GET", "POST"])
  func `opens a stream if the request accepts one`(method: String) throws {
    #expect(try route(method, "/ns", Self.accept) == "stream ns []")
    #expect(try route(method, "/ns/u1?x", Self.accept) == "stream ns [u1]")
    #expect(try route(method, "/ns/u1", Self.accept, viewersEnabled: false) == "stream ns []")
    #expect(try route(method, "http://h:80/abs/u?q", Self.accept) == "stream abs [u]")
  }

  @Test(arguments: ["GET", "POST"])
  func `answers with the count if the request accepts no stream`(method: String) throws {
    #expect(try route(method, "/ns") == "count ns []")
    #expect(try route(method, "/ns/u1?x=/y") == "count ns [u1]")
    #expect(try route(method, "/ns?", ["Accept: */*"]) == "count ns []")
  }

  @Test(arguments: ["GET", "POST"])
  func `opens no stream for a prefetched page`(method: String) throws {
    let fields = Self.accept + ["Sec-Purpose: prefetch;prerender"]
    #expect(try route(method, "/ns/u1", fields) == "prefetched")
    #expect(try route("HEAD", "/ns/u1", fields) == "streamHead")
    #expect(try route(method, "/a/b/c", fields) == "404")
    #expect(try route(method, "/ns", ["Purpose: prefetch"]) == "count ns []")
  }

  @Test func `never opens or excludes for a HEAD`() throws {
    #expect(try route("HEAD", "/ns/u", Self.accept) == "streamHead")
    #expect(try route("HEAD", "/ns/u") == "count ns []")
    #expect(try route("HEAD", "/") == "root")
    #expect(try route("HEAD", "/crossdomain.xml") == "policy")
    #expect(try route("HEAD", "/a/b/c", Self.accept) == "404")
  }

  @Test(arguments: ["/", "/?x", "http://h", "http://h?x", "foo://h/"])
  func `has a root`(target: String) throws {
    #expect(try route("GET", target, Self.accept) == "root")
    #expect(try route("POST", target) == "root")
  }

  @Test func `has a cross-domain policy`() throws {
    #expect(try route("GET", "/crossdomain.xml?x", Self.accept) == "policy")
    #expect(try route("POST", "/crossdomain.xml") == "policy")
    #expect(try route("GET", "/CROSSDOMAIN.XML") == "count CROSSDOMAIN.XML []")
    #expect(try route("GET", "/crossdomain.xml/") == "404")
  }

  @Test(arguments: ["//", "//ns", "/ns/", "/ns//", "/a/b/c", "/a/b/", "///", "http://h//", "/a//c"])
  func `has nothing at other paths`(target: String) throws {
    #expect(try route("GET", target, Self.accept) == "404")
    #expect(try route("POST", target, viewersEnabled: false) == "404")
  }

  @Test(arguments: [
    "ns%20x", "%C3%A9", "%2F", "a%2Fb", "%", "%zz", "%00", "ns+x", "ns;x", "a:b", "@a", "NS", ".",
    "..", "{a}", "a\"b", "a<b>", "a|b", "a^b", "a`b", "a'b", "a\\b", "__proto__", "*", "{a}@", "&",
  ])
  func `takes names verbatim`(name: String) throws {
    #expect(try route("GET", "/" + name, Self.accept) == "stream \(name) []")
    #expect(try route("GET", "/x/" + name) == "count x [\(name)]")
  }

  /// Targets that stopped the original program (defects 3 and 6 of ORIGINAL.md).
  @Test(arguments: [
    ("//%@x/y", "404"), ("http://xn--a/x", "stream x []"), ("foo://bar", "root"),
    ("/constructor", "stream constructor []"), ("/x/constructor", "stream x [constructor]"),
  ])
  func `serves the targets that stopped the original`(target: String, expected: String) throws {
    #expect(try route("GET", target, Self.accept) == expected)
  }

  @Test(arguments: ["/ns/u", "*", "/", "/a/b/c", "/crossdomain.xml", "http://h", "http://h/x"])
  func `answers OPTIONS of anything`(target: String) throws {
    #expect(try route("OPTIONS", target, Self.accept) == "options")
  }

  @Test(arguments: ["PUT", "DELETE", "TRACE", "PATCH", "PROPFIND"])
  func `allows no other method`(method: String) throws {
    #expect(try route(method, "/ns", Self.accept) == "405")
    #expect(try route(method, "/a/b/c") == "405")
  }

  @Test func `allows no tunnel`() throws {
    #expect(try route("CONNECT", "h:80") == "405")
  }

  @Test func `takes namespaces of up to 255 bytes`() throws {
    func name(_ count: Int) -> String { String(repeating: "n", count: count) }
    #expect(try route("GET", "/" + name(254)) == "count \(name(254)) []")
    #expect(try route("GET", "/" + name(255)) == "count \(name(255)) []")
    #expect(try route("GET", "/" + name(256), Self.accept) == "414")
    #expect(try route("HEAD", "/" + name(256)) == "414")
  }

  @Test func `takes viewer ids of up to 128 bytes where they are enabled`() throws {
    func id(_ count: Int) -> String { String(repeating: "u", count: count) }
    #expect(try route("GET", "/n/" + id(127)) == "count n [\(id(127))]")
    #expect(try route("GET", "/n/" + id(128)) == "count n [\(id(128))]")
    #expect(try route("GET", "/n/" + id(129)) == "414")
    #expect(try route("GET", "/n/" + id(129), viewersEnabled: false) == "count n []")
  }
}

@Suite struct `The message port` {
  private func route(_ method: String, _ target: String, _ fields: [String] = []) throws -> String {
    let request = HTTP.request(method, target, fields)
    let head = try HTTP.head(HTTP.bytes(request), limits: .messages)
    func slice(_ range: ByteRange) -> String { HTTP.slice(range, of: request) }
    switch MessageRoute(head, in: HTTP.bytes(request).span) {
    case .text(let namespace, let service, let text):
      return "\(slice(namespace)) \(slice(service))=\(slice(text))"
    case .body(let namespace, let service): return "\(slice(namespace)) \(slice(service))=…"
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

@Suite struct `The statistics port` {
  private func route(_ method: String, _ target: String) throws -> StatisticsRoute {
    let request = HTTP.request(method, target)
    return StatisticsRoute(try HTTP.head(request), in: HTTP.bytes(request).span)
  }

  @Test func `has three resources`() throws {
    #expect(try route("GET", "/stats") == .statistics)
    #expect(try route("HEAD", "/stats?pretty") == .statistics)
    #expect(try route("GET", "/healthz") == .health)
    #expect(try route("GET", "/cluster") == .cluster)
    #expect(try route("GET", "http://h/stats") == .statistics)
  }

  @Test(arguments: ["/", "/stats/", "/STATS", "/statsx", "http://h", "/stat"])
  func `has nothing else`(target: String) throws {
    #expect(try route("GET", target) == .notFound)
    #expect(try route("DELETE", "/stats") == .notFound)
  }
}

@Suite struct `The admin port` {
  private func route(_ method: String, _ target: String) throws -> AdminRoute {
    let request = HTTP.request(method, target)
    return AdminRoute(try HTTP.head(request), in: HTTP.bytes(request).span)
  }

  @Test(arguments: ["/", "/?x", "http://h", "http://h/"])
  func `has a list of its paths at the root`(target: String) throws {
    #expect(try route("GET", target) == .index)
    #expect(try route("HEAD", target) == .index)
  }

  @Test func `has the resources of the statistics port`() throws {
    #expect(try route("GET", "/stats?x") == .shared(.statistics))
    #expect(try route("HEAD", "/healthz") == .shared(.health))
    #expect(try route("GET", "/cluster") == .shared(.cluster))
    #expect(try route("GET", "/stat") == .shared(.notFound))
  }

  @Test func `allows only GET and HEAD`() throws {
    #expect(try route("POST", "/stats") == .methodNotAllowed)
    #expect(try route("OPTIONS", "*") == .methodNotAllowed)
    #expect(try route("CONNECT", "h:80") == .methodNotAllowed)
  }
}

@Suite struct `The demo port` {
  private func route(_ method: String, _ target: String) throws -> String {
    let request = HTTP.request(method, target)
    switch DemoRoute(try HTTP.head(request), in: HTTP.bytes(request).span) {
    case .welcome: return "welcome"
    case .clientFile(let name): return "file " + HTTP.slice(name, of: request)
    case .page(let namespace): return "page " + HTTP.slice(namespace, of: request)
    case .notFound: return "404"
    case .methodNotAllowed: return "405"
    }
  }

  @Test func `has pages and client scripts`() throws {
    #expect(try route("GET", "/") == "welcome")
    #expect(try route("HEAD", "http://h") == "welcome")
    #expect(try route("GET", "/test?x") == "page test")
    #expect(try route("GET", "/<b>&") == "page <b>&")
    #expect(try route("GET", "/client") == "page client")
    #expect(try route("GET", "/client/audience.js?1") == "file audience.js")
  }

  @Test(arguments: [
    "/client/", "/client/../x.js", "/a/b/c", "/a/b/", "/a/", "//", "/../outside/secret.js",
  ])
  func `has nothing at other paths`(target: String) throws {
    #expect(try route("GET", target) == "404")
  }

  @Test func `allows only GET and HEAD`() throws {
    #expect(try route("POST", "/test") == "405")
    #expect(try route("OPTIONS", "*") == "405")
  }

  @Test func `has pages of valid namespaces`() throws {
    #expect(try route("GET", "/" + String(repeating: "n", count: 255)).hasPrefix("page"))
    #expect(try route("GET", "/" + String(repeating: "n", count: 256)) == "404")
  }

  @Test func `has pages of valid viewers`() throws {
    #expect(try route("GET", "/test/ab12?x") == "page test")
    #expect(try route("GET", "/test/" + String(repeating: "v", count: 128)) == "page test")
    #expect(try route("GET", "/test/" + String(repeating: "v", count: 129)) == "404")
  }
}
