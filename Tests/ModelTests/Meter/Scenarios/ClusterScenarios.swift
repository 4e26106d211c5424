// Reports of other nodes, and statistics (§2 rules 10 and 14).

import MeterModel
import Testing

struct ClusterScenarios {
  @Test func `a report replaces the former one, and nodes are added up`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      1 peer b a 5 5
      2 peer b a 3 5
      3 peer c a 4 4
      """,
      gives: """
        0 greet 1 a 1
        1 notify a 6
        2 notify a 4
        3 notify a 8
        """)
  }

  @Test func `a report is forgotten when its timeout has passed`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      1 peer b a 5 5
      5 peer b a 5 5
      9.999999999 open 2 a
      10 end
      """,
      gives: """
        0 greet 1 a 1
        1 notify a 6
        9.999999999 greet 2 a 7
        9.999999999 notify a 7
        10 notify a 2
        """)
  }

  @Test func `a goodbye forgets all reports of a node`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      0 open 2 b
      1 peer x a 5 5
      1 peer x b 6 6
      1 peer y b 1 1
      2 bye x
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        1 notify a 6
        1 notify b 7
        1 notify b 8
        2 notify a 1
        2 notify b 2
        """)
  }

  @Test func `a report with members creates a namespace, a report of zero does not`() throws {
    try expect(
      """
      option namespace-clean-delay 0
      0 peer x a 0 7
      1 peer x b 1 1
      8 end
      """,
      gives: "6 retire b")
  }

  @Test func `a report past the limit of namespaces is rejected unless it is zero`() throws {
    try expect(
      """
      option max-namespaces 1
      0 peer x a 1 1
      0 peer x b 1 1
      0 peer x b 0 1
      0 peer x a 2 2
      """,
      gives: "0 reject peer x b")
  }

  @Test func `totals saturate, and are exact again when the huge count is gone`() throws {
    try expect(
      """
      option notify-min-delay 0
      option notify-delta-ratio 0
      0 open 1 a
      1 peer x a 9223372036854775807 1
      2 peer y a 9223372036854775807 1
      2 open 2 a
      3 bye x
      4 peer y a 1 1
      """,
      gives: """
        0 greet 1 a 1
        1 notify a 9223372036854775807
        2 greet 2 a 9223372036854775807
        4 notify a 3
        """)
  }

  @Test func `a count above 2^63 - 1 is rejected`() throws {
    try expect(
      """
      0 peer x a 9223372036854775808 1
      0 peer x a 1 18446744073709551615
      0 open 1 a
      """,
      gives: """
        0 reject peer x a
        0 reject peer x a
        0 greet 1 a 1
        """)
  }

  @Test func `a greeting includes the members of other nodes`() throws {
    try expect(
      """
      0 peer x a 41 41
      0 open 1 a
      """,
      gives: "0 greet 1 a 42")
  }

  @Test func `statistics show totals and the last notification`() {
    var configuration = Configuration()
    configuration.decrementDelay = .zero
    var reference = ReferenceMeter(configuration: configuration)
    expectStatistics(&reference)
    var meter = Meter(configuration: configuration)
    expectStatistics(&meter)
  }

  private func expectStatistics<Meter: MeterProtocol>(_ meter: inout Meter) {
    var effects = EffectBuffer()
    let namespace = NamespaceID(0)
    let node = NodeID(0)
    func at(_ seconds: UInt64) -> Instant { .start + .seconds(seconds) }
    func open(_ number: UInt32) -> Event {
      .opened(ConnectionID(number), namespace, viewer: .none, after: .none, as: .viewer)
    }
    #expect(meter.statistics(of: namespace) == nil)

    meter.apply(open(0), at: at(1), into: &effects)
    #expect(
      meter.statistics(of: namespace)
        == NamespaceStatistics(
          created: at(1), members: 1, connections: 1, modified: nil, peak: 1, peakAt: at(1),
          memberSeconds: 0))

    meter.apply(open(1), at: at(4), into: &effects)
    meter.apply(.closed(ConnectionID(0)), at: at(5), into: &effects)
    #expect(
      meter.statistics(of: namespace)
        == NamespaceStatistics(
          created: at(1), members: 1, connections: 2, modified: at(4), peak: 2, peakAt: at(4),
          memberSeconds: 5))

    // The connections of a node that left stay in the total until the same node reports again.
    let report = Event.peer(node, namespace, members: 3, connections: 10)
    meter.apply(report, at: at(6), into: &effects)
    meter.apply(.bye(node), at: at(6), into: &effects)
    #expect(
      meter.statistics(of: namespace)
        == NamespaceStatistics(
          created: at(1), members: 1, connections: 12, modified: at(6), peak: 4, peakAt: at(6),
          memberSeconds: 6))
    meter.apply(
      .peer(node, namespace, members: 0, connections: 11), at: at(7), into: &effects)
    #expect(meter.statistics(of: namespace)?.connections == 13)

    meter.apply(.closed(ConnectionID(1)), at: at(10), into: &effects)
    meter.advance(to: at(69), into: &effects)
    #expect(meter.statistics(of: namespace)?.members == 0)
    meter.advance(to: at(70), into: &effects)
    #expect(meter.statistics(of: namespace) == nil)
  }
}
