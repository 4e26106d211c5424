import FoundationXML
import Foundation
import MeterModel
import Testing

struct PictureTests {
  /// The parser's delegate that counts elements.
  private final class Elements: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      counts[name, default: 0] += 1
    }
  }

  /// The number of elements by their names; nil for a malformed document.
  private func elements(_ picture: [UInt8]) -> [String: Int]? {
    let elements = Elements()
    let parser = XMLParser(data: Data(picture))
    parser.delegate = elements
    return parser.parse() ? elements.counts : nil
  }

  private func picture(_ log: String, title: String = "a log") -> [UInt8] {
    let recording = RecordedLog(log, columns: ChartMeasures.columns).recording
    return AudiencePicture(title: title, notes: ["a & b"]).draw(recording)
  }

  @Test func `a picture is well-formed with any names`() throws {
    let names = ["<b>", "&amp;", "\"'", "a]]>", String(repeating: "n", count: 255), "--", "/a/b"]
    let log = names.enumerated().map { "\($0) open \($0) \($1)" }.joined(separator: "\n")
    let picture = picture(log + "\n60 end", title: "</svg>\u{1}<\u{FFFE}")
    let counts = try #require(elements(picture))
    #expect(counts["svg"] == 1 && counts["style"] == 1)
    #expect(String(decoding: picture, as: UTF8.self).contains("prefers-color-scheme:dark"))
  }

  @Test(arguments: ["", "0 end", "5 open 1 a", "0 open 1 a\n0 close 1", "0 peer b a 1 1\n9 end"])
  func `the smallest logs have pictures`(log: String) {
    #expect(elements(picture(log)) != nil, "\(String(decoding: picture(log), as: UTF8.self))")
  }

  @Test func `the picture of a long log has a bounded size`() {
    var lines: [String] = []
    for turn in 0..<20_000 {
      let name = turn % 17
      lines.append("\(turn) open \(turn) n\(name)")
      if turn > 200 { lines.append("\(turn).5 close \(turn - 1 - turn * turn % 200)") }
    }
    let picture = picture(lines.joined(separator: "\n"))
    #expect(picture.count < 400_000, "\(picture.count) bytes")
    #expect(elements(picture) != nil)
  }

  @Test func `a peak that lasts for no time is drawn`() {
    let recording = RecordedLog(
      "0 open 1 a\n50 open 2 a\n50 open 3 a\n50 close 2\n50 close 3\n100 end", columns: 900
    ).recording
    #expect(recording.namespaces[0].local.columns[450].maximum == 3)
    var writer = SVGWriter()
    let frame = CurveFrame(x: 0, y: 0, height: 300, top: 3)
    writer.curve(recording.namespaces[0].local, in: frame, style: "c")
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(text == "<path class=\"c\" d=\"M0 200H450V0V200H900\"/>\n")
  }

  @Test func `a curve that is absent in between is two areas`() {
    var curve = ChartCurve(columns: 10, length: 10)
    curve.set(1, at: 2)
    curve.set(ChartCurve.absent, at: 4)
    curve.set(2, at: 7)
    curve.finish()
    var writer = SVGWriter()
    let frame = CurveFrame(x: 100, y: 10, height: 90, top: 4)
    writer.curve(curve, in: frame, style: "c", isArea: true)
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "<path class=\"c\" d=\"M102 100V77.5H105V100ZM107 100V55H110V100Z\"/>\n")
  }

  @Test func `two settings are drawn in one picture`() throws {
    let log = "0 open 1 a\n1 open 2 a\n5 open 3 a\n9 end"
    let own = RecordedLog(log, columns: 900).recording
    let given = RecordedLog(log, columns: 900) { $0.incrementDelay = .seconds(3) }.recording
    let picture = AudiencePicture(title: "a", notes: []).draw(
      ComparedRecording(own, name: "the log's settings", note: "increment-delay 0"),
      beside: ComparedRecording(given, name: "given settings", note: "increment-delay 3"))
    let text = String(decoding: picture, as: UTF8.self)
    #expect(try #require(elements(picture))["svg"] == 1)
    for words in [
      "increment-delay 0", "increment-delay 3", "shown, the log's settings",
      "shown, given settings",
    ] {
      #expect(text.contains(">\(words)<"))
    }
  }
}
