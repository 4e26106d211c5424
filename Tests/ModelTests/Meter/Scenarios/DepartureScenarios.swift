// Viewers who are counted for a while after their last stream closed (§2 rule 5).

import Testing

struct DepartureScenarios {
  @Test func `a member is counted for the whole delay after its stream closed`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      10 close 1
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        15 notify a 1
        """)
  }

  @Test func `a young member is counted for whole steps of the delay, at most its age`() throws {
    try expect(
      """
      option decrement-delay 8
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      0 open 3 a
      0 open 4 a
      0.999999999 close 2
      1 close 3
      3.5 close 4
      20 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        0 greet 3 a 3
        0 notify a 3
        0 greet 4 a 4
        0 notify a 4
        0.999999999 notify a 3
        2 notify a 2
        6.5 notify a 1
        """)
  }

  @Test func `a step is rounded up to a nanosecond, and grace never passes the delay`() throws {
    // The step is 2 ns: 4 of them at the age of 9 ns, and 10 ns at the age of 11.
    try expect(
      """
      option decrement-delay 0.00000001
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      0 open 3 a
      0.000000009 close 2
      0.000000011 close 3
      1 close 1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        0 greet 3 a 3
        0 notify a 3
        0.000000017 notify a 2
        0.000000021 notify a 1
        """)
  }

  @Test func `a pending viewer is not counted after its stream closed`() throws {
    try expect(
      """
      option increment-delay 5
      option namespace-clean-delay 10
      0 open 1 a
      4 close 1
      14 end
      """,
      gives: """
        0 greet 1 a 1
        14 retire a
        """)
  }

  @Test func `with delay 0 a member is gone within the event`() throws {
    try expect(
      """
      option decrement-delay 0
      option namespace-clean-delay 10
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      10 close 1
      10 close 2
      20 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        10 notify a 1
        20 retire a
        """)
  }

  @Test func `a namespace is retired after its last leaving viewer is gone`() throws {
    try expect(
      """
      0 open 1 a
      10 close 1
      75 end
      """,
      gives: """
        0 greet 1 a 1
        75 retire a
        """)
  }

  @Test func `a newcomer is greeted with the leaving viewer, and then notified`() throws {
    try expect(
      """
      0 open 1 a
      10 close 1
      12 open 2 a
      15 end
      """,
      gives: """
        0 greet 1 a 1
        12 greet 2 a 2
        15 notify a 1
        """)
  }

  @Test func `a member that reached its maximum duration is leaving`() throws {
    try expect(
      """
      option max-conn-duration 320
      option notify-max-delay 1h
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      286 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        281 end 1 expired
        286 notify a 1
        """)
  }

  @Test func `a flood of short streams does not stay`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      1 open 2 a
      1.5 close 2
      1.5 open 3 a
      2.124999999 close 3
      """,
      gives: """
        0 greet 1 a 1
        1 greet 2 a 2
        1 notify a 2
        1.5 notify a 1
        1.5 greet 3 a 2
        1.5 notify a 2
        2.124999999 notify a 1
        """)
  }
}
