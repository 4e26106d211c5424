// Whether a section can be appended to a file, for every place where the file may be cut, and for
// damage.

import MeterModel
import Testing

struct LogContinuationTests {
  private let section = LogSection(configuration: Configuration())

  /// A log of two sections, the first of which has no end.
  private var log: ContiguousArray<UInt8> {
    var file: ContiguousArray<UInt8> = []
    for number in UInt32(0)..<2 {
      var encoder = LogEncoder(section: section, offset: UInt64(file.count))
      encoder.name(NamespaceID(0), "football".utf8.span)
      for connection in UInt32(0)..<5 {
        encoder.append(
          .opened(
            ConnectionID(connection), NamespaceID(0), viewer: .none, after: .none, as: .viewer),
          at: .start + .seconds(UInt64(connection)))
        encoder.endBlock(at: .start + .seconds(UInt64(connection)), digest: Digest())
      }
      if number == 1 { encoder.end(at: .start + .seconds(9), digest: Digest()) }
      file += encoder.take()
    }
    return file
  }

  private func verdict(
    _ file: ContiguousArray<UInt8>, pieces: Int = 100
  ) -> LogContinuation.Verdict {
    var continuation = LogContinuation()
    var start = 0
    while start < file.count {
      let end = min(file.count, start + pieces)
      continuation.append(file.span.extracting(start..<end))
      start = end
    }
    return continuation.verdict(for: section)
  }

  /// Whether a reader of a file, to which a section is appended, ends without damage after it.
  private func isReachable(_ file: ContiguousArray<UInt8>) -> Bool {
    var encoder = LogEncoder(section: section, offset: UInt64(file.count))
    encoder.end(at: .start + .seconds(77), digest: Digest())
    var reader = LogReader()
    let whole = file + encoder.take()
    reader.append(whole.span)
    reader.finish()
    var isReached = false
    while let item = reader.next() {
      switch item {
      case .end(let instant, _): isReached = instant == .start + .seconds(77)
      case .damage: return false
      case .section, .records, .checkpoint, .gap, .snapshot, .torn: break
      }
    }
    return isReached
  }

  @Test func `a log that was cut anywhere is gone on with`() {
    let log = log
    for length in 0...log.count {
      let cut = ContiguousArray(log.prefix(length))
      #expect(verdict(cut) == .continues, "\(length) bytes")
      #expect(isReachable(cut), "\(length) bytes")
    }
  }

  @Test func `a log with a changed byte is gone on with just where a reader reaches the rest`() {
    let log = log
    var damaged = 0
    for index in LogFormat.magic.count..<log.count {
      var changed = log
      changed[index] ^= 0x55
      switch verdict(changed, pieces: 4096) {
      case .continues: #expect(isReachable(changed), "byte \(index)")
      case .damaged(let reason):
        damaged += 1
        #expect(!isReachable(changed), "byte \(index)")
        #expect(reason.hasPrefix("byte "), "\(reason)")
      case .foreign: Issue.record("byte \(index)")
      }
    }
    #expect(damaged > log.count / 4)
  }

  @Test func `zeros before or after a log are damage, and anything else is no log`() {
    let zeros = ContiguousArray<UInt8>(repeating: 0, count: 300)
    for damaged in [zeros + log, log + zeros, zeros] {
      guard case .damaged = verdict(damaged) else {
        Issue.record("\(damaged.count) bytes")
        continue
      }
    }
    for text in ["0 open 1 ns\n", "\0\0open", "\u{2}"] {
      #expect(verdict(ContiguousArray(text.utf8)) == .foreign)
    }
    var other = log
    other[7] ^= 1
    #expect(verdict(other) == .foreign)
  }

  @Test func `a section that follows the beginning of a magic is gone on with`() {
    for length in 1..<LogFormat.magic.count {
      var encoder = LogEncoder(section: section, offset: UInt64(length))
      let file = ContiguousArray(LogFormat.magic.prefix(length)) + encoder.take()
      #expect(verdict(file) == .continues, "\(length) bytes")
      #expect(verdict(ContiguousArray(file.prefix(length + 3))) == .continues, "\(length) bytes")
    }
    // An image in PNG begins with the same byte.
    #expect(verdict([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) == .foreign)
  }
}
