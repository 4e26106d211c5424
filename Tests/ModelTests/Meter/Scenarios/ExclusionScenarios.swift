// What becomes of a viewer whose exclusive id opens again, and ids that are ignored (§2 rule 8).

import Testing

struct ExclusionScenarios {
  @Test func `in the same namespace the newcomer is a stream of the same viewer`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a viewer=v
      4 open 2 a viewer=v
      5 end
      """,
      gives: """
        0 greet 1 a 1
        4 end 1 excluded
        4 greet 2 a 1
        5 notify a 1
        """)
  }

  @Test func `in another namespace the former viewer is gone at once`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 a
      10 open 3 b viewer=v
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        10 end 1 excluded
        10 greet 3 b 1
        10 notify a 1
        """)
  }

  @Test func `a leaving viewer is resumed by its id, and gone when that opens elsewhere`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 a
      10 close 1
      12 open 3 a viewer=v
      13 close 3
      14 open 4 b viewer=v
      20 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        12 greet 3 a 2
        14 greet 4 b 1
        14 notify a 1
        """)
  }

  @Test func `a returning viewer is resumed by its id, and gone when that opens elsewhere`() throws
  {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 a
      10 cut 1
      30 open 3 a viewer=v
      31 cut 3
      32 open 4 b viewer=v
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        25 notify a 2
        30 greet 3 a 2
        32 greet 4 b 1
        32 notify a 1
        """)
  }

  @Test func `a plain request ends a leaving viewer at once`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 a
      10 close 1
      11 exclude v
      12 exclude v
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        11 notify a 1
        """)
  }

  @Test func `a stream that was left for another namespace is remembered`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 b viewer=v after=1
      2 open 3 b viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 b 1
        2 refuse 3 stopped
        """)
  }

  @Test func `what is remembered is not judged while nobody holds the id`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 2
      2 open 3 a viewer=v after=1
      2 open 4 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        2 greet 3 a 1
        2 refuse 4 stopped
        """)
  }

  @Test func `a stream with an id resumes no viewer without one, and the other way round`() throws {
    try expect(
      """
      0 open 1 a
      0 open 2 a viewer=v
      10 close 1
      10 close 2
      11 open 3 a viewer=v after=1
      11 open 4 a after=2
      11 open 5 a after=3
      11 open 6 a viewer=w after=4
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        2 notify a 2
        11 greet 3 a 2
        11 greet 4 a 3
        11 greet 5 a 4
        11 greet 6 a 5
        """)
  }

  @Test func `ids that are off are ignored everywhere`() throws {
    try expect(
      """
      option viewer-ids off
      0 open 1 a viewer=v
      0 open 2 a viewer=v
      1 exclude v
      1 open 3 a viewer=w after=1
      1 open 4 a viewer=v arriving
      1 ping a v
      1 leave a v
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        1 end 1 superseded
        1 greet 3 a 2
        1 greet 4 a 2
        1 reject ping a v
        1 reject leave a v
        """)
  }

  @Test func `an id whose viewer is pending goes to another namespace uncounted`() throws {
    try expect(
      """
      option increment-delay 5
      option notify-min-delay 0
      option namespace-clean-delay 0
      0 open 1 a viewer=v
      4 open 2 b viewer=v
      9 end
      """,
      gives: """
        0 greet 1 a 1
        4 end 1 excluded
        4 greet 2 b 1
        4 retire a
        9 notify b 1
        """)
  }
}
