// Streams that come after another one of the same viewer (§2 rule 6).

import Testing

struct ResumptionScenarios {
  @Test func `a stream that comes after an open one takes its place`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      5 open 3 a after=1
      6 close 1
      6 close 1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        5 end 1 superseded
        5 greet 3 a 2
        6 reject close 1
        """)
  }

  @Test func `a stream that takes the place of the only one is the first in`() throws {
    try expect(
      """
      0 open 1 a
      20 open 2 a after=1
      45 end
      """,
      gives: """
        0 greet 1 a 1
        20 end 1 superseded
        20 greet 2 a 1
        45 notify a 1
        """)
  }

  @Test func `a stream that comes after that of a leaving viewer changes no count`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      10 close 1
      12 open 3 a after=1
      20 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        12 greet 3 a 2
        """)
  }

  @Test func `a viewer that is resumed has the age that it had`() throws {
    try expect(
      """
      option decrement-delay 8
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      3 close 2
      5 open 3 a after=2
      5 close 3
      12 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        5 greet 3 a 2
        10 notify a 1
        """)
  }

  @Test func `a viewer whose stream was superseded has the age that it had`() throws {
    try expect(
      """
      option decrement-delay 8
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      3 open 3 a after=2
      3 close 3
      6 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        3 end 2 superseded
        3 greet 3 a 2
        6 notify a 1
        """)
  }

  @Test func `an id serves once, while its stream is open and after it`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      1 open 2 a after=1
      2 open 3 a after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 superseded
        1 greet 2 a 1
        2 greet 3 a 2
        2 notify a 2
        """)
    try expect(
      """
      0 open 1 a
      10 close 1
      11 open 2 a after=1
      12 open 3 a after=1
      """,
      gives: """
        0 greet 1 a 1
        11 greet 2 a 1
        12 greet 3 a 2
        """)
  }

  @Test func `an id of another namespace is ignored`() throws {
    try expect(
      """
      0 open 1 a
      1 open 2 b after=1
      2 close 1
      3 open 3 b after=1
      3.5 open 4 a after=1
      """,
      gives: """
        0 greet 1 a 1
        1 greet 2 b 1
        3 greet 3 b 2
        3 notify b 2
        3.5 greet 4 a 1
        """)
  }

  @Test func `a pending viewer is counted when its first stream would have been`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      2 open 2 a after=1
      4 open 3 a after=2
      5 end
      """,
      gives: """
        0 greet 1 a 1
        2 end 1 superseded
        2 greet 2 a 1
        4 end 2 superseded
        4 greet 3 a 1
        5 notify a 1
        """)
  }

  @Test func `a stream that comes after that of a pending viewer who is gone has a new one`()
    throws
  {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a
      4 close 1
      4 open 2 a after=1
      9 end
      """,
      gives: """
        0 greet 1 a 1
        4 greet 2 a 1
        9 notify a 1
        """)
  }

  @Test func `a viewer who is resumed is a member at once`() throws {
    try expect(
      """
      option increment-delay 5
      0 open 1 a
      6 close 1
      8 open 2 a after=1
      8 open 3 a observer
      """,
      gives: """
        0 greet 1 a 1
        5 notify a 1
        8 greet 2 a 1
        8 greet 3 a 1
        """)
  }

  @Test func `an expired stream is resumed`() throws {
    try expect(
      """
      option max-conn-duration 320
      option notify-max-delay 1h
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      283 open 3 a after=1
      290 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        281 end 1 expired
        283 greet 3 a 2
        """)
  }

  @Test func `a stream that another would end counts as gone at the limit`() throws {
    // Connection 5 is refused and resumes nobody, so connection 6 can.
    try expect(
      """
      option max-connections 1
      0 open 1 a
      1 open 2 a after=1
      2 open 3 a
      2 close 2
      2 open 4 b
      3 open 5 a after=2
      3 close 4
      3 open 6 a after=2
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 superseded
        1 greet 2 a 1
        2 refuse 3 full
        2 greet 4 b 1
        3 refuse 5 full
        3 greet 6 a 1
        """)
  }

  @Test func `a refused stream is none that another could come after`() throws {
    try expect(
      """
      option max-connections 2
      0 open 1 a
      0 open 2 a
      0 open 3 a
      1 open 4 a after=3
      1 open 5 a after=2
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 refuse 3 full
        1 refuse 4 full
        1 end 2 superseded
        1 greet 5 a 2
        """)
  }
}
