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
    (Self.name + [0x0B, 0x11, 0x40, 0], "a record has flags that nobody knows"),
    (Self.name + [0x0B, 0x11, 3, 0], "a record has flags that nobody knows"),
    (Self.name + [0x0B, 0x11, 0x10, 0], "a record has flags that nobody knows"),
    (Self.name + [0x0B, 0x11, 0x18, 0, 0, 0], "a record names a connection that is not open"),
    (Self.name + [0x0B, 0x11, 0x20, 0, 0], "a connection opens again that is not open"),
    (Self.name + [0x0B, 0x11, 0x04, 0, 0], "a name was never given"),
    ([0x0B, 0x11, 1, 0], "a name was never given"),
    ([0x0B, 0x13, 1], "a record names a connection that is not open"),
    ([0x0B, 0x13, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "a record names a connection that is not open"),
    ([0x0B, 0x15, 0, 0], "a name was never given"), ([0x0B, 0x16, 0, 0], "a name was never given"),
    (Self.name + [0x0B, 0x15, 0, 0], "a name was never given"),
    ([0x0B, 0x17, 1, 0], "a record names a connection that is not open"),
    ([0x0B, 0x17, 0, 0], "a name was never given"),
    ([0x0B, 0x18, 2, 0, 0, 0], "a record has flags that nobody knows"),
    ([0x0B, 0x18, 1, 0, 0, 0], "a record names a connection that is not open"),
    ([0x0B, 0x18, 0, 0, 0], "a name was never given"),
    (Self.name + [0x0B, 0x19, 0, 0, 0], "a name was never given"),
    (Self.name + [0x0B, 0x1A, 0, 0, 0], "a name was never given"),
    (Self.name + [0x0B, 0x1B, 0, 1, 0x61, 0x0B, 0x1A, 0, 0, 9, 0x78], "the bytes end"),
    ([0x0B, 0x1B, 1, 1, 0x61], "a number was skipped"),
    ([0x0B, 0x1B, 0, 1, 0x20], "a name is not 1 to 255 (a viewer id 128) visible ASCII bytes"),
    // After a restart all slots are free, and slot 0 is the next.
    (Self.name + [0x01, 0, 0x01, 0, 0x0B, 0x14, 0x02, 1], "a connection closes that is not open"),
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
    for record in [[4, 0], [0x0B, 0x1B, 0, 1, 0x61, 0x0B, 0x1A, 0, 0]] as [[UInt8]] {
      var log = HandmadeLog()
      log.add(
        2,
        Self.name + record + HandmadeLog.number(length) + [UInt8](repeating: 0x78, count: length)
          + [0x0A] + Self.checkpoint)
      #expect(damage(of: log) == (isRead ? nil : "a text is too long"))
    }
  }

  @Test func `any number of restarts is read in the time that the records take`() {
    var log = HandmadeLog()
    let opens = [[UInt8]](repeating: [0x01, 0], count: 1_000_000).joined()
    let restarts = [[UInt8]](repeating: [0x0B, 0x14], count: 1_000_000).joined()
    log.add(2, Self.name + opens + restarts + [0x0A] + Self.checkpoint)
    #expect(damage(of: log) == nil)
  }

  @Test(
    arguments: [
      (1, [1, 1], "a block is of a kind that cannot be there"),
      (9, [], "a block is of a kind that cannot be there"),
      (255, [1], "a block is of a kind that cannot be there"),
      (7, [0, 0], "a block is of a kind that cannot be there"),
      (8, [0, 0], "a block is of a kind that cannot be there"),
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
        var log = HandmadeLog(options: Self.options)
        log.add(8, changed)
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
      log.add(8, Array(Self.snapshot.prefix(length)))
      #expect((damage(of: log) == nil) == (length == Self.snapshot.count), "\(length)")
    }
  }

  /// The settings of the meter of `snapshot`.
  private static let options = [
    "increment-delay=3", "decrement-delay=5", "restart-delay=30", "viewer-ids=shared",
  ]

  @Test func `a snapshot of a log from before departures is read, and damaged where it is cut`() {
    let name = Array("football".utf8)
    // At 10 ns, no digest, no messages, the latest ordinal 3, one namespace, two counted, peak 2.
    let start: [UInt8] = [10] + Self.checkpoint + [0, 3, 1, 2, 2]
    // Ordinal 1, created 9 ns ago, two counted, told 2 a ns ago, greeted with 1 to 2, never
    // notified, peak 2 reached 5 ns ago, no member seconds, 10 member nanoseconds.
    let namespace: [UInt8] = [1, 8] + name + [1, 9, 2, 2, 1, 1, 2, 0, 2, 5, 0, 10]
    // A member without an id, a dismissed connection, a member with an id for which ordinal 1 is
    // remembered, and an id that was left.
    let connections: [UInt8] =
      [3, 2, 8, 2, 0, 0, 6, 7, 0, 0, 1, 0x78, 3] + [1, 1, 0x79, 2, 4]
    let snapshot = start + namespace + [0, 0, 0] + connections + [0, 0]
    for length in 0...snapshot.count {
      var log = HandmadeLog(options: [])
      log.add(5, Array(snapshot.prefix(length)))
      #expect((damage(of: log) == nil) == (length == snapshot.count), "\(length)")
    }
    var log = HandmadeLog(options: [])
    log.add(5, snapshot)
    var replay = Replay()
    replay.append(log.bytes.span)
    replay.finish()
    var steps: [String] = []
    while let step = replay.next() { steps.append("\(step)") }
    #expect(steps.contains("restored"), "\(steps)")
    let viewers = replay.meter.snapshot.viewers
    #expect(viewers.map(\.remembered) == [ConnectionOrdinal(1)])
    #expect(viewers.map(\.since) == [Instant(nanoseconds: 3)])
    #expect(replay.meter.localMembers == 2)
  }

  @Test func `the parts of a snapshot are all of one form`() {
    for (first, second) in [(4, 8), (7, 5)] as [(UInt8, UInt8)] {
      var log = HandmadeLog(options: Self.options)
      log.add(first, Array(Self.snapshot.prefix(9)))
      log.add(second, Array(Self.snapshot.dropFirst(9)))
      #expect(damage(of: log) == "a block is of a kind that cannot be there")
    }
  }

  /// The payload of a snapshot with an element of every kind.
  private static let snapshot: [UInt8] = {
    var configuration = Configuration()
    configuration.viewerIDs = .shared
    configuration.incrementDelay = .seconds(3)
    var meter = Meter(configuration: configuration)
    var effects = EffectBuffer()
    let (a, b) = (NamespaceID(0), NamespaceID(1))
    func open(
      _ connection: UInt32, _ namespace: NamespaceID, _ viewer: ViewerID = .none,
      as kind: StreamKind = .viewer
    ) -> Event {
      .opened(ConnectionID(connection), namespace, viewer: viewer, after: .none, as: kind)
    }
    let events: [Event] = [
      open(0, a, ViewerID(0)), open(1, a, ViewerID(0)), open(2, b), .closed(ConnectionID(2)),
      open(3, a, ViewerID(1)), open(4, a), open(5, a, as: .observer),
      .peer(NodeID(0), a, members: 3, connections: 4),
      .peer(NodeID(1), a, members: 1, connections: 4), .bye(NodeID(1)),
      .external(SourceID(0), a, members: 7), .external(SourceID(1), b, members: 1 << 40),
      .pinged(a, ViewerID(0)), .pinged(a, ViewerID(2)), .closed(ConnectionID(3)),
      .cut(ConnectionID(4)), open(6, b), open(7, a, as: .arriving),
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
    func name(of source: SourceID) -> [UInt8] { Array("s\(source.number)".utf8) }
    func name(of service: ServiceID) -> [UInt8] { Array("r\(service.number)".utf8) }
    func reference(to connection: ConnectionKey) -> ConnectionReference {
      .ordinal(connection.ordinal)
    }
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
