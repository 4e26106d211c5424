// Retained messages (§2 rule 13).

import MeterModel
import Testing

struct RetainedScenarios {
  @Test func `a retained message is sent to who is there, and to each newcomer`() throws {
    try expect(
      """
      0 open 1 a
      0 open 2 b
      1 retain a score 1-0
      2 open 3 a
      2 open 4 b
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        1 message a score=1-0
        2 greet 3 a 2
        2 send 3 a score=1-0
        2 notify a 2
        2 greet 4 b 2
        2 notify b 2
        """)
  }

  @Test func `services are sent in the order of their first, each with its last text`() throws {
    try expect(
      """
      option notify-min-delay 10
      0 open 1 a
      1 retain a score 0-0
      2 retain a state first half
      3 retain a score 1-0
      4 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        1 message a score=0-0
        2 message a state=first half
        3 message a score=1-0
        4 greet 2 a 2
        4 send 2 a score=1-0
        4 send 2 a state=first half
        """)
  }

  @Test func `an empty text is not sent and ends the keeping, after which a service is the last`()
    throws
  {
    try expect(
      """
      option notify-min-delay 10
      0 open 1 a
      0 retain a score 0-0
      0 retain a state open
      1 retain a score
      1 retain a other
      2 open 2 a
      3 retain a score 1-0
      4 open 3 a
      """,
      gives: """
        0 greet 1 a 1
        0 message a score=0-0
        0 message a state=open
        2 greet 2 a 2
        2 send 2 a state=open
        3 message a score=1-0
        4 greet 3 a 3
        4 send 3 a state=open
        4 send 3 a score=1-0
        """)
  }

  @Test func `a message is kept where nobody is open, if the namespace exists`() throws {
    try expect(
      """
      0 retain a score 0-0
      1 open 1 a
      2 close 1
      3 retain a score 1-0
      4 open 2 a
      5 peer x b 3 3
      5 retain b score 2-2
      6 open 3 b
      """,
      gives: """
        1 greet 1 a 1
        4 greet 2 a 1
        4 send 2 a score=1-0
        6 greet 3 b 4
        6 send 3 b score=2-2
        """)
  }

  @Test func `what is kept is forgotten with the namespace`() throws {
    try expect(
      """
      option namespace-clean-delay 5
      option decrement-delay 0
      0 open 1 a
      0 retain a score 1-0
      1 close 1
      6 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        0 message a score=1-0
        6 retire a
        6 greet 2 a 1
        """)
  }

  @Test func `a connection that is refused is sent nothing`() throws {
    try expect(
      """
      option max-connections 1
      0 open 1 a
      0 retain a score 1-0
      1 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        0 message a score=1-0
        1 refuse 2 full
        """)
  }

  @Test func `a 17th service is rejected, and nobody is sent its text`() throws {
    let services = (1...16).map { "0 retain a s\($0) x" }.joined(separator: "\n")
    let messages = (1...16).map { "0 message a s\($0)=x" }.joined(separator: "\n")
    let sends = (2...16).map { "3 send 2 a s\($0)=x" }.joined(separator: "\n")
    try expect(
      """
      option notify-min-delay 10
      0 open 1 a
      \(services)
      1 retain a s17 x
      1 retain a s16 y
      1 retain a s16 x
      2 retain a s1
      2 retain a s17 z
      3 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        \(messages)
        1 reject retain a s17
        1 message a s16=y
        1 message a s16=x
        2 message a s17=z
        3 greet 2 a 2
        \(sends)
        3 send 2 a s17=z
        """)
  }

  @Test(arguments: [65_535, 65_536, 65_537])
  func `texts of a namespace have at most 65,536 bytes, less what is replaced`(sum: Int) throws {
    func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    let rest = text(sum - 65_000)
    let last = sum > 65_536 ? "2 reject retain a t" : "2 message a t=\(rest)"
    try expect(
      """
      0 open 1 a
      0 retain b s \(text(65_000))
      1 retain a s \(text(65_536))
      1 retain a s \(text(65_000))
      2 retain a t \(rest)
      """,
      gives: """
        0 greet 1 a 1
        1 message a s=\(text(65_536))
        1 message a s=\(text(65_000))
        \(last)
        """)
  }

  @Test func `a message that is not retained is not kept`() throws {
    try expect(
      """
      option notify-min-delay 10
      0 open 1 a
      1 message a score=1-0
      2 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        1 message a score=1-0
        2 greet 2 a 2
        """)
  }

  @Test func `a meter knows what it keeps, also when it was restored from a snapshot`() throws {
    var meter = Meter(configuration: Configuration())
    var effects = EffectBuffer()
    let (a, b) = (NamespaceID(0), NamespaceID(1))
    let (score, state) = (ServiceID(2), ServiceID(0))
    func retain(_ namespace: NamespaceID, _ service: ServiceID, _ number: UInt64, _ bytes: UInt32) {
      meter.apply(
        .retained(namespace, service, MessageID(number), bytes: bytes), at: .start, into: &effects)
    }
    for (number, namespace) in [a, b].enumerated() {
      meter.apply(
        .opened(
          ConnectionID(UInt32(number)), namespace, viewer: .none, after: .none, as: .viewer),
        at: .start, into: &effects)
    }
    retain(a, score, 1, 9)
    retain(a, state, 2, 5)
    retain(b, score, 3, 7)
    retain(a, score, 4, 3)
    retain(b, score, 5, 0)
    #expect(meter.message(of: score, in: a) == MessageID(4))
    #expect(meter.message(of: score, in: b) == nil)
    #expect(meter.isKnown(score) && meter.isKnown(state) && !meter.isKnown(ServiceID(1)))
    let snapshot = meter.snapshot
    #expect(snapshot.kept.map(\.namespace) == [a, a])
    #expect(snapshot.kept.map(\.service) == [score, state])
    #expect(snapshot.kept.map(\.message) == [MessageID(4), MessageID(2)])
    #expect(snapshot.kept.map(\.bytes) == [3, 5])
    let restored = try Meter(configuration: Configuration(), restoring: snapshot)
    #expect(restored.snapshot == snapshot)
    meter.audit()
    restored.audit()
    retain(a, score, 6, 0)
    retain(a, state, 7, 0)
    #expect(!meter.isKnown(score) && !meter.isKnown(state))
    meter.audit()
  }
}
