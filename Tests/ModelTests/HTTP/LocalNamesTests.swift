// The requests that the operator's ports refuse (§5): pages of other sites, and names that are not
// this machine's.

import MeterModel
import Testing

@Suite struct `A request to a port of the operator` {
  private static let names = LocalNames("meter.example,Stats.LAN.") ?? LocalNames()

  /// The reason of the refusal; nil for a request that is answered.
  private func refusal(
    host: String?, origin: String? = nil, path: String = "/stats", version: String = "1.1"
  ) throws -> FailureReason? {
    var text = "GET \(path) HTTP/\(version)\r\n"
    if let host { text += "Host: \(host)\r\n" }
    if let origin { text += "Origin: \(origin)\r\n" }
    text += "\r\n"
    return Self.names.refusal(of: try HTTP.head(text), in: HTTP.bytes(text).span)
  }

  @Test(arguments: [
    "127.0.0.1", "127.0.0.1:9442", "192.0.2.1:80", "255.255.255.255", "[::1]",
    "[::1]:9442", "[2001:DB8::1]", "[::ffff:127.0.0.1]:1", "localhost", "localhost:9442",
    "LocalHost", "localhost.", "localhost.:80", "localhost:", "localhost:99999999999999999999",
    "meter.example", "METER.example:9442", "meter.example.", "stats.lan", "stats.lan.:1",
  ])
  func `is answered under an address, localhost and the given names`(host: String) throws {
    #expect(try refusal(host: host) == nil)
  }

  @Test(arguments: [
    "0.0.0.0", "0.0.0.0:2442", "[::]", "[::ffff:0:0]:2442",
    "evil.example", "meter.example.evil.example", "xmeter.example", "example", "a.localhost",
    "localhost.evil.example", "localhostx", "localhost..", ".", "127.0.0.1.evil.example",
    "127.0.0.1.", "127.0.0.256", "127.0.0.01", "127.1", "2130706433", "0x7f.0.0.1", "127.0.0.1.1",
    "[v1.a]", "%6cocalhost", "localhost%00",
  ])
  func `is refused under another name`(host: String) throws {
    #expect(try refusal(host: host) == .foreignHost)
    #expect(try refusal(host: host, version: "1.0") == .foreignHost)
    #expect(try refusal(host: host, origin: "http://\(host)") == .foreignHost)
  }

  @Test func `is answered without a Host`() throws {
    #expect(try refusal(host: nil, version: "1.0") == nil)
  }

  @Test func `for health is answered under any name`() throws {
    for path in ["/healthz", "/readyz", "/healthz?x"] {
      #expect(try refusal(host: "evil.example", path: path) == nil)
      #expect(
        try refusal(host: "evil.example", origin: "http://other.example", path: path)
          == .foreignOrigin)
    }
    for path in ["/healthz/", "/healthzx", "/Healthz", "/"] {
      #expect(try refusal(host: "evil.example", path: path) == .foreignHost)
    }
  }

  @Test(arguments: [
    ("localhost:9442", "http://localhost:9442"), ("127.0.0.1:1442", "http://127.0.0.1:1442"),
    ("[::1]:9442", "http://[::1]:9442"), ("localhost", "http://localhost"),
    ("localhost", "http://localhost:80"), ("localhost:80", "http://localhost"),
    ("localhost:", "http://localhost"), ("localhost:080", "http://localhost"),
    ("localhost", "https://localhost"), ("meter.example", "https://meter.example"),
    ("meter.example:443", "https://meter.example"),
    ("meter.example", "https://meter.example:443"), ("LOCALHOST:1", "HTTP://localhost:1"),
    ("localhost.:1", "http://localhost.:1"),
  ])
  func `is answered for a page of the port itself`(host: String, origin: String) throws {
    #expect(try refusal(host: host, origin: origin) == nil)
  }

  @Test(arguments: [
    ("localhost:9442", "http://localhost:8080"), ("localhost:9442", "http://localhost"),
    ("localhost:9442", "http://127.0.0.1:9442"), ("localhost:9442", "https://evil.example"),
    ("localhost:80", "https://localhost"),
    ("localhost:443", "http://localhost"), ("localhost:9442", "null"), ("localhost:9442", ""),
    ("localhost:9442", "localhost:9442"), ("localhost:9442", "//localhost:9442"),
    ("localhost:9442", "http://localhost:9442/"), ("localhost:9442", "http://a@localhost:9442"),
    ("localhost:9442", "http://localhost:9442, http://localhost:9442"),
    ("localhost:9442", "http://localhost:9442 http://localhost:9442"),
    ("localhost:9442", "http://"), ("localhost:9442", "http://:9442"), ("localhost", "http:"),
    ("localhost:9442", "ftp://localhost:9442"), ("localhost:9442", "x-http://localhost:9442"),
    ("localhost.:1", "http://localhost:1"), ("[::1]:1", "http://[::2]:1"),
    ("localhost:18446744073709551616", "http://localhost:18446744073709551616"),
  ])
  func `is refused for a page of another origin`(host: String, origin: String) throws {
    #expect(try refusal(host: host, origin: origin) == .foreignOrigin)
    #expect(try refusal(host: host, origin: origin, path: "/healthz") == .foreignOrigin)
  }
}

@Suite struct `A list of local names` {
  @Test func `is kept in lower case without final dots`() {
    #expect(LocalNames("a")?.list == "a")
    #expect(LocalNames("Meter-1.Example.,b_c")?.list == "meter-1.example,b_c")
    #expect(LocalNames().list == nil)
  }

  @Test func `has up to 256 names of up to 253 bytes`() {
    func list(_ count: Int) -> String { Array(repeating: "a", count: count).joined(separator: ",") }
    #expect(LocalNames(list(256)) != nil)
    #expect(LocalNames(list(257)) == nil)
    #expect(LocalNames(String(repeating: "a", count: 253)) != nil)
    #expect(LocalNames(String(repeating: "a", count: 254)) == nil)
  }

  @Test(arguments: [
    "", ",", "a,", ",a", "a,,b", "a b", "a, b", ".", "-a", "a:80", "[::1]", "é", "*",
  ])
  func `has no other text`(list: String) {
    #expect(LocalNames(list) == nil)
  }
}
