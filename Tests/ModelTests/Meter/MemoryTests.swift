// The memory of the meter's tables, and its return after connections have closed.

import MeterModel
import Testing

struct MemoryTests {
  @Test func `the meter's elements have the documented sizes`() {
    #expect(MeterElementSize.connection == 32)
    #expect(MeterElementSize.viewer == 40)
    #expect(MeterElementSize.ping == 16)
    #expect(MeterElementSize.departure == 24)
    #expect(MeterElementSize.namespace == 208)
    #expect(MeterElementSize.creation == 16)
    #expect(MeterElementSize.remote == 56)
    #expect(MeterElementSize.external == 40)
  }

  @Test func `tables that grow one by one are at most a quarter too large`() {
    var crowd = Crowd()
    for number in 0..<100_000 { crowd.open(UInt32(number), in: 0) }
    #expect(crowd.meter.tableBytes <= 100_000 * MeterElementSize.connection * 5 / 4 + 16_384)
  }

  @Test func `a viewer who is leaving takes at most 48 bytes`() {
    var crowd = Crowd()
    for number in 0..<100_000 { crowd.open(UInt32(number), in: 0) }
    let open = crowd.meter.tableBytes
    crowd.wait(.seconds(10))
    for number in 0..<100_000 { crowd.close(UInt32(number)) }
    #expect(crowd.meter.localMembers == 100_000)
    #expect(crowd.meter.tableBytes - open <= 100_000 * 64)
  }

  @Test func `after all connections have closed, the tables are as small as before`() {
    var crowd = Crowd(.exclusive)
    for number in 0..<50_000 {
      crowd.open(UInt32(number), in: UInt32(number % 1000), viewer: ViewerID(UInt32(number)))
    }
    for node in 0..<3 {
      for namespace in 0..<1000 { crowd.report(UInt32(node), UInt32(namespace), members: 1) }
    }
    #expect(crowd.meter.tableBytes > 50_000 * 40)
    for number in 0..<50_000 { crowd.close(UInt32(number * 7919 % 50_000)) }
    crowd.wait(.seconds(100))
    crowd.meter.audit()
    #expect(crowd.meter.namespaceCount == 0)
    #expect(crowd.meter.tableBytes < 16_384)
  }

  @Test func `the room of viewers with ids is given back`() {
    var crowd = Crowd(.shared)
    for number in 0..<20_000 {
      let viewer = ViewerID(UInt32(number))
      crowd.open(UInt32(2 * number), in: 0, viewer: viewer)
      crowd.open(UInt32(2 * number + 1), in: 0, viewer: viewer)
      crowd.ping(0, viewer)
    }
    crowd.wait(.seconds(10))
    for number in 0..<40_000 { crowd.close(UInt32(number)) }
    #expect(crowd.meter.isKnown(ViewerID(19_999)))
    crowd.wait(.seconds(34))
    #expect(crowd.meter.isKnown(ViewerID(19_999)))
    crowd.wait(.seconds(2))
    crowd.meter.audit()
    #expect(!crowd.meter.isKnown(ViewerID(19_999)))
    crowd.wait(.seconds(100))
    #expect(crowd.meter.tableBytes < 32_768)
  }

  @Test func `the unused end of a table is given back`() {
    var crowd = Crowd()
    for number in 0..<50_000 { crowd.open(UInt32(number), in: 0) }
    for number in (100..<50_000).reversed() { crowd.close(UInt32(number)) }
    crowd.close(99)
    crowd.meter.audit()
    #expect(crowd.meter.openConnections == 99)
    #expect(crowd.meter.tableBytes < 50_000 * MeterElementSize.connection / 2)
    crowd.open(49_999, in: 0)
    crowd.close(49_999)
    crowd.meter.audit()
  }

  @Test func `a statistics walk continues after the namespaces ahead were given back`() throws {
    var crowd = Crowd()
    crowd.open(0, in: 0)
    for number in 1..<2000 { crowd.open(UInt32(number), in: UInt32(number)) }
    var names: [UInt32] = []
    let next = try #require(
      crowd.meter.visitNamespaces(after: 0, limit: 10) { id, _ in names.append(id.number) })
    #expect(names == Array(0..<10))
    for number in 1..<2000 { crowd.close(UInt32(number)) }
    crowd.wait(.seconds(61))
    names = []
    let end = crowd.meter.visitNamespaces(after: next, limit: 10) { id, _ in
      names.append(id.number)
    }
    #expect(names == [] && end == nil)
    let only = crowd.meter.visitNamespaces(after: 0, limit: 10) { id, _ in names.append(id.number) }
    #expect(names == [0] && only == nil)
  }
}

/// A meter and its events.
private struct Crowd {
  var meter: Meter
  private var effects = EffectBuffer()

  init(_ viewerIDs: ViewerIDMode = .off) {
    var configuration = Configuration()
    configuration.viewerIDs = viewerIDs
    meter = Meter(configuration: configuration)
  }

  mutating func open(_ connection: UInt32, in namespace: UInt32, viewer: ViewerID = .none) {
    apply(
      .opened(
        ConnectionID(connection), NamespaceID(namespace), viewer: viewer, after: .none,
        as: .viewer))
  }

  mutating func ping(_ namespace: UInt32, _ viewer: ViewerID) {
    apply(.pinged(NamespaceID(namespace), viewer))
  }

  mutating func close(_ connection: UInt32) {
    apply(.closed(ConnectionID(connection)))
  }

  mutating func report(_ node: UInt32, _ namespace: UInt32, members: UInt64) {
    apply(.peer(NodeID(node), NamespaceID(namespace), members: members, connections: members))
  }

  mutating func wait(_ duration: MeterModel.Duration) {
    meter.advance(to: meter.now + duration, into: &effects)
    effects.removeAll()
  }

  private mutating func apply(_ event: Event) {
    meter.apply(event, at: meter.now, into: &effects)
    effects.removeAll()
  }
}
