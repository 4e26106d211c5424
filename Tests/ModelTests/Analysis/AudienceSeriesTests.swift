import MeterModel
import Testing

/// The rows of `--csv`.
struct AudienceSeriesTests {
  private static let header = "section,seconds,unix_time,namespace,members,pending,told\n"

  private func rows(
    _ log: String, of span: LogSpan = LogSpan(), every step: Duration? = nil
  ) -> String {
    rows(Array(log.utf8), of: span, every: step)
  }

  private func rows(_ log: [UInt8], of span: LogSpan, every step: Duration?) -> String {
    var series = AudienceSeries(of: span, every: step)
    RecordedLog.play(log, nil, detail: .changes) { series.note($0, of: $1) }
    let text = String(decoding: series.bytes, as: UTF8.self)
    #expect(text.hasPrefix(Self.header))
    return String(text.dropFirst(Self.header.count))
  }

  private func span(_ from: String?, _ to: String?) throws -> LogSpan {
    LogSpan(
      from: try from.map { try #require(LogTime($0)) }, to: try to.map { try #require(LogTime($0)) }
    )
  }

  private static let log = """
    option increment-delay 1
    0   open 1 a
    3   open 2 a
    3.5 open 3 b
    4   close 3
    10  end
    """

  @Test func `there is a row at each change, and one for each namespace at the end`() {
    #expect(
      rows(Self.log) == """
        1,0,,a,0,1,0
        1,1,,a,1,0,0
        1,2,,a,1,0,1
        1,3,,a,1,1,1
        1,3.5,,b,0,1,0
        1,4,,a,2,0,2
        1,4,,b,0,0,
        1,10,,a,2,0,2
        1,10,,b,0,0,

        """)
  }

  @Test func `external counts are members of this node, and end with a row`() {
    let log = """
      option external-timeout 5
      0  external youtube a 1200
      1  open 1 a
      2  external twitch a 7
      4  external youtube a 0
      20 end
      """
    #expect(
      rows(log) == """
        1,0,,a,1200,0,
        1,1,,a,1201,0,1201
        1,2,,a,1208,0,1201
        1,4,,a,8,0,8
        1,7,,a,1,0,1
        1,20,,a,1,0,1

        """)
  }

  @Test func `viewers who stay until the end of a log have a row there`() {
    let log = "0 open 1 a\n0 open 2 a\n0 open 3 a\n600 end"
    #expect(rows(log).hasSuffix("1,600,,a,3,0,3\n"))
    // A log without an end lasts until its last event.
    #expect(rows("0 open 1 a\n60 message b x").hasSuffix("1,60,,a,1,0,1\n"))
  }

  @Test func `with a step there is a row at each, and one that shows that an audience is gone`() {
    #expect(
      rows(Self.log, every: .seconds(2)) == """
        1,0,,a,0,1,0
        1,2,,a,1,0,1
        1,4,,a,2,0,2
        1,4,,b,0,0,
        1,6,,a,2,0,2
        1,8,,a,2,0,2
        1,10,,a,2,0,2
        1,10,,b,0,0,

        """)
  }

  @Test func `a namespace that was retired between two steps has a last row of zeros`() {
    let log = "option namespace-clean-delay 1\n0 open 1 a\n5 close 1\n9 open 2 b\n20 end"
    #expect(
      rows(log, every: .seconds(10)) == """
        1,0,,a,1,0,1
        1,10,,a,0,0,
        1,10,,b,1,0,1
        1,20,,b,1,0,1

        """)
  }

  @Test func `a span has rows for the audiences at its beginning and at its end`() throws {
    #expect(
      rows(Self.log, of: try span("2.5", "3.75")) == """
        1,2.5,,a,1,0,1
        1,3,,a,1,1,1
        1,3.5,,b,0,1,0
        1,3.75,,a,1,1,1
        1,3.75,,b,0,1,0

        """)
    #expect(
      rows(Self.log, of: try span("5", nil), every: .seconds(3)) == """
        1,5,,a,2,0,2
        1,6,,a,2,0,2
        1,9,,a,2,0,2
        1,10,,a,2,0,2
        1,10,,b,0,0,

        """)
  }

  @Test func `a span within a quiet time has the audience of that time`() throws {
    let log = "option max-conn-duration 0\n0 open 1 a\n1000000 close 1\n1000001 end"
    #expect(
      rows(log, of: try span("500000", "500010")) == """
        1,500000,,a,1,0,1
        1,500010,,a,1,0,1

        """)
  }

  @Test func `a span that no section reaches has no rows`() throws {
    #expect(rows(Self.log, of: try span("11", nil)) == "")
    #expect(rows(Self.log, of: try span("2:1", nil)) == "")
    #expect(rows(Self.log, of: try span("1:9", "1:10")).hasPrefix("1,9,,a,2,0,2\n"))
    // The log has no wall clock.
    #expect(rows(Self.log, of: try span("2026-06-01T18:00:00Z", nil)) == "")
  }

  @Test(arguments: [
    ("football", "football"), ("foot,ball", "\"foot,ball\""), ("a\"b", "\"a\"\"b\""),
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
    ("\rx", "\"'\rx\""), ("'=1", "''=1"), ("=A1,B1", "\"'=A1,B1\""), ("a=1", "a=1"), ("", ""),
  ])
  func `a name is a field that a spreadsheet takes for text`(name: String, field: String) {
    #expect(String(decoding: AudienceSeries.field(Array(name.utf8)), as: UTF8.self) == field)
  }

  @Test func `no two names have the same field`() {
    let parts = ["", "=", "'", "\"", ",", "-", "a"]
    let names = parts.flatMap { one in parts.flatMap { two in parts.map { one + two + $0 } } }
    let fields = Set(names.map { AudienceSeries.field(Array($0.utf8)) })
    #expect(fields.count == Set(names).count)
  }
}
