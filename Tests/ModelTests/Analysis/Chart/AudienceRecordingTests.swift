import MeterModel
import Testing

struct AudienceRecordingTests {
  private static let log = """
    option decrement-delay 0
    0   open 1 a
    1   open 2 a
    2.5 open 3 b
    2.6 open 4 c
    4   open 5 a
    6   close 5
    7   close 3
    8   close 1
    9   close 2
    10  end
    """

  @Test func `the largest namespaces have curves, and all others one together`() {
    let log = RecordedLog(Self.log, limit: 2)
    let recording = log.recording
    #expect(recording.namespaces.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "b"])
    #expect(recording.namespaces[0].local.text == "1 1-2 2 2 2-3 3 2-3 2 1-2 0-1")
    #expect(recording.namespaces[1].local.text == ". . 1 1 1 1 1 0-1 0 0")
    #expect(recording.rest.text == "0 0 0-1 1 1 1 1 1 1 1")
  }

  @Test func `the number shown is the mean of the screens, and absent while no one is there`() {
    let recording = RecordedLog(Self.log).recording
    #expect(recording.namespaces[0].shown.text == "1 1-2 2 2 2-3 3 2-3 2 1-2 1")
    #expect(recording.namespaces[1].shown.text == ". . 1 1 1 1 1 1 . .")
  }

  @Test func `frames are the open connections of each notification`() {
    // Of a: 2 at 2 s (2 open), 3 at 4 s (3), 2 at 6 s (2), 1 at 8 s (1).
    #expect(RecordedLog(Self.log).recording.figures.frames == 8)
  }

  @Test func `other settings send other counts of the same audience`() {
    let own = RecordedLog(Self.log).recording
    let other = RecordedLog(Self.log) { $0.notifyMinDelay = .seconds(7) }.recording
    #expect(other.namespaces[0].members.text == own.namespaces[0].members.text)
    #expect(other.namespaces[0].shown.text == "1 1-2 2 2 2 2 2 2 2 2")
    #expect(other.figures.frames < own.figures.frames)
    #expect(other.fromAudience.meanInThousandths > own.fromAudience.meanInThousandths)
  }

  @Test func `counts of other nodes are members, but not local`() {
    let recording = RecordedLog(
      """
      0  open 1 a
      2  peer b a 5 5
      10 end
      """
    ).recording
    #expect(recording.namespaces[0].local.text == "1 1 1 1 1 1 1 1 1 1")
    #expect(recording.namespaces[0].members.text == "1 1 1-6 6 6 6 6 1-6 1 1")
    #expect(recording.namespaces[0].shown.text == "1 1 1-6 6 6 6 6 1-6 1 1")
  }

  @Test func `a namespace that is retired and created again is one curve`() {
    let recording = RecordedLog(
      """
      option namespace-clean-delay 1
      0  open 1 a
      1  close 1
      3  open 2 b
      6  open 3 a
      7  open 4 a
      10 end
      """
    ).recording
    #expect(recording.namespaces.map(\.peak) == [2, 1])
    #expect(recording.namespaces[0].local.text == "1 0-1 0 . . . 1 1-2 2 2")
  }

  @Test func `the census finds the largest of many namespaces`() {
    let lines = (0..<500).map { "\($0) open \($0) n\($0)\n\($0).5 close \($0)" }
    let log = "600 open 1 n7\n600 open 2 n7\n601 open 3 n9\n700 end"
    let census = RecordedLog(lines.joined(separator: "\n") + "\n" + log, limit: 3).census
    #expect(census.largest.count == 3)
    #expect(census.largest[0] == NamespacePeak(name: Array("n7".utf8), members: 2))
  }
}
