// Files that clients keep, and their tags.

import MeterModel
import Testing

@Suite struct `A file with a tag` {
  private let encoder = ResponseEncoder(
    date: HTTPDate(unixSeconds: 784_111_777), signer: StreamSigner(run: 0, key: HashKey(1, 2)),
    viewerIDs: .off)
  private let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"

  /// The SHA-256 of `abc` begins with ba7816bf 8f01cfea (FIPS 180-4).
  private let tag = EntityTag(of: HTTP.bytes("abc").span)

  private func response(ifNoneMatch: String, method: String = "GET") throws -> String {
    var output: ContiguousArray<UInt8> = []
    encoder.append(
      .script, file: HTTP.bytes("abc").span, tag, ifNoneMatch: HTTP.bytes(ifNoneMatch).span,
      .everyOrigin, for: Exchange(try HTTP.head(HTTP.request(method, "/client/a.js"))),
      into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private let fields = """
    Access-Control-Allow-Origin: *\r
    Cross-Origin-Resource-Policy: cross-origin\r
    Vary: Origin\r
    ETag: "ba7816bf8f01cfea"\r
    Cache-Control: max-age=600\r

    """

  @Test func `is sent with the tag and the time for which it may be kept`() throws {
    let head =
      "HTTP/1.1 200 OK\r\n\(fields)"
      + "Content-Type: text/javascript; charset=utf-8\r\nContent-Length: 3\r\n\(date)"
    #expect(try response(ifNoneMatch: "") == head + "abc")
    #expect(try response(ifNoneMatch: #""ba7816bf8f01cfeb""#) == head + "abc")
    #expect(try response(ifNoneMatch: "", method: "HEAD") == head)
  }

  @Test func `is not sent to a client that has it`() throws {
    let head = "HTTP/1.1 304 Not Modified\r\n\(fields)\(date)"
    for method in ["GET", "HEAD"] {
      #expect(try response(ifNoneMatch: #""ba7816bf8f01cfea""#, method: method) == head)
    }
  }

  @Test(arguments: [
    (#""ba7816bf8f01cfea""#, true), (#"W/"ba7816bf8f01cfea""#, true), ("*", true),
    (#""a", "ba7816bf8f01cfea""#, true), (#",, W/"a",W/"ba7816bf8f01cfea" ,"#, true),
    ("", false), (",", false), ("ba7816bf8f01cfea", false), (#""ba7816bf8f01cfe""#, false),
    (#""ba7816bf8f01cfea"#, false), (#"w/"ba7816bf8f01cfea""#, false), (#""*""#, false),
    (#""BA7816BF8F01CFEA""#, false), (#"W/W/"ba7816bf8f01cfea""#, false), ("W/*", false),
  ])
  func `is known to a client that names its tag`(value: String, isNamed: Bool) {
    #expect(tag.isNamed(by: HTTP.bytes(value).span) == isNamed)
  }

  @Test func `has 16 digits in its tag`() {
    #expect(tag.text == #""ba7816bf8f01cfea""#)
    // The SHA-256 of this text begins with a zero digit.
    let text = (0...).lazy.map { HTTP.bytes("\($0)") }
      .first { EntityTag(of: $0.span).text.hasPrefix("\"0") }
    #expect(text.map { EntityTag(of: $0.span).text.utf8.count } == 18)
  }
}
