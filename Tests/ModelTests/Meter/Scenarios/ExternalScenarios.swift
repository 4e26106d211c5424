// External counts (§2 rule 11).

import MeterModel
import Testing

struct ExternalScenarios {
  @Test func `a count replaces the former one of its source, and sources are added up`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      1 external youtube a 5
      2 external youtube a 3
      3 external twitch a 4
      4 external youtube b 9
      """,
      gives: """
        0 greet 1 a 1
        1 notify a 6
        2 notify a 4
        3 notify a 8
        """)
  }

  @Test func `a count is forgotten when its timeout has passed since it was last said`() throws {
    try expect(
      """
      option notify-min-delay 0
      option external-timeout 5
      0 open 1 a
      1 external s a 5
      5 external s a 5
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

  @Test func `a count is valid for 60 s by default`() throws {
    try expect(
      """
      option namespace-clean-delay 0
      7 external s a 5
      100 end
      """,
      gives: "67 retire a")
  }

  @Test func `a count of 0 forgets it at once, and creates nothing`() throws {
    try expect(
      """
      option notify-min-delay 0
      option namespace-clean-delay 0
      0 external s b 0
      0 open 1 a
      1 external s a 5
      1 external t a 2
      2 external s a 0
      3 external s a 0
      9 end
      """,
      gives: """
        0 greet 1 a 1
        1 notify a 6
        1 notify a 8
        2 notify a 3
        """)
  }

  @Test func `a count creates the namespace and keeps it`() throws {
    try expect(
      """
      option decrement-delay 0
      option namespace-clean-delay 3
      option external-timeout 10
      0 external s a 1
      2 open 1 a
      4 close 1
      15 end
      """,
      gives: """
        2 greet 1 a 2
        13 retire a
        """)
  }

  @Test func `a namespace whose last count said 0 is retired after the clean delay`() throws {
    try expect(
      """
      option namespace-clean-delay 3
      0 external s a 1
      2 external s a 0
      4 external s a 1
      5 external s a 0
      9 end
      """,
      gives: "8 retire a")
  }

  @Test func `a namespace has at most 16 sources`() throws {
    let sources = (1...16).map { "0 external s\($0) a 1" }.joined(separator: "\n")
    try expect(
      """
      \(sources)
      1 external s17 a 1
      1 external s17 a 0
      2 external s16 a 5
      3 external s16 a 0
      4 external s17 a 1
      5 external s16 a 1
      6 external s16 b 1
      """,
      gives: """
        1 reject external s17 a
        5 reject external s16 a
        """)
  }

  @Test func `a source whose count expired is none of the 16 any more`() throws {
    let sources = (1...16).map { "0 external s\($0) a 1" }.joined(separator: "\n")
    try expect(
      """
      option external-timeout 2
      \(sources)
      1.999999999 external s17 a 1
      2 external s17 a 1
      """,
      gives: "1.999999999 reject external s17 a")
  }

  @Test func `a count that would create a namespace past the limit is rejected`() throws {
    try expect(
      """
      option max-namespaces 1
      0 external s a 1
      1 external s b 1
      2 external s b 0
      3 external t a 1
      4 open 1 a
      """,
      gives: """
        1 reject external s b
        4 greet 1 a 3
        """)
  }

  @Test func `a count above 2^63 - 1 is rejected, and the former one stays`() throws {
    try expect(
      """
      0 external s a 7
      1 external s a 9223372036854775808
      2 external t b 18446744073709551615
      3 open 1 a
      """,
      gives: """
        1 reject external s a
        2 reject external t b
        3 greet 1 a 8
        """)
  }

  @Test func `totals saturate at 2^63 - 1`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 external s a 9223372036854775807
      1 open 1 a
      2 external t a 9223372036854775807
      3 peer x a 9223372036854775807 1
      4 external s a 0
      5 external t a 0
      6 bye x
      """,
      gives: """
        1 greet 1 a 9223372036854775807
        6 notify a 1
        """)
  }

  @Test func `a count that expires at the instant of a notification is not in it`() throws {
    try expect(
      """
      option notify-min-delay 5
      option cluster-node-timeout 4
      option external-timeout 4
      0 open 1 a
      1 external s a 10
      1 peer x a 20 20
      2 external t a 2
      5 end
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 3
        """)
  }

  @Test func `a count that expires at the instant of an event is gone before it`() throws {
    try expect(
      """
      option external-timeout 1
      0 external s a 10
      1 open 1 a
      1 external s a 3
      2 open 2 a
      """,
      gives: """
        1 greet 1 a 1
        2 greet 2 a 2
        """)
  }

  @Test func `a count is part of the peak and the member seconds, and of no connections`() {
    var meter = Meter(configuration: Configuration())
    var effects = EffectBuffer()
    let namespace = NamespaceID(0)
    func at(_ seconds: UInt64) -> Instant { .start + .seconds(seconds) }
    let (source, other) = (SourceID(3), SourceID(4))
    meter.apply(.external(source, namespace, members: 5), at: at(1), into: &effects)
    meter.apply(.external(other, namespace, members: 2), at: at(3), into: &effects)
    meter.apply(.external(source, namespace, members: 0), at: at(4), into: &effects)
    meter.advance(to: at(6), into: &effects)
    #expect(
      meter.statistics(of: namespace)
        == NamespaceStatistics(
          created: at(1), members: 2, connections: 0, modified: nil, peak: 7, peakAt: at(3),
          memberSeconds: 5 + 5 + 7 + 2 + 2))
    #expect(meter.ownMembers == 2 && meter.peakMembers == 7 && meter.localMembers == 0)
    #expect(effects.forgottenSources == [source])
    #expect(meter.isKnown(other) && !meter.isKnown(source))
    meter.audit()
  }
}
