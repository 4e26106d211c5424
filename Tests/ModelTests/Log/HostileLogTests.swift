// Logs with right checksums and invalid contents.

import MeterModel
import Testing

struct HostileLogTests {
  private static let name: [UInt8] = [7, 0, 1, 0x61]
  private static let checkpoint = [UInt8](repeating: 0, count: 8)

  @Test(arguments: [
    ([0x00], "a record is of no known kind"),
    ([0x0C], "a record is of no known kind"),
    ([0x22, 0], "a record is of no known kind"),
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
    ([0x0B, 0xFF], "a record is of no known kind"), ([0x0B], "the bytes end"),
    ([0x0B, 0x10, 0], "a name was never given"),
    ([0x0B, 0x12, 1, 1, 0x61], "a number was skipped"),
    ([0x0B, 0x12, 0, 1, 0x20], "a name is not 1 to 255 (a viewer id 128) visible ASCII bytes"),
    ([], "the bytes end"),
  ])
  func `an invalid record is damage`(payload: [UInt8], reason: String) {
    var log = HandmadeLog()
    log.add(2, payload)
    let damage = damage(of: log) ?? "none"
    #expect(damage.contains(reason), "\(damage)")
  }

  @Test(arguments: [(65_535, true), (65_536, true), (65_537, false)])
  func `a text has at most 65536 bytes`(length: Int, isRead: Bool) {
    var log = HandmadeLog()
    log.add(
      2,
      Self.name + [4, 0] + HandmadeLog.number(length) + [UInt8](repeating: 0x78, count: length)
        + [0x0A] + Self.checkpoint)
    #expect(damage(of: log) == (isRead ? nil : "a text is too long"))
  }

  @Test(
    arguments: [
      (1, [1, 1], "a block is of a kind that cannot be there"),
      (7, [], "a block is of a kind that cannot be there"),
      (255, [1], "a block is of a kind that cannot be there"),
      (4, [0, 0], "a block is of a kind that cannot be there"),
      (5, [0, 0], "a block is of a kind that cannot be there"),
      (3, [0], "the bytes end in the middle"),
      (3, [0, 0, 0], "a gap is impossible"),
      (6, [0], "the bytes end in the middle"),
      (6, [UInt8](repeating: 0, count: 10), "an end is impossible"),
    ] as [(UInt8, [UInt8], String)])
  func `a block that cannot be there is damage`(
    kind: UInt8, payload: [UInt8], reason: String
  ) {
    var log = HandmadeLog()
    log.add(2, [0x0A] + Self.checkpoint)
    log.add(kind, payload)
    #expect(damage(of: log) == reason)
  }

  @Test func `a snapshot with any byte changed is damage or some state, and never a crash`() {
    let snapshot = Self.snapshot
    var (restored, damaged) = (0, 0)
    for place in snapshot.indices {
      for byte in [0, 1, 2, 0x7F, 0x80, 0xFF, snapshot[place] ^ 1] as [UInt8] {
        var changed = snapshot
        changed[place] = byte
        var log = HandmadeLog()
        log.add(5, changed)
        var replay = Replay(detail: .instants)
        replay.append(log.bytes.span)
        replay.finish()
        while let step = replay.next() {
          if case .restored = step { restored += 1 }
          if case .damage = step { damaged += 1 }
        }
        replay.meter.audit()
      }
    }
    #expect(restored > 0 && damaged > 0)
  }

  @Test func `a snapshot that is cut is damage`() {
    for length in 0...Self.snapshot.count {
      var log = HandmadeLog()
      log.add(5, Array(Self.snapshot.prefix(length)))
      #expect((damage(of: log) == nil) == (length == Self.snapshot.count), "\(length)")
    }
  }

  /// The payload of a snapshot with an element of every kind.
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
      .external(SourceID(0), a, members: 7), .external(SourceID(1), b, members: 1 << 40),
    ]
    // A viewer id that was left just now, for which an excluded connection is remembered.
    let departure: [Event] = [
      .opened(ConnectionID(2), a, viewer: ViewerID(1), after: .none),
      .opened(ConnectionID(3), a, viewer: ViewerID(1), after: .none), .closed(ConnectionID(3)),
    ]
    for (second, event) in (events + departure).enumerated() {
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
    func name(of source: SourceID) -> [UInt8] { Array("s\(source.number)".utf8) }
  }

  /// The reason of the damage in a log with a valid header; nil if there is none.
  private func damage(of log: HandmadeLog) -> String? {
    var reader = LogReader()
    reader.append(log.bytes.span)
    reader.finish()
    guard case .section = reader.next() else {
      Issue.record("the header is invalid")
      return nil
    }
    var reason: String?
    while let item = reader.next() {
      if case .damage(let damage) = item { reason = damage.reason }
    }
    return reason
  }
}
