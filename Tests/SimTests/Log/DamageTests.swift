// Logs that were cut or changed: everything before the damage is delivered as it was, and nothing
// after it.

import MeterModel
import Testing

struct DamageTests {
  private static let log = {
    var log = RandomLog(seed: 3, profile: .nonsense)
    log.steps.removeLast(log.steps.count - 20)
    return log
  }()
  private static let whole = Capture(log, recordsInBlock: 4).file

  @Test func `a log that is cut anywhere is torn, and right before the cut`() {
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
        let last = damaged.last ?? ""
        #expect(last.hasPrefix("damage"), "bit \(bit) of byte \(place): \(last)")
        // Another first byte begins a log in text.
        if place == 0 { continue }
        #expect(damaged.dropLast().elementsEqual(all.prefix(damaged.count - 1)))
      }
    }
  }

  @Test func `a log with a block removed or two exchanged is damaged`() {
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

  @Test func `a header in the text of a message begins no section`() {
    var capture = Capture(
      LogSection(configuration: Configuration()), recordsInBlock: .max)
    let namespace = NamespaceID(0)
    capture.encoder.name(namespace, "a".utf8.span)
    let text = Self.blocks[0]
    capture.encoder.append(MessageID(1), to: namespace, text: text.span, at: .start)
    capture.end(at: .start)
    let bytes = capture.file
    #expect(transcript(of: bytes).last?.hasPrefix("end") == true)
    #expect(transcript(of: Array(bytes.dropLast(40))).last?.hasPrefix("torn") == true)
    #expect(transcript(of: Array(bytes.dropLast(40))).filter { $0.hasPrefix("section") }.count == 1)
  }

  @Test func `zeros after a block or within its payload are a torn tail`() {
    let zeros = [UInt8](repeating: 0, count: 5000)
    var start = Self.blocks[0].count
    for block in Self.blocks.dropFirst() {
      for length in [0] + Array(8...block.count - 8) {
        let bytes = Array(Self.whole.prefix(start + length)) + zeros
        let last = transcript(of: bytes, pieces: 1000).last ?? ""
        #expect(last.hasPrefix("torn"), "\(start) + \(length): \(last)")
        let other = transcript(of: bytes + [1], pieces: 1000).last ?? ""
        #expect(other.hasPrefix("damage"), "\(start) + \(length): \(other)")
      }
      start += block.count
    }
  }

  @Test func `all sections of a file are read`() {
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

  /// The blocks of the log. The first is magic and header.
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
