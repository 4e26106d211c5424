// Rule 4 of §2: who is told, what, and when.

import Testing

struct NotificationScenarios {
  @Test func `a change is told at once when the min delay has passed`() throws {
    try expect(
      """
      0 open 1 a
      5 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        5 greet 2 a 2
        5 notify a 2
        """)
  }

  @Test func `a change within the min delay is told exactly when it has passed`() throws {
    try expect(
      """
      0 open 1 a
      0.25 open 2 a
      10 end
      """,
      gives: """
        0 greet 1 a 1
        0.25 greet 2 a 2
        2 notify a 2
        """)
  }

  @Test func `churn throttles notifications and never postpones them`() throws {
    try expect(
      """
      0 open 1 a
      1.5 open 2 a
      1.9 open 3 a
      3.9 open 4 a
      3.99 open 5 a
      6 end
      """,
      gives: """
        0 greet 1 a 1
        1.5 greet 2 a 2
        1.9 greet 3 a 3
        2 notify a 3
        3.9 greet 4 a 4
        3.99 greet 5 a 5
        4 notify a 5
        """)
  }

  @Test func `an unchanged count is told again at the max delay, and again`() throws {
    try expect(
      """
      option notify-max-delay 10
      0 open 1 a
      30 end
      """,
      gives: """
        0 greet 1 a 1
        10 notify a 1
        20 notify a 1
        30 notify a 1
        """)
  }

  @Test func `the max delay knows no min delay`() throws {
    try expect(
      """
      option notify-max-delay 1
      option notify-min-delay 10
      0 open 1 a
      0.5 open 2 a
      2 end
      """,
      gives: """
        0 greet 1 a 1
        0.5 greet 2 a 2
        1 notify a 2
        2 notify a 2
        """)
  }

  @Test func `a change below the ratio waits for the max delay`() throws {
    try expect(
      """
      option notify-min-delay 1
      option notify-delta-ratio 0.5
      option notify-max-delay 10
      0 peer b a 3 3
      0 open 1 a
      2 open 2 a
      4.5 end
      """,
      gives: """
        0 greet 1 a 4
        2 greet 2 a 5
        """)
  }

  @Test func `a change of exactly the ratio is told, and one less is not`() throws {
    try expect(
      """
      option notify-delta-ratio 0.29
      option cluster-node-timeout 1h
      0 peer b a 99 99
      0 open 1 a
      3 peer b a 127 127
      4 peer b a 128 128
      """,
      gives: """
        0 greet 1 a 100
        4 notify a 129
        """)
  }

  @Test func `with ratio 0 every change is told, and with ratio 1 only a doubling`() throws {
    let log = """
      option cluster-node-timeout 1h
      option notify-min-delay 0
      0 peer b a 9 9
      0 open 1 a
      1 open 2 a
      2 peer b a 18 18
      """
    try expect(
      "option notify-delta-ratio 0\n" + log,
      gives: """
        0 greet 1 a 10
        1 greet 2 a 11
        1 notify a 11
        2 notify a 20
        """)
    try expect(
      "option notify-delta-ratio 1\n" + log,
      gives: """
        0 greet 1 a 10
        1 greet 2 a 11
        2 notify a 20
        """)
  }

  @Test func `whoever was greeted in a rush that is gone again is told the truth`() throws {
    try expect(
      """
      option cluster-node-timeout 1h
      0 peer b a 99 99
      0 open 1 a
      1 peer b a 599 599
      1 open 2 a
      1.5 close 2
      1.5 peer b a 99 99
      3 end
      """,
      gives: """
        0 greet 1 a 100
        1 greet 2 a 601
        2 notify a 100
        """)
  }

  @Test func `the newcomer that a greeting adds is no change`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      5 open 2 a
      6 close 2
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 1
        5 greet 2 a 2
        """)
  }

  @Test func `a flood under the increment delay tells nobody anything`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      10 open 2 a
      10 open 3 a
      12 close 2
      14 close 3
      29 end
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 1
        10 greet 2 a 2
        10 greet 3 a 2
        """)
  }

  @Test func `all that deadlines change at one instant is told once`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      0 open 3 b
      5 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        0 greet 3 b 1
        5 notify a 2
        5 notify b 1
        """)
  }

  @Test func `deadlines of an instant come before its events, so both may tell`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      5 close 1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        5 notify a 2
        5 notify a 1
        """)
  }

  @Test func `nobody is ever told zero`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      5 open 2 a
      6 close 1
      9 end
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 1
        5 greet 2 a 2
        """)
  }

  @Test func `who waited in silence is told as soon as somebody is counted`() throws {
    try expect(
      """
      option increment-delay 30
      0 open 1 a
      30 end
      """,
      gives: """
        0 greet 1 a 1
        30 notify a 1
        """)
  }

  @Test func `a namespace of remote members alone tells nobody`() throws {
    try expect(
      """
      0 peer b a 5 5
      4 peer b a 50 50
      60 end
      """,
      gives: "")
  }
}
