// The routes of each port: the tables of §4 and §5, row by row.

import MeterModel
import Testing

@Suite struct `The public port` {
  /// A route in words: its name and the texts of its ranges.
  private func route(
    _ method: String, _ target: String, _ fields: [String] = [],
    viewerIDs: ViewerIDMode = .exclusive
  ) throws -> String {
    let request = HTTP.request(method, target, fields)
    let route = AudienceRoute(
      try HTTP.head(request), in: HTTP.bytes(request).span, viewerIDs: viewerIDs)
    func slice(_ range: ByteRange) -> String { HTTP.slice(range, of: request) }
    switch route {
    case .stream(let namespace, let viewer): return "stream \(slice(namespace)) [\(slice(viewer))]"
    case .count(let namespace, let viewer): return "count \(slice(namespace)) [\(slice(viewer))]"
    case .observer(let namespace): return "observer \(slice(namespace))"
    case .watch, .counts:
      let head = try HTTP.head(request)
      let names = try WatchedNames(head, in: HTTP.bytes(request).span).names.map { slice($0) }
      return (route == .watch ? "watch " : "counts ") + names.joined(separator: " ")
    case .ping(let namespace, let viewer): return "ping \(slice(namespace)) [\(slice(viewer))]"
    case .leave(let namespace, let viewer): return "leave \(slice(namespace)) [\(slice(viewer))]"
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
    #expect(try route(method, "/ns/u1", Self.accept, viewerIDs: .off) == "stream ns []")
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
    #expect(try route("POST", target, viewerIDs: .off) == "404")
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
    #expect(try route("GET", "/n/" + id(129), viewerIDs: .off) == "count n []")
  }

  @Test(arguments: ["GET", "POST"])
  func `opens an observer's stream for a query with watch`(method: String) throws {
    for query in ["watch", "watch=", "watch=b", "a=b&watch", "&&watch&c"] {
      #expect(try route(method, "/ns?\(query)", Self.accept) == "observer ns")
      #expect(try route(method, "/ns/u?\(query)", Self.accept) == "observer ns")
      #expect(try route("HEAD", "/ns?\(query)", Self.accept) == "streamHead")
    }
    for query in ["", "Watch", "watching", "a=watch", "%77atch"] {
      #expect(try route(method, "/ns?\(query)", Self.accept) == "stream ns []")
    }
    #expect(try route(method, "/ns?watch", Self.accept + ["Purpose: prefetch"]) == "prefetched")
  }

  @Test(arguments: ViewerIDMode.allCases)
  func `answers a query with watch without a stream, and excludes and pings nobody`(
    mode: ViewerIDMode
  ) throws {
    for method in ["GET", "POST", "HEAD"] {
      #expect(try route(method, "/ns/u?watch", viewerIDs: mode) == "count ns []")
    }
  }

  @Test func `opens one stream for several names`() throws {
    #expect(try route("GET", "/?watch=a", Self.accept) == "watch a")
    #expect(try route("POST", "/?watch=b&x=y&watch=a&watch=b", Self.accept) == "watch b a")
    #expect(try route("GET", "http://h?watch=a=b&watch=%2F/c", Self.accept) == "watch a=b %2F/c")
    #expect(try route("HEAD", "/?watch=a", Self.accept) == "streamHead")
    #expect(try route("GET", "/?watch=a", Self.accept + ["Purpose: prefetch"]) == "prefetched")
    #expect(try route("GET", "/?watch=a&watch=b") == "counts a b")
    #expect(try route("HEAD", "/?watch=a") == "counts a")
    #expect(try route("OPTIONS", "/?watch=a") == "options")
    #expect(try route("GET", "/?Watch=a", Self.accept) == "root")
  }

  @Test func `takes 1 to 100 names in one request`() throws {
    func query(_ count: Int) -> String {
      "/?" + (0..<count).map { "watch=n\($0)&watch=n0" }.joined(separator: "&")
    }
    #expect(try route("GET", query(99), Self.accept).split(separator: " ").count == 1 + 99)
    #expect(try route("GET", query(100), Self.accept).split(separator: " ").count == 1 + 100)
    for fields in [[], Self.accept] {
      #expect(try route("GET", query(101), fields) == "414")
      for empty in ["/?watch", "/?watch=", "/?watch=a&watch=", "/?watch&watch=a"] {
        #expect(try route("GET", empty, fields) == "400")
      }
      let name = String(repeating: "n", count: 255)
      #expect(try route("GET", "/?watch=\(name)", fields).hasSuffix(name))
      #expect(try route("GET", "/?watch=\(name)n", fields) == "414")
    }
  }

  @Test func `takes a POST without a stream as a ping where viewer ids are shared`() throws {
    func shared(_ method: String, _ target: String, _ fields: [String] = []) throws -> String {
      try route(method, target, fields, viewerIDs: .shared)
    }
    #expect(try shared("POST", "/ns/u1") == "ping ns [u1]")
    #expect(try shared("POST", "/ns/u1?x", ["Accept: */*"]) == "ping ns [u1]")
    #expect(try shared("POST", "/ns/u1", Self.accept) == "stream ns [u1]")
    #expect(try shared("POST", "/ns") == "count ns []")
    #expect(try shared("GET", "/ns/u1") == "count ns []")
    #expect(try shared("HEAD", "/ns/u1") == "count ns []")
    #expect(try shared("GET", "/ns/u1", Self.accept) == "stream ns [u1]")
    #expect(try shared("POST", "/ns/" + String(repeating: "u", count: 129)) == "414")
    #expect(try route("POST", "/ns/u1", viewerIDs: .off) == "count ns []")
  }

  @Test func `lets a viewer leave by DELETE or with leave in the query`() throws {
    func shared(_ method: String, _ target: String, _ fields: [String] = []) throws -> String {
      try route(method, target, fields, viewerIDs: .shared)
    }
    for query in ["leave", "leave=1", "a&leave"] {
      #expect(try shared("POST", "/ns/u1?\(query)") == "leave ns [u1]")
      #expect(try shared("GET", "/ns/u1?\(query)") == "count ns []")
      #expect(try shared("POST", "/ns/u1?\(query)", Self.accept) == "stream ns [u1]")
      #expect(try shared("POST", "/ns?\(query)") == "count ns []")
    }
    #expect(try shared("DELETE", "/ns/u1") == "leave ns [u1]")
    #expect(try shared("DELETE", "/ns/u1?watch", Self.accept) == "leave ns [u1]")
    for target in ["/", "/ns", "/ns/", "/a/b/c", "/?watch=a"] {
      #expect(try shared("DELETE", target) == "405")
    }
    #expect(try shared("DELETE", "/ns/" + String(repeating: "u", count: 129)) == "414")
    #expect(try shared("PUT", "/ns/u1") == "405")
    for mode in [ViewerIDMode.off, .exclusive] {
      #expect(try route("DELETE", "/ns/u1", viewerIDs: mode) == "405")
    }
  }
}

@Suite struct `The statistics port` {
  private func route(_ method: String, _ target: String) throws -> StatisticsRoute {
    let request = HTTP.request(method, target)
    return StatisticsRoute(try HTTP.head(request), in: HTTP.bytes(request).span)
  }

  /// The name in a route for one namespace; nil for another route.
  private func name(_ target: String) throws -> String? {
    guard case .namespace(let name) = try route("GET", target) else { return nil }
    return HTTP.slice(name, of: HTTP.request("GET", target))
  }

  @Test func `has the statistics of each namespace`() throws {
    let longest = String(repeating: "n", count: 255)
    for name in ["a", "%2F", "stats", "total", longest] {
      #expect(try self.name("/stats/\(name)?x") == name)
    }
    for target in ["/stats/", "/stats//", "/stats/a/", "/stats/a/b", "/total/a"] {
      #expect(try route("GET", target) == .notFound)
    }
    #expect(try route("GET", "/stats/\(longest)n") == .notFound)
    #expect(try route("POST", "/stats/a") == .notFound)
  }

  @Test func `has four more resources`() throws {
    #expect(try route("GET", "/total") == .total)
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
