// Several deadlines, and deadlines and events, at one instant (§2, before rule 1).

import Testing

struct TieScenarios {
  @Test func `a stream that closes at the increment was a member's`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      5 close 2
      10 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        5 notify a 2
        10 notify a 1
        """)
  }

  @Test func `a stream that opens at the end of the grace has a new viewer`() throws {
    let log = """
      option increment-delay 1
      0 open 1 a
      10 close 1
      """
    try expect(
      log + "\n14.999999999 open 2 a after=1\n14.999999999 open 3 a observer",
      gives: """
        0 greet 1 a 1
        2 notify a 1
        14.999999999 greet 2 a 1
        14.999999999 greet 3 a 1
        """)
    try expect(
      log + "\n15 open 2 a after=1\n15 open 3 a observer",
      gives: """
        0 greet 1 a 1
        2 notify a 1
        15 greet 2 a 1
        15 greet 3 a 0
        """)
  }

  @Test func `a stream that ends at its maximum duration gets no grace that ends then`() throws {
    // Connection 1 leaves with one step of 266 s, until 536, when connection 3 ends. Only one
    // viewer may have grace, and the first still has it when connection 3 ends.
    try expect(
      """
      option max-connections 1
      option max-conn-duration 320
      option decrement-delay 2128
      option notify-max-delay 1h
      option namespace-clean-delay 10
      0 open 1 a
      5 open 2 a
      270 close 1
      270 open 3 a
      546 end
      """,
      gives: """
        0 greet 1 a 1
        5 refuse 2 full
        270 greet 3 a 2
        536 end 3 expired
        546 retire a
        """)
  }

  @Test func `a stream that is counted and ends at one instant was a member's`() throws {
    try expect(
      """
      option increment-delay 281
      option max-conn-duration 320
      option namespace-clean-delay 0
      option notify-max-delay 1h
      0 open 1 a
      286 end
      """,
      gives: """
        0 greet 1 a 1
        281 end 1 expired
        286 retire a
        """)
  }

  @Test func `leaving and returning viewers who go together are notified once`() throws {
    try expect(
      """
      option notify-min-delay 0
      option restart-delay 5
      0 open 1 a
      0 open 2 a
      0 open 3 a
      10 cut 2
      10 close 1
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        0 greet 3 a 3
        0 notify a 3
        15 notify a 1
        """)
  }

  @Test func `namespaces are vacant in the order of the kinds of deadlines`() throws {
    try expect(
      """
      option viewer-ids shared
      option ping-timeout 5
      option restart-delay 5
      option external-timeout 5
      option namespace-clean-delay 10
      0 open 1 a
      0 open 2 b
      10 external y e 1
      10 peer x d 1 1
      10 cut 1
      10 close 2
      10 ping c v
      25 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        10 pong c v 1
        25 retire c
        25 retire b
        25 retire a
        25 retire d
        25 retire e
        """)
  }

  @Test func `graces that end together end in the order in which they were given`()
    throws
  {
    // The viewer of connection 3 is younger, so its grace is shorter and was given later.
    try expect(
      """
      option decrement-delay 8
      option namespace-clean-delay 1
      0 open 1 b observer
      0 open 2 a
      10 close 2
      10 open 3 b
      14 close 3
      14 close 1
      19 end
      """,
      gives: """
        0 greet 1 b 0
        0 greet 2 a 1
        10 greet 3 b 1
        10 notify b 1
        19 retire a
        19 retire b
        """)
  }

  @Test func `an arriving stream gets its viewer before the increment at that instant`() throws {
    try expect(
      """
      option increment-delay 1
      option notify-min-delay 0
      0 open 1 a arriving
      0 open 2 a
      1 close 1
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 a 1
        1 notify a 2
        """)
  }

  @Test func `arrived at the end of the second comes too late`() throws {
    let log = """
      option notify-min-delay 0
      0 peer b a 5 5
      0 open 1 a arriving
      """
    try expect(
      log + "\n0.999999999 arrived 1 from b\n1 open 2 a observer",
      gives: """
        0 greet 1 a 5
        1 greet 2 a 5
        """)
    try expect(
      log + "\n1 arrived 1 from b\n1 open 2 a observer",
      gives: """
        0 greet 1 a 5
        1 notify a 6
        1 greet 2 a 6
        """)
  }

  @Test func `with clean delay 0 a namespace is retired at the end of the grace`() throws {
    try expect(
      """
      option namespace-clean-delay 0
      0 open 1 a
      10 close 1
      15 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        15 retire a
        15 greet 2 a 1
        """)
  }

  @Test func `what a move made a node say is forgotten like what it said`() throws {
    // With node timeout 0 it is forgotten after the event.
    try expect(
      """
      option cluster-node-timeout 0
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      1 moved 1 to b
      1 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        1 end 1 superseded
        1 notify a 1
        """)
  }

  @Test func `a report that expires with the grace of a viewer is notified with it`() throws {
    try expect(
      """
      option notify-min-delay 0
      option external-timeout 5
      0 open 1 a
      0 open 2 a
      10 peer b a 3 3
      10 external s a 2
      10 close 1
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        10 notify a 5
        10 notify a 7
        15 notify a 1
        """)
  }

  @Test func `a grace that ends at the max delay is not in the notification`() throws {
    try expect(
      """
      option notify-min-delay 10
      option notify-max-delay 10
      0 open 1 a
      0 open 2 a
      5 close 2
      10 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        10 notify a 1
        """)
  }
}
