// Counting, greetings and messages (§2 rules 1, 2, 3, 5 and 13).

import Testing

struct CountingScenarios {
  @Test func `the example of the text log's documentation has the effects shown there`() throws {
    try expect(
      """
      option notify-min-delay 2
      0       open 1 football
      0.5     open 2 football viewer=ab12
      0.75    exclude ab12
      1       close 1
      2       open 3 football viewer=ab12 after=2
      2.5     message football score=1-0
      3       peer b football 5 9
      4       open 4 football observer
      5       external youtube football 1200
      6       cut 4
      7       moved 3 to b
      8       restart
      60      end
      """,
      gives: """
        0 greet 1 football 1
        0.5 greet 2 football 2
        0.75 end 2 excluded
        2 greet 3 football 1
        2.5 message football score=1-0
        4 notify football 6
        4 greet 4 football 6
        6 notify football 1206
        """)
  }

  @Test func `a connection is counted when its delay has passed`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      10 end
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 1
        """)
  }

  @Test func `a connection that closes before the delay is never counted`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      option namespace-clean-delay 10
      0 open 1 a
      4.999999999 close 1
      14.999999998 end
      """,
      gives: "0 greet 1 a 1")
  }

  @Test func `a connection that closes at the end of its delay was counted`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      5 close 1
      10 end
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 1
        """)
  }

  @Test func `with delay 0 a connection is counted at its open`() throws {
    try expect(
      """
      0 open 1 a
      0 open 2 a
      0 open 3 b
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 greet 3 b 1
        """)
  }

  @Test func `a greeting counts the newcomer but no other pending connection`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 60
      0 open 1 a
      1 open 2 a
      5 open 3 a
      6 open 4 a
      """,
      gives: """
        0 greet 1 a 1
        1 greet 2 a 1
        5 greet 3 a 2
        6 greet 4 a 3
        """)
  }

  @Test func `the first connection is not notified again after its greeting`() throws {
    try expect(
      """
      0 open 1 a
      24.999999999 end
      """,
      gives: "0 greet 1 a 1")
  }

  @Test func `the first connection in an empty namespace resets the count last sent`() throws {
    try expect(
      """
      option decrement-delay 0
      option notify-min-delay 0
      0 open 1 a
      1 open 2 a
      2 close 1
      3 close 2
      4 open 3 a
      28.999999999 end
      """,
      gives: """
        0 greet 1 a 1
        1 greet 2 a 2
        1 notify a 2
        2 notify a 1
        4 greet 3 a 1
        """)
  }

  @Test func `a second connection is not the first one while the other is pending`() throws {
    try expect(
      """
      option increment-delay 1
      option notify-min-delay 0
      option notify-max-delay 10
      0 open 1 a
      0.5 open 2 a
      10.5 end
      """,
      gives: """
        0 greet 1 a 1
        0.5 greet 2 a 1
        1 notify a 1
        1.5 notify a 2
        """)
  }

  @Test func `a member that closes is no longer counted`() throws {
    try expect(
      """
      option decrement-delay 0
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      1 close 1
      2 open 3 a
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        1 notify a 1
        2 greet 3 a 2
        2 notify a 2
        """)
  }

  @Test func `a message is sent where a connection is open, pending or not`() throws {
    try expect(
      """
      option increment-delay 5
      0 message a early
      1 open 1 a
      2 message a one
      2 message b nobody
      3 close 1
      4 message a late
      """,
      gives: """
        1 greet 1 a 1
        2 message a one
        """)
  }

  @Test func `a message changes neither a count nor the count last sent`() throws {
    try expect(
      """
      option notify-max-delay 10
      0 open 1 a
      9 message a svc=hello
      9 open 2 b
      10 end
      """,
      gives: """
        0 greet 1 a 1
        9 message a svc=hello
        9 greet 2 b 1
        10 notify a 1
        """)
  }
}
