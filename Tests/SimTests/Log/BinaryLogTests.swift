// The binary form of the log: what was encoded is decoded, and what was damaged is noticed.

import MeterModel
import Testing

struct BinaryLogTests {
  @Test(arguments: SeedRange.few)
  func `what is encoded is decoded, in pieces of any size`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let capture = Capture(log, recordsInBlock: 10)
      let whole = transcript(of: capture.file)
      #expect(transcript(of: capture.file, pieces: 1 + Int(seed % 40)) == whole)
      let events = whole.filter { $0.hasSuffix("\n") }
      #expect(events.count == log.steps.count, "\(range.profile) \(seed) \(whole.suffix(2))")
    }
  }
}
