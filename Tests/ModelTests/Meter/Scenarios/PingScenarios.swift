// Viewers without a stream, who ping (§2 rule 9).

import Testing

struct PingScenarios {
  @Test func `a ping keeps its viewer for the timeout from then`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 10
      option notify-min-delay 0
      0 open 1 a observer
      0 ping a v
      7 ping a v
      16.999999999 ping a w
      17 end
      """,
      gives: """
        0 greet 1 a 0
        0 pong a v 1
        0 notify a 1
        7 pong a v 1
        16.999999999 pong a w 2
        16.999999999 notify a 2
        17 notify a 1
        """)
  }

  @Test func `a ping at the end of the timeout is that of a new viewer`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 10
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a observer
      0 ping a v
      10 ping a v
      15 end
      """,
      gives: """
        0 greet 1 a 0
        0 pong a v 1
        5 notify a 1
        10 notify a 0
        10 pong a v 1
        15 notify a 1
        """)
  }

  @Test func `a pending viewer is pending since its first ping, with or without a stream`() throws {
    try expect(
      """
      option viewer-ids shared
      option increment-delay 5
      option notify-min-delay 0
      0 ping a v
      4 open 1 a viewer=v
      4.5 ping a v
      5 end
      """,
      gives: """
        0 pong a v 1
        4 greet 1 a 1
        4.5 pong a v 1
        5 notify a 1
        """)
  }

  @Test func `a viewer stays as long as its ping or its grace`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 10
      option notify-min-delay 0
      0 open 1 a observer
      0 open 2 a viewer=v
      9 ping a v
      10 close 2
      19 end
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 a 1
        0 notify a 1
        9 pong a v 1
        19 notify a 0
        """)
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 10
      option notify-min-delay 0
      0 open 1 a observer
      0 open 2 a viewer=v
      4 ping a v
      10 close 2
      15 end
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 a 1
        0 notify a 1
        4 pong a v 1
        15 notify a 0
        """)
  }

  @Test func `a ping of a leaving viewer does not end its grace`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 2
      option notify-min-delay 0
      0 open 1 a observer
      0 open 2 a viewer=v
      10 close 2
      11 ping a v
      15 end
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 a 1
        0 notify a 1
        11 pong a v 1
        15 notify a 0
        """)
  }

  @Test func `a ping that ends while a stream is open ends nothing`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 2
      option notify-min-delay 0
      0 ping a v
      1 open 1 a viewer=v
      3 open 2 a observer
      """,
      gives: """
        0 pong a v 1
        1 greet 1 a 1
        3 greet 2 a 1
        """)
  }

  @Test func `a leave ends the ping and the grace, and nothing else`() throws {
    try expect(
      """
      option viewer-ids shared
      option notify-min-delay 0
      0 open 1 a observer
      0 open 2 a viewer=v
      1 ping a v
      2 leave a v
      3 close 2
      4 leave a v
      4 leave a v
      5 ping a v
      6 leave a v
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 a 1
        0 notify a 1
        1 pong a v 1
        4 notify a 0
        5 pong a v 1
        5 notify a 1
        6 notify a 0
        """)
  }

  @Test func `a leave of a pending viewer ends it uncounted`() throws {
    try expect(
      """
      option viewer-ids shared
      option increment-delay 5
      option namespace-clean-delay 3
      0 ping a v
      4 leave a v
      7 end
      """,
      gives: """
        0 pong a v 1
        7 retire a
        """)
  }

  @Test func `a pending viewer keeps its namespace by its ping`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 10
      option increment-delay 20
      option namespace-clean-delay 5
      0 open 1 a viewer=v
      0 ping a v
      1 close 1
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 pong a v 1
        15 retire a
        """)
  }

  @Test func `pings and leaves are rejected where ids are not shared`() throws {
    for mode in ["off", "exclusive"] {
      try expect(
        """
        option viewer-ids \(mode)
        0 open 1 a viewer=v
        1 ping a v
        1 leave a v
        1 ping b w
        """,
        gives: """
          0 greet 1 a 1
          1 reject ping a v
          1 reject leave a v
          1 reject ping b w
          """)
    }
  }

  @Test func `a ping of one more viewer than may ping is rejected`() throws {
    try expect(
      """
      option viewer-ids shared
      option max-pings 2
      option notify-min-delay 60
      0 open 1 a viewer=w
      0 ping a v
      0 ping b v
      1 ping a w
      2 ping a v
      3 leave a v
      3 ping a w
      4 ping c v
      5 close 1
      """,
      gives: """
        0 greet 1 a 1
        0 pong a v 2
        0 pong b v 1
        1 reject ping a w
        2 pong a v 2
        3 pong a w 1
        4 reject ping c v
        """)
  }

  @Test func `a ping that would create a namespace past the limit is rejected`() throws {
    try expect(
      """
      option viewer-ids shared
      option max-namespaces 1
      option ping-timeout 1
      option namespace-clean-delay 1
      0 ping a v
      0 ping b v
      0 ping a w
      2 ping b v
      """,
      gives: """
        0 pong a v 1
        0 reject ping b v
        0 pong a w 2
        2 retire a
        2 pong b v 1
        """)
  }
}
