import MeterModel
import Testing

struct DeviationTests {
  private func recording(_ log: String) -> AudienceRecording {
    var recording = AudienceRecording(of: LogSpan())
    RecordedLog.play(Array(log.utf8), nil, detail: .changes) { recording.note($0, of: $1) }
    recording.finish()
    return recording
  }

  @Test func `the deviation lasts from a change to its notification`() {
    let recording = recording("0 open 1 a\n1 open 2 a\n4 end")
    // A second with 1 viewer who sees 1. A second with 2, who see 1 and 2. Two seconds with 2 who
    // see 2.
    #expect(recording.fromAudience == recording.fromMembers)
    #expect(recording.fromAudience.worst == 1)
    #expect(recording.fromAudience.meanInThousandths == 1000 / 7)
    #expect(recording.fromAudience.median == 0 && recording.fromAudience.percentile99 == 1)
    #expect(recording.fromAudience.beyondRatioInBasisPoints == 10_000 / 7)
  }

  @Test func `viewers who are not counted yet see too little`() {
    let viewers = (1...10).map { "0 open \($0) a" }.joined(separator: "\n")
    let recording = recording("option increment-delay 60\n\(viewers)\n60 end")
    // Ten viewers each see 1 for a minute. There are ten, and nobody is counted.
    #expect(recording.fromAudience.meanInThousandths == 9000)
    #expect(recording.fromAudience.median == 9 && recording.fromAudience.worst == 9)
    #expect(recording.fromAudience.meanInBasisPoints == 9000)
    #expect(recording.fromAudience.beyondRatioInBasisPoints == 10_000)
    #expect(recording.fromMembers.meanInThousandths == 1000)
    #expect(recording.fromMembers.meanInBasisPoints == 0)
  }

  @Test func `a deviation within the ratio of the number shown is not beyond it`() {
    let crowd = (1...100).map { "0 open \($0) a" }.joined(separator: "\n")
    let recording = recording("\(crowd)\n10 close 1\n20 end")
    // Until 2 s each sees its own greeting, of which those from 91 on are within the ratio. Then
    // all see 100, and from 10 s on there are 99.
    #expect(recording.fromAudience.worst == 99)
    let (beyond, all) = (UInt64(90 * 2), UInt64(100 * 10 + 99 * 10))
    #expect(recording.fromAudience.beyondRatioInBasisPoints == beyond * 10_000 / all)
  }

  @Test func `an audience of other nodes counts as far as it is counted there`() {
    let recording = recording("option increment-delay 9\n0 open 1 a\n0 peer b a 5 5\n4 end")
    // For 2 s the viewer sees 1, and then 5.
    #expect(recording.fromAudience.meanInThousandths == 3000)
    #expect(recording.fromMembers.meanInThousandths == 2000)
  }

  @Test(arguments: ["", "0 end", "0 open 1 a\n0 close 1\n9 end", "0 peer b a 7 7\n60 end"])
  func `a difference that nobody sees for any time is no deviation`(log: String) {
    #expect(recording(log).fromAudience == Deviation())
    #expect(recording(log).fromMembers.meanInBasisPoints == 0)
  }

  @Test func `sums of the largest numbers saturate`() {
    let most = Configuration.maximumCount
    let viewers = (0..<100).map { "0 open \($0) a" }.joined(separator: "\n")
    let recording = recording(
      """
      option notify-min-delay 2000000000
      option notify-max-delay 2000000000
      option cluster-node-timeout 2000000000
      option max-conn-duration 0
      \(viewers)
      0 peer b a \(most) 0
      1999999999 end
      """)
    #expect(recording.fromAudience.worst == most - 1)
    #expect(recording.fromAudience.meanInBasisPoints > 9000)
  }
}
