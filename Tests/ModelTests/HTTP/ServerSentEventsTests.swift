// Frames of event streams, parsed by the rules of the HTML Standard.

import MeterModel
import Testing

@Suite struct `A frame` {
  private func message(_ text: [UInt8]) -> String {
    var output: ContiguousArray<UInt8> = []
    ServerSentEvents.append(message: text.span, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private func message(_ text: String) -> String { message(HTTP.bytes(text)) }

  @Test(
    arguments: [
      0, 1, 9, 10, 99, 100, 12_345, 999_999, 1_000_000, 9_999_999_999_999_999_999,
      10_000_000_000_000_000_000, UInt64(Int64.max), .max,
    ] as [UInt64])
  func `of a count has its decimal digits`(count: UInt64) {
    func frame(_ framing: StreamFraming) -> String {
      var output: ContiguousArray<UInt8> = []
      ServerSentEvents.append(count: count, framing, into: &output)
      return String(decoding: output, as: UTF8.self)
    }
    let event = "data: \(count)\n\n"
    #expect(frame(.plain) == event)
    #expect(frame(.chunked) == "\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
    #expect(ContiguousArray.decimalDigits(of: count) == "\(count)".utf8.count)
  }

  @Test func `of a message for a stream of several names has the name and the text as JSON`() {
    func events(_ texts: [[UInt8]]) -> String {
      var frames: ContiguousArray<UInt8> = []
      for text in texts { ServerSentEvents.append(message: text.span, into: &frames) }
      var output: ContiguousArray<UInt8> = []
      ServerSentEvents.append(messages: frames.span, of: Array("a\"b".utf8).span, into: &output)
      return String(decoding: output, as: UTF8.self)
    }
    func event(_ text: String) -> String {
      "event: message\ndata: {\"namespace\":\"a\\\"b\",\"text\":\"\(text)\"}\n\n"
    }
    #expect(events([]) == "")
    for (text, json) in [
      ("s=x", "s=x"), ("", ""), ("data: ", "data: "),
      ("a\nb\r\n\rc\n", #"a\u000ab\u000a\u000ac\u000a"#),
      ("\n\n", #"\u000a\u000a"#), ("\"\\\u{1}ü", #"\"\\\u0001ü"#),
    ] {
      #expect(events([Array(text.utf8)]) == event(json))
      #expect(events([Array(text.utf8), [0xFF]]) == event(json) + event("\u{FFFD}"))
    }
  }

  @Test func `of an exclusion is retry: -1`() {
    for (framing, frame) in [
      (StreamFraming.plain, "retry: -1\n\n"), (.chunked, "b\r\nretry: -1\n\n\r\n"),
    ] {
      var output: ContiguousArray<UInt8> = []
      ServerSentEvents.appendExclusion(framing, into: &output)
      #expect(String(decoding: output, as: UTF8.self) == frame)
    }
  }

  @Test(arguments: [
    (1, "1"), (9, "9"), (10, "a"), (15, "f"), (16, "10"), (255, "ff"), (256, "100"),
    (4095, "fff"), (4096, "1000"), (65_535, "ffff"), (65_536, "10000"),
  ])
  func `in a chunk has its size before it, and can be taken out`(count: Int, size: String) {
    let frame = [UInt8](repeating: 0x0A, count: count)
    var chunks = ContiguousArray("before".utf8)
    StreamFraming.append(chunk: frame.span, into: &chunks)
    #expect(chunks.elementsEqual("before\(size)\r\n".utf8 + frame + "\r\n".utf8))
    #expect(chunks.count - 6 - count <= StreamFraming.maximumOverhead)
    let range = StreamFraming.frame(in: 6..<chunks.count, of: chunks.span)
    #expect(chunks[range].elementsEqual(frame))
  }

  @Test func `after which a body ends is followed by a last chunk or nothing`() {
    #expect(StreamFraming.plain.end.isEmpty)
    #expect(StreamFraming.chunked.end.elementsEqual("0\r\n\r\n".utf8))
  }

  @Test func `is a chunk to every version but HTTP 1.0`() throws {
    for (version, framing) in [
      ("1.0", StreamFraming.plain), ("1.1", .chunked), ("1.2", .chunked),
    ] {
      let head = try HTTP.head("GET /ns HTTP/\(version)\r\nHost: a\r\n\r\n")
      #expect(StreamFraming(head) == framing)
    }
  }

  @Test(arguments: [
    ("score=1-0", "data: score=1-0\n\n"), ("", "data: \n\n"), (" x ", "data:  x \n\n"),
    ("a\nb", "data: a\ndata: b\n\n"), ("a\rb", "data: a\ndata: b\n\n"),
    ("a\r\nb", "data: a\ndata: b\n\n"), ("a\n\rb", "data: a\ndata: \ndata: b\n\n"),
    ("\n", "data: \ndata: \n\n"), ("a\r", "data: a\ndata: \n\n"),
    (
      "a\n\nevent: x\nid: 1\nretry: 5",
      "data: a\ndata: \ndata: event: x\ndata: id: 1\ndata: retry: 5\n\n"
    ),
    (": comment", "data: : comment\n\n"), ("é€😀", "data: é€😀\n\n"), ("a\0b", "data: a\0b\n\n"),
  ])
  func `of a text has a field for each line`(text: String, frame: String) {
    #expect(message(text).utf8.elementsEqual(frame.utf8))
  }

  @Test(
    arguments: [
      [0xFF], [0xC3], [0xC3, 0x0A], [0xE2, 0x82], [0xE2, 0x82, 0x0A, 0x41], [0xF0, 0x9F, 0x98],
      [0x80, 0xBF],
      [0xC0, 0x8A], [0xE0, 0x80, 0x8A], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80],
      [0xF0, 0x80, 0x80, 0x8A], [0x41, 0xE2, 0x41], [0xF1, 0x80, 0x0D, 0x0A, 0x42],
      [0xE1, 0xC3, 0xA9],
    ] as [[UInt8]])
  func `replaces malformed UTF-8 as a client would`(text: [UInt8]) {
    let expected = String(decoding: text, as: UTF8.self).unicodeScalars.reduce(into: "") {
      $0.unicodeScalars.append($1)
    }
    let lines = expected.replacingLineEnds().joined(separator: "\ndata: ")
    #expect(message(text) == "data: \(lines)\n\n")
  }

  @Test func `is one event with the same text, for any text`() {
    var seed: UInt64 = 42
    let alphabet: [UInt8] = [
      0x0A, 0x0D, 0x3A, 0x20, 0x61, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xFF, 0x00,
    ]
    for _ in 0..<2000 {
      var text: [UInt8] = []
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for _ in 0..<(seed >> 60) {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text.append(alphabet[Int(seed >> 33) % alphabet.count])
      }
      let frame = message(text)
      let expected = String(decoding: text, as: UTF8.self).replacingLineEnds()
      #expect(EventReader.events(in: frame) == [expected.joined(separator: "\n")], "\(text)")
    }
  }
}

/// A reader of event streams, written from the sentences of the HTML Standard alone.
private enum EventReader {
  /// The data of each event. Any other field appears as an event of its own.
  static func events(in stream: String) -> [String] {
    var events: [String] = []
    var data: [String] = []
    for line in stream.replacingLineEnds().dropLast() {
      if line.isEmpty {
        if !data.isEmpty { events.append(data.joined(separator: "\n")) }
        data = []
        continue
      }
      let scalars = line.unicodeScalars
      let colon = scalars.firstIndex(of: ":") ?? scalars.endIndex
      let name = String(scalars[..<colon])
      var value = scalars[colon...].dropFirst()
      if value.first == " " { value = value.dropFirst() }
      if name == "data" { data.append(String(value)) } else { events.append("field \(name)") }
    }
    return events
  }
}

extension String {
  /// The lines of a text, which CR LF, CR and LF end.
  fileprivate func replacingLineEnds() -> [String] {
    var lines = [""]
    var afterReturn = false
    for scalar in unicodeScalars {
      if scalar == "\r" || scalar == "\n" && !afterReturn {
        lines.append("")
      } else if scalar != "\n" {
        lines[lines.count - 1].unicodeScalars.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    return lines
  }
}
