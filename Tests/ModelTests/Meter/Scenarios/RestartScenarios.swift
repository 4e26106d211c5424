// Streams that the daemon cut, and a daemon that begins anew (§2 rule 17).

import Testing

struct RestartScenarios {
  @Test func `a member whose stream was cut is counted for the delay, whatever its age`() throws {
    try expect(
      """
      option notify-min-delay 0
      option restart-delay 10
      0 open 1 a
      0 open 2 a
      0 cut 1
      5 close 1
      5 close 1
      10 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        5 reject close 1
        10 notify a 1
        """)
  }

  @Test func `a stream that comes after one that was cut resumes its viewer`() throws {
    try expect(
      """
      option notify-min-delay 0
      option notify-max-delay 1h
      0 open 1 a
      0 open 2 a
      1 cut 1
      20 open 3 a after=1
      20 close 3
      25 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        20 greet 3 a 2
        25 notify a 1
        """)
  }

  @Test func `a cut of a stream that is gone or unknown means nothing`() throws {
    try expect(
      """
      option namespace-clean-delay 3
      option max-conn-duration 320
      0 cut 7
      0 open 1 a
      10 close 1
      10 cut 1
      11 close 1
      18 end
      """,
      gives: """
        0 greet 1 a 1
        11 reject close 1
        18 retire a
        """)
  }

  @Test func `a restart lets every member return, and awaits no close`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      0 open 3 b observer
      1 open 4 a viewer=v
      5 restart
      6 close 1
      10 open 1 a after=2
      10 open 2 a viewer=v
      35 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        0 greet 3 b 0
        1 greet 4 a 3
        1 notify a 3
        6 reject close 1
        10 greet 1 a 3
        10 greet 2 a 3
        35 notify a 2
        """)
  }

  @Test func `a pending viewer does not return, and a ping stays`() throws {
    try expect(
      """
      option viewer-ids shared
      option increment-delay 5
      option ping-timeout 20
      option namespace-clean-delay 3
      0 open 1 a
      4 ping b v
      4 open 2 b viewer=v
      4.5 restart
      27 end
      """,
      gives: """
        0 greet 1 a 1
        4 pong b v 1
        4 greet 2 b 1
        7.5 retire a
        27 retire b
        """)
  }

  @Test func `a member who pings returns too`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 2
      option restart-delay 10
      option namespace-clean-delay 0
      0 open 1 a viewer=v
      0 ping a v
      1 restart
      11 end
      """,
      gives: """
        0 greet 1 a 1
        0 pong a v 1
        11 retire a
        """)
  }

  @Test func `with delay 0 nobody returns, and who pings stays`() throws {
    try expect(
      """
      option viewer-ids shared
      option restart-delay 0
      option ping-timeout 10
      option namespace-clean-delay 3
      0 open 1 a
      4 open 2 b viewer=v
      4 ping b v
      10 restart
      17 end
      """,
      gives: """
        0 greet 1 a 1
        4 greet 2 b 1
        4 pong b v 1
        13 retire a
        17 retire b
        """)
  }

  @Test func `a leaving viewer keeps its grace at a restart`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      10 close 1
      12 restart
      14 open 2 a observer
      16 open 3 a observer
      """,
      gives: """
        0 greet 1 a 1
        14 greet 2 a 1
        15 notify a 0
        16 greet 3 a 0
        """)
  }

  @Test func `at a restart those who opened first return, up to the limit`() throws {
    try expect(
      """
      option max-connections 2
      option restart-delay 10
      0 open 1 a
      1 open 2 a
      2 close 1
      2 open 1 a
      3 restart
      3 open 4 a observer
      3 open 5 a after=2
      3 open 6 a
      """,
      gives: """
        0 greet 1 a 1
        1 greet 2 a 2
        2 notify a 2
        2 greet 1 a 3
        3 greet 4 a 2
        3 greet 5 a 2
        3 refuse 6 full
        """)
  }

  @Test func `a cut of one of several tabs gives no grace`() throws {
    try expect(
      """
      option viewer-ids shared
      option notify-min-delay 0
      option decrement-delay 0
      0 open 1 a viewer=v
      0 open 2 a viewer=v
      0 open 3 a observer
      1 cut 1
      2 close 2
      3 close 1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        0 greet 3 a 1
        2 notify a 0
        """)
  }

  @Test func `a restart changes neither reports nor external counts`() throws {
    try expect(
      """
      option decrement-delay 0
      option restart-delay 0
      0 peer b a 5 5
      0 external s a 7
      0 open 1 a
      1 restart
      1 open 2 a observer
      """,
      gives: """
        0 greet 1 a 13
        1 greet 2 a 12
        """)
  }

  @Test func `an arriving stream and an observer that are cut leave nobody`() throws {
    try expect(
      """
      option namespace-clean-delay 5
      0 open 1 a arriving
      0 open 2 a observer
      0.5 cut 1
      0.5 cut 2
      0.5 arrived 1 from b
      5.5 end
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 a 0
        5.5 retire a
        """)
  }
}
