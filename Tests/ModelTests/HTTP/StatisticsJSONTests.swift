// The JSON of the statistics, byte for byte and as Foundation reads it.

import Foundation
import MeterModel
import Testing

@Suite struct `The statistics` {
  private func json(_ names: [String]) -> String {
    var output = JSONWriter()
    output.beginObject()
    for name in names {
      output.name(HTTP.bytes(name).span)
      output.statistics(statistics) { 1_795_350_754 + $0.nanoseconds / 1_000_000_000 }
    }
    output.endObject()
    return output.text
  }

  private let statistics = NamespaceStatistics(
    created: .start, members: 1, connections: 2, modified: nil, peak: 2,
    peakAt: .start + .seconds(3), memberSeconds: 40)

  private let member =
    "{\"created\":1795350754,\"members\":1,\"connections\":2,\"modified\":0,\"peak\":2,"
    + "\"peak_at\":1795350757,\"member_seconds\":40}"

  @Test func `are an object with a member for each namespace`() {
    #expect(json([]) == "{}")
    #expect(json(["ns"]) == "{\"ns\":\(member)}")
    #expect(json(["b", "a"]) == "{\"b\":\(member),\"a\":\(member)}")
  }

  @Test func `escape names`() throws {
    #expect(json(["a\"b\\c"]) == "{\"a\\\"b\\\\c\":\(member)}")
    let visible = String(decoding: (0x21...0x7E).map { UInt8($0) }, as: UTF8.self)
    let object = try JSONSerialization.jsonObject(with: Data(json([visible]).utf8))
    #expect((object as? [String: Any])?.keys.first == visible)
  }

  @Test func `have strings of any bytes that Foundation reads back`() throws {
    let text = String(decoding: (0x00...0x7F).map { UInt8($0) }, as: UTF8.self) + "é€😀"
    var output: ContiguousArray<UInt8> = []
    JSONString.append(HTTP.bytes(text).span, into: &output)
    let value = try JSONSerialization.jsonObject(with: Data(output), options: .fragmentsAllowed)
    #expect(value as? String == text)
  }

  @Test func `have no byte that is not UTF-8`() throws {
    let bytes: [UInt8] = [0x61, 0xFF, 0xC3, 0x22, 0xE2, 0x82, 0x5C, 0xF0, 0x9F]
    var output: ContiguousArray<UInt8> = []
    JSONString.append(bytes.span, into: &output)
    let value = try JSONSerialization.jsonObject(with: Data(output), options: .fragmentsAllowed)
    #expect(value as? String == String(decoding: bytes, as: UTF8.self))
  }
}

@Suite struct `Text in HTML` {
  @Test func `has no markup`() {
    var output: ContiguousArray<UInt8> = []
    HTMLText.append(HTTP.bytes("<a href=\"x\" title='&amp;'>$&é").span, into: &output)
    #expect(
      String(decoding: output, as: UTF8.self)
        == "&lt;a href=&quot;x&quot; title=&#39;&amp;amp;&#39;&gt;$&amp;é")
  }
}
