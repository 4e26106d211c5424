// Viewers who move between nodes (§2 rule 18).

import Testing

struct MoveScenarios {
  @Test func `a viewer that arrives is a member, and its node has one less until it says anew`()
    throws
  {
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 5 5
      0 open 1 a arriving
      0.25 arrived 1 from b
      0.5 open 2 a
      1 peer b a 5 5
      2 end
      """,
      gives: """
        0 greet 1 a 5
        0.5 greet 2 a 6
        0.5 notify a 6
        1 notify a 7
        """)
  }

  @Test func `an arriving stream without an answer has a new viewer after a second`() throws {
    let log = """
      option notify-min-delay 0
      0 open 1 a arriving
      1.5 open 2 a observer
      """
    try expect(
      log,
      gives: """
        0 greet 1 a 0
        1 notify a 1
        1.5 greet 2 a 1
        """)
    try expect(
      "option increment-delay 0.5\n" + log,
      gives: """
        0 greet 1 a 0
        1 notify a 1
        1.5 greet 2 a 1
        """)
    try expect(
      "option increment-delay 3\n" + log + "\n3 end",
      gives: """
        0 greet 1 a 0
        1.5 greet 2 a 0
        3 notify a 1
        """)
  }

  @Test func `arrived means nothing for a stream that is not arriving`() throws {
    try expect(
      """
      option notify-min-delay 0
      option increment-delay 5
      0 peer b a 5 5
      0 open 1 a
      0 open 2 a observer
      0 arrived 1 from b
      0 arrived 2 from b
      0 arrived 9 from b
      0 open 3 a observer
      """,
      gives: """
        0 greet 1 a 6
        0 greet 2 a 5
        0 greet 3 a 5
        """)
  }

  @Test func `a viewer that arrives from a node that said none is a member more`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 1 1
      0 open 1 a arriving
      0 open 2 a arriving
      0 open 3 a arriving
      0.5 arrived 1 from b
      0.5 arrived 2 from b
      0.5 arrived 3 from c
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        0 greet 3 a 1
        0.5 notify a 2
        0.5 notify a 3
        """)
  }

  @Test func `the age of a viewer that arrived begins then, of a new one at the open`() throws {
    try expect(
      """
      option decrement-delay 8
      option notify-min-delay 0
      0 open 1 a observer
      0 open 2 a arriving
      0 open 3 a arriving
      0.5 arrived 2 from b
      1.4 close 2
      1.4 close 3
      2.4 end
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 a 0
        0 greet 3 a 0
        0.5 notify a 1
        1 notify a 2
        1.4 notify a 1
        2.4 notify a 0
        """)
  }

  @Test func `an arriving stream that closes has no viewer`() throws {
    try expect(
      """
      option notify-min-delay 0
      option namespace-clean-delay 1
      0 open 1 a arriving
      0.5 close 1
      1.5 end
      """,
      gives: """
        0 greet 1 a 0
        1.5 retire a
        """)
  }

  @Test func `who comes after an arriving stream arrives in its place`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 5 5
      0 open 1 a arriving
      0.5 open 2 a after=1
      0.75 arrived 1 from b
      0.75 arrived 2 from b
      0.75 open 3 a observer
      2 end
      """,
      gives: """
        0 greet 1 a 5
        0.5 end 1 superseded
        0.5 greet 2 a 5
        0.75 greet 3 a 5
        """)
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a arriving
      0.5 open 2 a after=1
      1 end
      """,
      gives: """
        0 greet 1 a 0
        0.5 end 1 superseded
        0.5 greet 2 a 0
        1 notify a 1
        """)
  }

  @Test func `arriving means nothing with a viewer id, and after means nothing with arriving`()
    throws
  {
    try expect(
      """
      0 open 1 a viewer=v arriving
      0 open 2 a
      1 open 3 a arriving after=2
      1 open 4 a viewer=v arriving after=1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        1 greet 3 a 2
        1 end 1 superseded
        1 greet 4 a 2
        """)
  }

  @Test func `a member that moved is ended, and the other node has one more`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 5 5
      0 open 1 a
      0 open 2 a
      1 moved 1 to b
      1 close 1
      1 moved 1 to b
      2 open 3 a observer
      3 peer b a 5 5
      """,
      gives: """
        0 greet 1 a 6
        0 greet 2 a 7
        0 notify a 7
        1 end 1 superseded
        2 greet 3 a 7
        3 notify a 6
        """)
  }

  @Test func `a leaving viewer that moved is gone, as if the other node had said one`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      10 close 1
      11 moved 1 to b
      14 open 3 a observer
      16 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        14 greet 3 a 2
        16 notify a 1
        """)
  }

  @Test func `a returning viewer moves by a stream that was open at the restart`() throws {
    try expect(
      """
      0 open 1 a
      5 restart
      6 moved 1 to b
      6 open 2 a observer
      11 end
      """,
      gives: """
        0 greet 1 a 1
        6 greet 2 a 1
        11 notify a 0
        """)
  }

  @Test func `a pending viewer and an arriving stream that moved count nowhere`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a arriving
      0 open 3 a observer
      0.5 moved 1 to b
      0.5 moved 2 to b
      9 open 4 a observer
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 0
        0 greet 3 a 0
        0.5 end 1 superseded
        0.5 end 2 superseded
        9 greet 4 a 0
        """)
  }

  @Test func `a stream with a viewer id, one that is unknown or resumed does not move`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      0 open 2 a
      0.5 moved 1 to b
      0.5 moved 7 to b
      1 close 2
      1 open 3 a after=2
      1 close 1
      1 moved 1 to b
      1 moved 2 to b
      1 open 4 a observer
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        1 greet 3 a 2
        1 greet 4 a 2
        """)
  }

  @Test func `a transfer takes one from a node and gives it to another`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 5 5
      0 peer c a 1 1
      0 open 1 a observer
      1 transferred a from b to c
      1 transferred a from d to c
      1 transferred z from b to c
      2 bye b
      2 bye c
      """,
      gives: """
        0 greet 1 a 6
        2 notify a 2
        2 notify a 0
        """)
  }

  @Test func `a transfer renews no report, and begins one where nothing was said`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 2 2
      0 open 1 a observer
      2 peer c a 2 2
      3 transferred a from b to c
      7 end
      """,
      gives: """
        0 greet 1 a 2
        2 notify a 4
        5 notify a 3
        7 notify a 0
        """)
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 1 1
      0 open 1 a observer
      3 transferred a from b to c
      8 end
      """,
      gives: """
        0 greet 1 a 1
        8 notify a 0
        """)
  }

  @Test func `a transfer from a node to itself means nothing`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 peer b a 1 1
      0 open 1 a observer
      3 transferred a from b to b
      5 end
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 0
        """)
  }
}
