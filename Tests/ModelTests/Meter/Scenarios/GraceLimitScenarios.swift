// The limit of the viewers who are leaving or returning (§2 rule 16).

import Testing

struct GraceLimitScenarios {
  @Test func `past the limit a viewer who leaves is gone at once`() throws {
    try expect(
      """
      option max-connections 2
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      10 close 1
      10 close 2
      10 open 3 a
      10 open 4 a
      11 close 3
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        10 greet 3 a 3
        10 greet 4 a 4
        10 notify a 4
        11 notify a 3
        15 notify a 1
        """)
  }

  @Test func `a viewer that was resumed makes room for another`() throws {
    try expect(
      """
      option max-connections 1
      option notify-min-delay 0
      0 open 1 a
      10 close 1
      11 open 2 a after=1
      12 close 2
      13 open 3 a observer
      17 end
      """,
      gives: """
        0 greet 1 a 1
        11 greet 2 a 1
        13 greet 3 a 1
        17 notify a 0
        """)
  }

  @Test func `leaving and returning viewers are counted together`() throws {
    try expect(
      """
      option max-connections 2
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      10 close 1
      10 cut 2
      11 open 3 a
      12 open 4 a observer
      13 cut 3
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        11 greet 3 a 3
        12 greet 4 a 3
        13 notify a 2
        15 notify a 1
        """)
  }

  @Test func `past the limit a viewer who pings stays by its ping`() throws {
    try expect(
      """
      option viewer-ids shared
      option max-connections 1
      option notify-min-delay 0
      option ping-timeout 10
      0 open 1 a
      10 close 1
      10 open 2 a viewer=v
      11 ping a v
      12 close 2
      12 open 3 a observer
      21 end
      """,
      gives: """
        0 greet 1 a 1
        10 greet 2 a 2
        11 pong a v 2
        12 greet 3 a 2
        15 notify a 1
        21 notify a 0
        """)
  }
}
