// Bodies: their content, their end, and malformed ones.

import MeterModel
import Testing

@Suite struct `A body` {
  /// The content of a body, its number of bytes, and its end.
  struct Outcome: Equatable {
    var content = ""
    var consumed = 0
    var last = BodyProgress.incomplete
  }

  /// Decodes a body that arrives in pieces of `size` bytes.
  private func decode(_ body: RequestBody, _ text: String, by size: Int = .max) -> Outcome {
    let request = HTTP.bytes(text)
    var decoder = BodyDecoder(body)
    var outcome = Outcome()
    var content: [UInt8] = []
    var start = 0
    repeat {
      let piece = Array(request[start..<start + min(size, request.count - start)])
      var position = 0
      repeat {
        outcome.last = decoder.decode(piece.span, from: &position)
        if case .content(let range) = outcome.last { content += piece[range] }
      } while outcome.last.isContent
      outcome.consumed = start + position
      start += piece.count
    } while start < request.count && outcome.last == .incomplete
    outcome.content = String(decoding: content, as: UTF8.self)
    return outcome
  }

  @Test func `without content ends at once`() {
    #expect(decode(.none, "GET") == Outcome(content: "", consumed: 0, last: .complete))
    #expect(decode(.length(0), "GET") == Outcome(content: "", consumed: 0, last: .complete))
  }

  @Test func `of a known length ends after it`() {
    #expect(decode(.length(3), "ab") == Outcome(content: "ab", consumed: 2, last: .incomplete))
    #expect(decode(.length(3), "abc") == Outcome(content: "abc", consumed: 3, last: .complete))
    #expect(decode(.length(3), "abcG") == Outcome(content: "abc", consumed: 3, last: .complete))
    #expect(decode(.length(.max), "abc") == Outcome(content: "abc", consumed: 3))
  }

  @Test(arguments: [
    ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"), ("000\r\n\r\n", ""),
    ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
    ("0000000000000002\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ("1;a\r\nx\r\n0;b=c\r\n\r\n", "x"), ("1 ; a = b ;c\r\nx\r\n0\r\n\r\n", "x"),
    ("1;a=\"b;\\\"c\\\\\r\"\r\n", "?"), ("1\t;a=\"\"\r\nx\r\n0\r\n\r\n", "x"),
    ("1;a=\"b;\\\"c\\\\ \t\";d\r\nx\r\n0\r\n\r\n", "x"),
    ("1\r\nx\r\n0\r\nVary: *\r\nContent-Length: 7\r\nX:\r\n\r\n", "x"),
  ])
  func `in chunks ends with the last and its trailers`(text: String, content: String) {
    let whole = decode(.chunked, text + "GET")
    if content == "?" {
      #expect(whole.last == .failed)
    } else {
      #expect(whole == Outcome(content: content, consumed: text.utf8.count, last: .complete))
    }
    for size in 1...text.utf8.count { #expect(decode(.chunked, text + "GET", by: size) == whole) }
    if content == "?" { return }
    for end in 0..<text.utf8.count {
      #expect(
        decode(.chunked, String(decoding: text.utf8.prefix(end), as: UTF8.self)).last
          == .incomplete)
    }
  }

  @Test(arguments: [
    "\r\n", "g\r\n", "-1\r\n", "+1\r\n", " 1\r\n", "0x1\r\n", "1 \r\n", "1\n", "1\r\r\n", "1\rx",
    "1 2\r\n",
    "1;\r\n", "1;=b\r\n", "1;a=\r\n", "1;a b\r\n", "1;a=b c\r\n", "1;a=\"b\r\n", "1;a=\"b\"c\r\n",
    "1;a;\r\n",
    "1;a \r\n", "1;a=b \r\n", "1;a=\"b\" \r\n", "1;a\u{0B}\r\n", "1;a=\"\u{1}\"\r\n", "1;a\n",
    "1;a=\"\\\r\n",
    "1\r\nxy", "1\r\nx\n", "1\r\nx\rx", "1\r\nx0", "00000000000000000\r\n", "10000000000000000\r\n",
    "0\r\n \r\n", "0\r\nA : b\r\n", "0\r\n:\r\n", "0\r\nA\r\n", "0\r\nA: b\n",
    "0\r\nA: b\r\n c\r\n",
    "0\r\nA: \u{1}\r\n", "0\r\n\n", "0\r\n\rx", "0\n", ";a\r\n", "1,1\r\n",
  ])
  func `in malformed chunks fails at the same byte in pieces of any size`(text: String) {
    let whole = decode(.chunked, text)
    #expect(whole.last == .failed)
    for size in 1...text.utf8.count { #expect(decode(.chunked, text, by: size) == whole) }
  }

  @Test func `stays failed`() {
    var decoder = BodyDecoder(.chunked)
    var position = 0
    #expect(decoder.decode(HTTP.bytes("x").span, from: &position) == .failed)
    #expect(decoder.decode(HTTP.bytes("0\r\n\r\n").span, from: &position) == .failed)
  }

  @Test func `has at most 8,192 bytes of extensions and trailers`() {
    func body(_ count: Int) -> String { "1;" + String(repeating: "a", count: count) + "\r\n" }
    #expect(decode(.chunked, body(8191)).last == .incomplete)
    #expect(decode(.chunked, body(8192)).last == .incomplete)
    #expect(decode(.chunked, body(8193)).last == .failed)
    let chunk = "1;aaaa\r\nx\r\n"
    #expect(decode(.chunked, String(repeating: chunk, count: 2048)).last == .incomplete)
    #expect(decode(.chunked, String(repeating: chunk, count: 2049)).last == .failed)
    func trailer(_ count: Int) -> String { "0\r\nA:" + String(repeating: "b", count: count - 2) }
    #expect(decode(.chunked, trailer(8192)).last == .incomplete)
    #expect(decode(.chunked, trailer(8193)).last == .failed)
  }

  @Test func `with the largest chunk size takes content`() {
    #expect(decode(.chunked, "FFFFFFFFFFFFFFFF\r\nabc").content == "abc")
  }
}

@Suite struct `Pipelined requests` {
  /// The targets of all requests in the bytes, each body skipped; nil if one fails.
  private func targets(_ text: String) throws -> [String] {
    var rest = HTTP.bytes(text)
    var targets: [String] = []
    while !rest.isEmpty {
      let head = try HTTP.head(rest)
      targets.append(String(decoding: rest[head.target.bounds], as: UTF8.self))
      rest.removeFirst(head.length)
      var decoder = BodyDecoder(head.body)
      var position = 0
      var progress = decoder.decode(rest.span, from: &position)
      while progress.isContent { progress = decoder.decode(rest.span, from: &position) }
      guard progress == .complete else { throw HTTP.Incomplete() }
      rest.removeFirst(position)
    }
    return targets
  }

  @Test func `are separated, whatever their bodies contain`() throws {
    let chunked = HTTP.request("POST", "/chunked", ["Transfer-Encoding: chunked"])
    let counted = HTTP.request(
      "POST", "/counted", ["Content-Length: \(HTTP.get("/evil").utf8.count)"])
    let text =
      HTTP.get("/first") + counted + HTTP.get("/evil") + chunked
      + "2;x\r\nab\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n" + "\r\n" + HTTP.get("/last")
    #expect(try targets(text) == ["/first", "/counted", "/chunked", "/last"])
  }
}

extension BodyProgress {
  var isContent: Bool {
    if case .content = self { true } else { false }
  }
}
