import MeterModel
import Testing

@Suite struct `The URL of a Redis server` {
  struct Row: CustomTestStringConvertible {
    let text: String
    let user: String?
    let password: String?
    let host: String
    let port: UInt16
    let channel: String

    var testDescription: String { text }

    init(
      _ text: String, user: String? = nil, password: String? = nil, _ host: String,
      _ port: UInt16, _ channel: String = "audience-meter"
    ) {
      self.text = text
      self.user = user
      self.password = password
      self.host = host
      self.port = port
      self.channel = channel
    }
  }

  static let good: [Row] = [
    Row("redis://127.0.0.1:6380", "127.0.0.1", 6380),
    Row("redis://redis.example.org:1", "redis.example.org", 1),
    Row("redis://h:65535/", "h", 65_535),
    Row("redis://h", "h", 6379),
    Row("redis://h/c", "h", 6379, "c"),
    Row("redis://[::1]:6379", "::1", 6379),
    Row("redis://[fe80::1]", "fe80::1", 6379),
    Row("redis://:secret@h:6379", password: "secret", "h", 6379),
    Row("redis://:a%3Ab%40c%2Fd%25@h:6379", password: "a:b@c/d%", "h", 6379),
    Row("redis://:a:b@h:6379", password: "a:b", "h", 6379),
    Row("redis://:a@b@h:6379", password: "a@b", "h", 6379),
    Row("redis://meter:secret@h:6379/live", user: "meter", password: "secret", "h", 6379, "live"),
    Row("redis://meter@h:6379", user: "meter", "h", 6379),
    Row("redis://m%65ter:%C3%A4@[::1]:7/c%2fd", user: "meter", password: "ä", "::1", 7, "c/d"),
    Row(
      "redis://h:6379/" + String(repeating: "c", count: 255), "h", 6379,
      String(repeating: "c", count: 255)),
  ]

  @Test(arguments: good) func `names the server, the password and the channel`(row: Row) throws {
    let url = try RedisURL(row.text)
    #expect(url.user == row.user.map { ContiguousArray($0.utf8) })
    #expect(url.password == row.password.map { ContiguousArray($0.utf8) })
    #expect(url.host == row.host && url.port == row.port)
    #expect(url.channel == ContiguousArray(row.channel.utf8))
  }

  static let bad: [(String, RedisURL.Fault)] = [
    ("", .noScheme), ("h:6379", .noScheme), ("http://h:6379", .noScheme), ("REDIS", .noScheme),
    ("rediss://h:6379", .encrypted), ("redis://", .noHost), ("redis:///c", .noHost),
    ("redis://:6379", .noHost), ("redis://:p@", .noHost), ("redis://:p@:6379", .noHost),
    ("redis://h:", .badPort), ("redis://h:0", .badPort), ("redis://h:65536", .badPort),
    ("redis://h:99999999999999999999", .badPort), ("redis://h:6379x", .badPort),
    ("redis://[::1]x", .badHost), ("redis://[::1", .badHost), ("redis://::1", .noHost),
    ("redis://fe80::1", .badHost),
    ("redis://[h]:1", .badHost), ("redis://a b:1", .badHost), ("redis://%68:1", .badHost),
    ("redis://h\u{0}:1", .badHost), ("redis://@h:1", .emptyPassword),
    ("redis://:@h:1", .emptyPassword),
    ("redis://user:@h:1", .emptyPassword), ("redis://:%4@h:1", .badEscape),
    ("redis://:%zz@h:1", .badEscape), ("redis://:%@h:1", .badEscape), ("redis://h:1/%", .badEscape),
    ("redis://h:1/a/b", .badChannel), ("redis://h:1/a?db=1", .badChannel),
    ("redis://h:1/a#b", .badChannel),
    ("redis://h:1/" + String(repeating: "c", count: 256), .badChannel),
    ("redis://h:1/" + String(repeating: "c", count: 1013), .tooLong),
  ]

  @Test(arguments: bad) func `is refused with a reason`(text: String, fault: RedisURL.Fault) {
    #expect(throws: fault) { try RedisURL(text) }
  }

  @Test func `accepts a password from another source`() throws {
    let url = try RedisURL("redis://meter@h:7/c").loggingIn(with: [1, 2])
    #expect(url.user == ContiguousArray("meter".utf8) && url.password == [1, 2])
    #expect(url.host == "h" && url.port == 7 && url.channel == ContiguousArray("c".utf8))
  }

  @Test func `has a reason for each fault, and each is found`() {
    #expect(Set(Self.bad.map { $0.1 }) == Set(RedisURL.Fault.allCases))
    #expect(
      Set(RedisURL.Fault.allCases.map { $0.reason }).count == RedisURL.Fault.allCases.count)
  }

  @Test func `may have 1,024 bytes and not 1,025`() {
    for (length, fault) in [
      (1023, RedisURL.Fault.badChannel), (1024, .badChannel), (1025, .tooLong),
    ] {
      let text = "redis://h:1/" + String(repeating: "c", count: length - 12)
      #expect(throws: fault) { try RedisURL(text) }
    }
  }
}
