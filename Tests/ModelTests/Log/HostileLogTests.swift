// Logs whose checksums are right and whose contents make no sense.

import MeterModel
import Testing

struct HostileLogTests {
  private static let name: [UInt8] = [7, 0, 1, 0x61]
  private static let checkpoint = [UInt8](repeating: 0, count: 8)

  @Test(arguments: [
    ([0x00], "a record is of no kind that is known"),
    ([0x0B], "a record is of no kind that is known"),
    ([0x22, 0], "a record is of no kind that is known"),
    ([0x01, 0], "a name was never given"),
    ([0x03, 0], "a name was never given"),
    ([0x06, 0], "a name was never given"),
    ([7, 1, 1, 0x61], "a number was skipped"),
    ([7, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 0x61], "a number was skipped"),
    ([7, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 1, 0x61], "a number has more than 32 bits"),
    ([7, 0, 0], "a name is not 1 to 255 (a viewer id 128) visible ASCII bytes"),
    ([7, 0, 1, 0x20], "a name is not 1 to 255 (a viewer id 128) visible ASCII bytes"),
    ([8, 0, 1, 0xC3], "a name is not 1 to 255 (a viewer id 128) visible ASCII bytes"),
    ([7, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x61], "the bytes end"),
    ([0x02, 1], "a connection closes that is not open"),
    ([0x02, 0x80, 0x80, 0x80, 0x80, 0x01], "a connection closes that is not open"),
    (Self.name + [0x81, 0, 0], "a connection opens again that is not open"),
    (Self.name + [0x01, 1], "a name was never given"),
    (Self.name + [0x11] + [UInt8](repeating: 0x80, count: 8) + [0x41, 0], "a time is too late"),
    (Self.name + [0x11] + [UInt8](repeating: 0xFF, count: 9) + [0x02, 0], "a number has more"),
    (Self.name + [0x04, 0, 0x81, 0x80, 0x04], "the bytes end"),
    ([0x0A, 0, 0, 0], "the bytes end"),
    ([0x0A] + Self.checkpoint + [0x0A] + Self.checkpoint, "something follows the checkpoint"),
    ([], "the bytes end"),
  ])
  func `a record that makes no sense is damage`(payload: [UInt8], reason: String) {
    var log = HandmadeLog()
    log.add(2, payload)
    let damage = lastItem(of: log.bytes)
    #expect(damage.contains(reason), "\(damage)")
  }

  @Test func `a text has at most 65536 bytes`() {
    for (length, isRead) in [(65_535, true), (65_536, true), (65_537, false)] {
      let digits = [UInt8(length & 127) | 128, UInt8(length >> 7 & 127) | 128, UInt8(length >> 14)]
      var log = HandmadeLog()
      log.add(
        2,
        Self.name + [4, 0] + digits + [UInt8](repeating: 0x78, count: length) + [0x0A]
          + Self.checkpoint)
      #expect(lastItem(of: log.bytes).contains("a text is too long") != isRead, "\(length)")
    }
  }

  @Test(
    arguments: [
      (1, [1, 1]), (7, []), (255, [1]), (4, [0, 0]), (5, [0, 0]), (3, [0]),
      (3, [0, 0, 0]), (6, [0]), (6, [UInt8](repeating: 0, count: 10)),
    ] as [(UInt8, [UInt8])])
  func `a block that cannot be there is damage`(kind: UInt8, payload: [UInt8]) {
    var log = HandmadeLog()
    log.add(2, [0x0A] + Self.checkpoint)
    log.add(kind, payload)
    #expect(lastItem(of: log.bytes).hasPrefix("damage"))
  }

  @Test func `a snapshot with any byte changed is damage or some state, and never a crash`() {
    let snapshot = Self.snapshot
    var restored = 0
    for place in snapshot.indices {
      for byte in [0, 1, 2, 0x7F, 0x80, 0xFF, snapshot[place] ^ 1] as [UInt8] {
        var changed = snapshot
        changed[place] = byte
        var log = HandmadeLog()
        log.add(5, changed)
        var replay = Replay(detail: .instants)
        replay.append(log.bytes.span)
        replay.finish()
        while let step = replay.next() { if case .restored = step { restored += 1 } }
        replay.meter.audit()
      }
    }
    #expect(restored > 0)
  }

  @Test func `a snapshot that is cut is damage`() {
    for length in 0..<Self.snapshot.count {
      var log = HandmadeLog()
      log.add(5, Array(Self.snapshot.prefix(length)))
      #expect(lastItem(of: log.bytes).hasPrefix("damage"), "\(length)")
    }
  }

  /// The payload of a snapshot with something of everything.
  private static let snapshot: [UInt8] = {
    var meter = Meter(configuration: Configuration())
    var effects = EffectBuffer()
    let (a, b) = (NamespaceID(0), NamespaceID(1))
    let events: [Event] = [
      .opened(ConnectionID(0), a, viewer: ViewerID(0), after: .none),
      .opened(ConnectionID(1), a, viewer: ViewerID(0), after: .none),
      .opened(ConnectionID(2), b, viewer: .none, after: .none), .closed(ConnectionID(2)),
      .peer(NodeID(0), a, members: 3, connections: 4),
      .peer(NodeID(1), a, members: 1, connections: 4), .bye(NodeID(1)),
    ]
    for (second, event) in events.enumerated() {
      meter.apply(event, at: .start + .seconds(UInt64(second)), into: &effects)
    }
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    _ = encoder.take()
    encoder.resume(from: meter.snapshot, names: Names(), messages: 0, digest: effects.digest)
    return Array(encoder.take().dropFirst(8).dropLast(8))
  }()

  private struct Names: LogNames {
    func number(of connection: ConnectionID) -> UInt64 { 0 }
    func name(of namespace: NamespaceID) -> [UInt8] { Array("n\(namespace.number)".utf8) }
    func name(of viewer: ViewerID) -> [UInt8] { Array("v\(viewer.number)".utf8) }
    func name(of node: NodeID) -> [UInt8] { Array("p\(node.number)".utf8) }
  }

  private func lastItem(of bytes: [UInt8]) -> String {
    var reader = LogReader()
    reader.append(bytes.span)
    reader.finish()
    var last = ""
    while let item = reader.next() { last = "\(item)" }
    return last
  }
}
