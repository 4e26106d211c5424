// The encoder: the sizes of records, whole and lost blocks, and names that are freed.

import MeterModel
import Testing

struct LogEncoderTests {
  private let football = NamespaceID(0)

  @Test func `an open and a close take twelve bytes with a million connections`() {
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    encoder.name(football, "football".utf8.span)
    func advance(_ connection: UInt32) -> Instant {
      Instant(nanoseconds: UInt64(connection) * 10_000)
    }
    for connection in UInt32(0)..<1_000_000 {
      encoder.append(open(connection), at: advance(connection))
      if encoder.isFull {
        encoder.endBlock(at: advance(connection), digest: Digest())
        _ = encoder.take()
      }
    }
    let now = advance(1_000_000)
    encoder.endBlock(at: now, digest: Digest())
    _ = encoder.take()
    encoder.append(.closed(ConnectionID(999_999)), at: now + .milliseconds(1))
    encoder.append(open(999_999), at: now + .milliseconds(2))
    encoder.endBlock(at: now + .milliseconds(2), digest: Digest())
    // Head, close and open with three bytes for each time, checkpoint, checksum.
    #expect(encoder.take().count == 8 + 7 + 5 + 9 + 8)
  }

  @Test func `whole blocks are taken, and the open block remains`() {
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    #expect(encoder.finishedBytes > 0 && encoder.openSince == nil && !encoder.isFull)
    var file = encoder.take()
    encoder.name(football, "football".utf8.span)
    encoder.append(open(1), at: .start + .seconds(3))
    #expect(encoder.openSince == .start)
    #expect(encoder.take().isEmpty)
    encoder.endBlock(at: .start + .seconds(4), digest: Digest())
    #expect(encoder.openSince == nil)
    encoder.append(open(2), at: .start + .seconds(5))
    #expect(encoder.openSince == .start + .seconds(5))
    file += encoder.take()
    encoder.end(at: .start + .seconds(6), digest: Digest())
    file += encoder.take()
    #expect(instants(of: file) == [3, 5].map { .start + .seconds($0) })
  }

  @Test func `a block is full at its target length`() {
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    encoder.name(football, "football".utf8.span)
    encoder.endBlock(at: .start, digest: Digest())
    let text = [UInt8](repeating: 0x78, count: LogFormat.targetBlockLength - 8 - 6)
    encoder.append(MessageID(1), to: football, text: text.span, at: .start)
    #expect(!encoder.isFull)
    encoder.append(MessageID(2), to: football, text: "".utf8.span, at: .start)
    #expect(encoder.isFull)
  }

  @Test func `records that are lost are counted, and none is written before a snapshot`() {
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    encoder.name(football, "football".utf8.span)
    encoder.append(open(1), at: .start + .seconds(1))
    encoder.endBlock(at: .start + .seconds(1), digest: Digest())
    encoder.append(open(2), at: .start + .seconds(2))
    encoder.discardBlock(at: .start + .seconds(3))
    encoder.append(open(3), at: .start + .seconds(3))
    encoder.append(.closed(ConnectionID(3)), at: .start + .seconds(4))
    #expect(encoder.lost == 3 && encoder.lostSince == .start + .seconds(2))
    encoder.end(at: .start + .seconds(5), digest: Digest())
    let file = encoder.take()
    var reader = LogReader()
    reader.append(file.span)
    reader.finish()
    var items: [String] = []
    while let item = reader.next() {
      switch item {
      case .gap(let gap):
        #expect(gap.records == 3 && gap.since == .start + .seconds(2))
        items.append("gap")
      case .end(let instant, let digest):
        #expect(instant == .start + .seconds(5) && digest == nil)
        items.append("end")
      case .records: items.append("\(reader.records.count) records")
      case .section, .checkpoint, .snapshot, .torn, .damage: break
      }
    }
    #expect(items == ["1 records", "gap", "end"])
  }

  @Test func `a namespace that outlives its binding is not mistaken for another`() {
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    // "a" is retired after a minute, and its id and that of its connection are used for others.
    for (minute, name) in ["a", "b", "a"].enumerated() {
      let instant = Instant.start + .seconds(UInt64(minute) * 120)
      encoder.name(football, Array(name.utf8).span)
      encoder.append(open(0), at: instant)
      encoder.append(.closed(ConnectionID(0)), at: instant + .seconds(1))
      encoder.forget(football)
    }
    encoder.end(at: .start + .seconds(600), digest: Digest())
    let file = encoder.take()
    var replay = Replay(detail: .records) { $0.namespaceCleanDelay = .seconds(3600) }
    #expect(greetings(&replay, file) == ["a", "b", "a"])
    #expect(replay.figures.namespaces == 2)
    #expect(replay.figures.verified == nil)
    var plain = Replay(detail: .records)
    #expect(greetings(&plain, file) == ["a", "b", "a"])
    #expect(plain.figures.namespaces == 3)
  }

  private func greetings(
    _ replay: inout Replay, _ file: ContiguousArray<UInt8>
  ) -> [String] {
    var names: [String] = []
    replay.append(file.span)
    replay.finish()
    while replay.next() != nil {
      for effect in replay.effects {
        guard case .greet(_, _, let namespace, _) = effect.action else { continue }
        names.append(String(decoding: replay.reader.name(of: namespace), as: UTF8.self))
      }
    }
    return names
  }

  private func open(_ connection: UInt32) -> Event {
    .opened(ConnectionID(connection), football, viewer: .none, after: .none, as: .viewer)
  }

  private func instants(of file: ContiguousArray<UInt8>) -> [Instant] {
    var reader = LogReader()
    reader.append(file.span)
    reader.finish()
    var instants: [Instant] = []
    while let item = reader.next() {
      if case .records = item { instants += reader.records.map(\.instant) }
    }
    return instants
  }
}
