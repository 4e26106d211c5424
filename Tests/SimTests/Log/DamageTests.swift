// Logs that were cut, changed or made up: nothing crashes, what is whole is still replayed, and nothing wrong is
// taken for right.

import MeterModel
import Testing

struct DamageTests {
  private static let log = {
    var log = RandomLog(seed: 3, profile: .nonsense)
    log.steps.removeLast(log.steps.count - 20)
    return log
  }()
  private static let whole = Capture(log, recordsInBlock: 4).file

  @Test func `a log that is cut anywhere is torn, and whole before the cut`() {
    let all = transcript(of: Self.whole)
    for length in 0..<Self.whole.count {
      let cut = transcript(of: Array(Self.whole.prefix(length)))
      guard let last = cut.last, length > 0 else { continue }
      #expect(last.hasPrefix("torn"), "cut at \(length): \(last)")
      #expect(cut.dropLast().elementsEqual(all.prefix(cut.count - 1)), "cut at \(length)")
    }
  }

  @Test func `a log with any one bit changed is damaged, and right before the damage`() {
    let all = transcript(of: Self.whole)
    for place in Self.whole.indices {
      for bit in 0..<8 {
        var bytes = Self.whole
        bytes[place] ^= 1 << UInt8(bit)
        let damaged = transcript(of: bytes)
        let isText = place == 0
        let last = damaged.last ?? ""
        #expect(last.hasPrefix("damage"), "bit \(bit) of byte \(place): \(last)")
        if isText { continue }
        #expect(damaged.dropLast().elementsEqual(all.prefix(damaged.count - 1)))
      }
    }
  }

  @Test func `blocks that are lost or exchanged are noticed`() {
    let blocks = Self.blocks
    #expect(blocks.count > 6)
    for index in 1..<blocks.count - 1 {
      var lost = blocks
      lost.remove(at: index)
      #expect(transcript(of: Array(lost.joined())).last?.hasPrefix("damage") == true)
      guard index + 2 < blocks.count else { continue }
      var exchanged = blocks
      exchanged.swapAt(index, index + 1)
      #expect(transcript(of: Array(exchanged.joined())).last?.hasPrefix("damage") == true)
    }
  }

  @Test func `a section after a torn one is found, wherever that was cut`() {
    for length in 1..<Self.whole.count {
      let cut = Array(Self.whole.prefix(length))
      let bytes = cut + Capture(Self.log, recordsInBlock: 4, offset: UInt64(length)).file
      let lines = transcript(of: bytes, pieces: 1 + length % 50)
      let second = transcript(of: Capture(Self.log, recordsInBlock: 4, offset: UInt64(length)).file)
      #expect(lines.suffix(second.count) == second[...], "cut at \(length)")
      #expect(lines.filter { $0.hasPrefix("torn") }.count == 1)
    }
  }

  @Test func `what looks like a section within a block is none`() {
    // A message may hold anything, the beginning of a log too.
    var capture = Capture(
      LogSection(configuration: Configuration()), recordsInBlock: .max)
    let header = Capture(Self.log, recordsInBlock: 4).file.prefix(100)
    let namespace = NamespaceID(0)
    capture.encoder.name(namespace, "a".utf8.span)
    let text = Array(header)
    capture.encoder.append(MessageID(1), to: namespace, text: text.span, at: .start)
    capture.end(at: .start)
    let bytes = capture.file
    #expect(transcript(of: bytes).last?.hasPrefix("end") == true)
    #expect(transcript(of: Array(bytes.dropLast(40))).last?.hasPrefix("torn") == true)
    #expect(transcript(of: Array(bytes.dropLast(40))).filter { $0.hasPrefix("section") }.count == 1)
  }

  @Test func `zeros at the end are a torn tail, in a block or after it`() {
    for length in stride(from: Self.headerLength, to: Self.whole.count, by: 7) {
      let bytes = Array(Self.whole.prefix(length)) + [UInt8](repeating: 0, count: 70_000)
      let last = transcript(of: bytes, pieces: 1000).last ?? ""
      #expect(last.hasPrefix("torn") || last.hasPrefix("damage"), "\(length): \(last)")
    }
    let cut = Array(Self.blocks.dropLast().joined()) + [UInt8](repeating: 0, count: 5000)
    #expect(transcript(of: cut).last?.hasPrefix("torn") == true)
    #expect(transcript(of: cut + [1]).last?.hasPrefix("damage") == true)
  }

  @Test func `sections one after the other are all read`() {
    var bytes: [UInt8] = []
    var expected: [String] = []
    for seed in UInt64(0)..<5 {
      let log = RandomLog(seed: seed, profile: .churn)
      let section = Capture(log, recordsInBlock: 9, offset: UInt64(bytes.count)).file
      bytes += section
      expected += transcript(of: section)
    }
    #expect(transcript(of: bytes, pieces: 33) == expected)
  }

  private static let headerLength = blocks[0].count

  /// The log's blocks; the first is magic and header.
  private static var blocks: [[UInt8]] {
    var blocks: [[UInt8]] = []
    var start = 0
    var next = 8
    while next < whole.count {
      let length = Int(whole[next + 1]) | Int(whole[next + 2]) << 8 | Int(whole[next + 3]) << 16
      next += 16 + length
      blocks.append(Array(whole[start..<next]))
      start = next
    }
    return blocks
  }
}
