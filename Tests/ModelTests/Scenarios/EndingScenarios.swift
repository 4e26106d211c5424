// Rules 6 to 8 and 12 of §2: how connections and namespaces end, and who is not let in.

import Testing

struct EndingScenarios {
  @Test func `a connection is ended in the last fifth of its maximum duration`() throws {
    try expect(
      """
      option max-conn-duration 320
      option notify-max-delay 1h
      0 open 1 a
      0 open 2 a
      0 open 3 a
      400 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 greet 3 a 3
        2 notify a 3
        266 end 3 expired
        266 notify a 2
        281 end 1 expired
        281 notify a 1
        305 end 2 expired
        365 retire a
        """)
  }

  @Test func `with 0 a connection may last for ever`() throws {
    try expect(
      """
      option max-conn-duration 0
      option notify-max-delay 600000h
      0 open 1 a
      2000000000 end
      """,
      gives: "0 greet 1 a 1")
  }

  @Test func `the close of a connection that was ended is no second leave`() throws {
    try expect(
      """
      option max-conn-duration 10
      0 open 1 a
      0 open 2 a
      9.9 close 1
      9.9 close 2
      9.9 close 1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        2 notify a 2
        8.78125 end 1 expired
        8.78125 notify a 1
        9.53125 end 2 expired
        9.9 reject close 1
        """)
  }

  @Test func `a number may come again once its connection was ended`() throws {
    try expect(
      """
      option max-conn-duration 10
      0 open 1 a
      9 open 1 a
      10 close 1
      10 close 1
      """,
      gives: """
        0 greet 1 a 1
        8.78125 end 1 expired
        9 greet 1 a 1
        10 reject close 1
        """)
  }

  @Test func `an empty namespace is forgotten after the clean delay`() throws {
    try expect(
      """
      0 open 1 a
      10 close 1
      70 end
      """,
      gives: """
        0 greet 1 a 1
        70 retire a
        """)
  }

  @Test func `an open keeps a namespace, a message does not`() throws {
    try expect(
      """
      0 open 1 a
      0 open 2 b
      1 close 1
      1 close 2
      60 message b hello
      60.5 open 3 a
      61 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        60.5 greet 3 a 1
        61 retire b
        """)
  }

  @Test func `an open at the very end of the clean delay comes too late`() throws {
    try expect(
      """
      0 open 1 a
      1 close 1
      61 open 1 a
      """,
      gives: """
        0 greet 1 a 1
        61 retire a
        61 greet 1 a 1
        """)
  }

  @Test func `with clean delay 0 a namespace goes after the event that emptied it`() throws {
    try expect(
      """
      option namespace-clean-delay 0
      0 open 1 b
      0 open 2 a
      1 close 2
      1 close 1
      1 open 3 b
      """,
      gives: """
        0 greet 1 b 1
        0 greet 2 a 1
        1 retire a
        1 retire b
        1 greet 3 b 1
        """)
  }

  @Test func `namespaces retire in the order in which they became empty`() throws {
    try expect(
      """
      0 open 1 a
      0 open 2 b
      5 close 2
      5 close 1
      65 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        65 retire b
        65 retire a
        """)
  }

  @Test func `remote members keep a namespace, remote zeros do not`() throws {
    try expect(
      """
      option namespace-clean-delay 10
      0 open 1 a
      0 peer b a 1 1
      1 close 1
      4 peer b a 0 1
      6 peer b a 0 1
      14 end
      """,
      gives: """
        0 greet 1 a 1
        14 retire a
        """)
  }

  @Test func `a newcomer with the same viewer id excludes the former connection`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      5 open 2 b viewer=v
      6 close 1
      """,
      gives: """
        0 greet 1 a 1
        5 end 1 excluded
        5 greet 2 b 1
        """)
  }

  @Test func `the former connection goes first, so the count never shows both`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        """)
  }

  @Test func `the one that was excluded is stopped when it comes back`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 1
      3 open 3 a viewer=v after=1
      4 close 3
      5 open 4 a viewer=v after=2
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        3 refuse 3 stopped
        5 end 2 excluded
        5 greet 4 a 1
        """)
  }

  @Test func `one excluded by a plain request may come back`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 exclude v
      1 exclude v
      2 open 2 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        2 greet 2 a 1
        """)
  }

  @Test func `a viewer id leaves no trace when its connection is gone`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 2
      3 open 3 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        3 greet 3 a 1
        """)
  }

  @Test func `an open past the limit of connections is refused and creates nothing`() throws {
    try expect(
      """
      option max-connections 2
      0 open 1 a
      0 open 2 a
      0 open 3 b
      0 close 3
      1 close 1
      1 open 4 a
      20 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 refuse 3 full
        1 greet 4 a 2
        2 notify a 2
        """)
  }

  @Test func `an excluded connection leaves its place to its successor`() throws {
    try expect(
      """
      option max-connections 1
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 open 3 a
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        2 refuse 3 full
        """)
  }

  @Test func `an open past the limit of namespaces is refused, and one below is not`() throws {
    try expect(
      """
      option max-namespaces 1
      0 open 1 a viewer=v
      0 open 2 b
      0 open 3 a
      1 open 4 b viewer=v
      """,
      gives: """
        0 greet 1 a 1
        0 refuse 2 full
        0 greet 3 a 2
        1 end 1 excluded
        1 refuse 4 full
        """)
  }

  @Test func `what makes no sense is rejected and changes nothing`() throws {
    try expect(
      """
      0 close 7
      1 open 1 a
      1 open 1 b viewer=v
      1 exclude v
      2 close 1
      2 close 1
      3 bye nobody
      3 message b hello
      """,
      gives: """
        0 reject close 7
        1 greet 1 a 1
        1 reject open 1
        2 reject close 1
        """)
  }
}
