// The binary form of the log: decoding what was encoded loses nothing.

import MeterModel
import Testing

struct BinaryLogTests {
  @Test(arguments: SeedRange.few)
  func `what is encoded is decoded, in pieces of any size`(range: SeedRange) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let file = Capture(log, recordsInBlock: 10).file
      let whole = transcript(of: file)
      #expect(transcript(of: file, pieces: 1 + Int(seed % 40)) == whole)
      let events = whole.filter { $0.hasSuffix("\n") }.map(withoutConnections)
      let expected = log.steps.map { withoutConnections(line($0.textEvent, at: $0.instant)) }
      #expect(events == expected, "\(range.profile) \(seed)")
    }
  }

  private func line(_ event: TextEvent, at instant: Instant) -> String {
    var writer = LogTextWriter()
    writer.write(event, at: instant)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// A line without numbers of connections, which the binary form does not keep.
  private func withoutConnections(_ line: String) -> String {
    var words = line.split(separator: " ", omittingEmptySubsequences: false)
    words.removeAll { $0.hasPrefix("after=") }
    let hasConnection = ["open", "close", "cut", "arrived", "moved"]
    if hasConnection.contains(words[1].filter { $0 != "\n" }) { words.remove(at: 2) }
    return words.joined(separator: " ").filter { $0 != "\n" }
  }
}
