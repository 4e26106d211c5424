// Notifications (§2 rule 4).

import Testing

struct NotificationScenarios {
  @Test func `a change is notified at once if the min delay has passed`() throws {
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

  @Test func `a change within the min delay is notified exactly when it has passed`() throws {
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

  @Test func `further changes do not postpone a notification`() throws {
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

  @Test func `an unchanged count is notified after each max delay`() throws {
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

  @Test func `the max delay does not depend on the min delay`() throws {
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

  @Test func `a change of exactly the ratio is notified, and one less is not`() throws {
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

  @Test func `with ratio 0 every change is notified, and with ratio 1 only a doubling`() throws {
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

  @Test func `a greeting with a count that has changed back since causes a notification`() throws {
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

  @Test func `the pending newcomer in a greeting is no change`() throws {
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

  @Test func `connections that close within the increment delay cause no notification`() throws {
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

  @Test func `all changes by the deadlines of one instant cause one notification`() throws {
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

  @Test func `the deadlines of an instant come before its events, so both may notify`() throws {
    try expect(
      """
      option decrement-delay 0
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

  @Test func `a count of zero is never notified`() throws {
    try expect(
      """
      option decrement-delay 0
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

  @Test func `after the max delay the first member is notified as soon as it is counted`() throws {
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

  @Test func `a namespace without an open connection on this node is not notified`() throws {
    try expect(
      """
      0 peer b a 5 5
      4 peer b a 50 50
      60 end
      """,
      gives: "")
  }
}
