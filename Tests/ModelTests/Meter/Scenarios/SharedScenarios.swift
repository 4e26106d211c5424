// Viewer ids that are shared by tabs (§2 rule 8).

import Testing

struct SharedScenarios {
  @Test func `tabs with one id in one namespace are one viewer`() throws {
    try expect(
      """
      option viewer-ids shared
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 a viewer=v
      0 open 3 a viewer=w
      10 close 1
      10 close 2
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        0 greet 3 a 2
        0 notify a 2
        15 notify a 1
        """)
  }

  @Test func `a viewer is pending since its first tab, though that has closed`() throws {
    try expect(
      """
      option viewer-ids shared
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a viewer=v
      4 open 2 a viewer=v
      4.5 close 1
      5 end
      """,
      gives: """
        0 greet 1 a 1
        4 greet 2 a 1
        5 notify a 1
        """)
  }

  @Test func `in two namespaces one id is two viewers, and nothing excludes them`() throws {
    try expect(
      """
      option viewer-ids shared
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 b viewer=v
      1 exclude v
      10 close 1
      11 open 3 b viewer=v
      11 open 4 a observer
      15 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        11 greet 3 b 1
        11 greet 4 a 1
        15 notify a 0
        """)
  }

  @Test func `a tab that comes after an open one takes its place, also at the limit`() throws {
    try expect(
      """
      option viewer-ids shared
      option max-connections 2
      0 open 1 a viewer=v
      0 open 2 a viewer=v
      1 open 3 a viewer=v after=1
      1 open 4 a viewer=v
      1 close 2
      1 open 5 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        1 end 1 superseded
        1 greet 3 a 1
        1 refuse 4 full
        1 greet 5 a 1
        """)
  }

  @Test func `a leaving viewer is resumed by its id, whatever the stream comes after`() throws {
    try expect(
      """
      option viewer-ids shared
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 a
      10 close 1
      12 open 3 a viewer=v
      13 close 3
      17 open 4 a viewer=v after=2
      24 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        12 greet 3 a 2
        17 greet 4 a 2
        """)
  }

  @Test func `a tab of the viewer of another id or of none supersedes nothing`() throws {
    try expect(
      """
      option viewer-ids shared
      0 open 1 a viewer=v
      0 open 2 a
      1 open 3 a viewer=w after=1
      1 open 4 a after=1
      1 open 5 a viewer=w after=2
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        1 greet 3 a 3
        1 greet 4 a 4
        1 greet 5 a 4
        """)
  }

  @Test func `tabs that close and open at the instant of the increment are counted once`() throws {
    try expect(
      """
      option viewer-ids shared
      option increment-delay 5
      option notify-min-delay 0
      0 open 1 a viewer=v
      0 open 2 a viewer=v
      5 close 1
      5 close 2
      5 open 3 a viewer=v
      10 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        5 notify a 1
        5 greet 3 a 1
        """)
  }
}
